/**
 * Which writes readers see: sequence ids are given in order of writing, and the read point follows
 * the writes that are complete, without gaps.
 *
 * A write that waits for its sync holds back the read point, and with it the writes after it: what
 * a reader has seen is never lost by a crash that the writer was not told of.
 * Upstream: apache/hbase: .../regionserver/MultiVersionConcurrencyControl.java; code our own.
 */
export class Mvcc {
  #lastSequenceId: number;
  #readPoint: number;
  /** Sequence ids of writes under way, ascending, with whether they are complete. */
  readonly #pending: { readonly sequenceId: number; isComplete: boolean }[] = [];
  #firstPending = 0;
  /** Read points in use, with how many use them. */
  readonly #held = new Map<number, number>();
  /** Called whenever the last reader has let go. */
  onIdle: (() => void) | undefined = undefined;

  constructor(lastSequenceId: number) {
    this.#lastSequenceId = lastSequenceId;
    this.#readPoint = lastSequenceId;
  }

  get lastSequenceId(): number {
    return this.#lastSequenceId;
  }
  get readPoint(): number {
    return this.#readPoint;
  }
  get hasPending(): boolean {
    return this.#firstPending < this.#pending.length;
  }

  /** The id of the next write, which is complete as soon as all before it are. */
  next(): number {
    this.#lastSequenceId++;
    if (!this.hasPending) this.#readPoint = this.#lastSequenceId;
    return this.#lastSequenceId;
  }

  /** The id of the next write, which becomes visible by `complete`. */
  begin(): number {
    this.#pending.push({ sequenceId: ++this.#lastSequenceId, isComplete: false });
    return this.#lastSequenceId;
  }

  /** Ids from files or the log: none of them is given again. */
  raiseTo(sequenceId: number): void {
    if (sequenceId <= this.#lastSequenceId) return;
    this.#lastSequenceId = sequenceId;
    if (!this.hasPending) this.#readPoint = sequenceId;
  }

  complete(sequenceId: number): void {
    const pending = this.#pending;
    for (let at = this.#firstPending; at < pending.length; at++) {
      if (pending[at]!.sequenceId !== sequenceId) continue;
      pending[at]!.isComplete = true;
      break;
    }
    while (this.hasPending && pending[this.#firstPending]!.isComplete) this.#firstPending++;
    this.#readPoint = this.hasPending
      ? pending[this.#firstPending]!.sequenceId - 1
      : this.#lastSequenceId;
    if (this.#firstPending > 1024 || !this.hasPending) {
      pending.splice(0, this.#firstPending);
      this.#firstPending = 0;
    }
  }

  /** Keeps what a reader at this point sees from being cleared away; call `release` once. */
  hold(readPoint: number = this.#readPoint): number {
    this.#held.set(readPoint, (this.#held.get(readPoint) ?? 0) + 1);
    return readPoint;
  }

  release(readPoint: number): void {
    const holders = this.#held.get(readPoint) ?? 0;
    if (holders > 1) this.#held.set(readPoint, holders - 1);
    else this.#held.delete(readPoint);
    if (this.#held.size === 0) this.onIdle?.();
  }

  /** Some reader is under way. */
  get isHeld(): boolean {
    return this.#held.size > 0;
  }

  /** No reader looks further back. */
  get smallestReadPoint(): number {
    let smallest = this.#readPoint;
    for (const point of this.#held.keys()) if (point < smallest) smallest = point;
    return smallest;
  }
}
