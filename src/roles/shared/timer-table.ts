/**
 * Named deadlines of a machine.
 *
 * A deadline that moves later costs nothing: the timer that is set fires early, is found not to be
 * due and is set anew. Heartbeats, which only move deadlines, thereby touch no timer at all.
 */
import { EffectKind, type CancelTimer, type SetTimer } from './effect.ts';
import type { EffectSink } from './outbox.ts';

interface Deadline<Payload> {
  readonly timer: number;
  readonly key: string;
  dueMs: number;
  /** When the adapter's timer fires; at or before `dueMs`. */
  setMs: number;
  payload: Payload;
}

type TimerSink = EffectSink<SetTimer | CancelTimer>;

export class TimerTable<Payload> {
  readonly #byKey = new Map<string, Deadline<Payload>>();
  readonly #byTimer = new Map<number, Deadline<Payload>>();
  #next = 1;

  get size(): number {
    return this.#byKey.size;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Sets or moves the deadline of this name. */
  schedule(key: string, dueMs: number, payload: Payload, out: TimerSink): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.dueMs = dueMs;
      known.payload = payload;
      if (dueMs < known.setMs) this.#set(known, out);
      return;
    }
    const deadline = { timer: this.#next++, key, dueMs, setMs: dueMs, payload };
    this.#byKey.set(key, deadline);
    this.#byTimer.set(deadline.timer, deadline);
    this.#set(deadline, out);
  }

  cancel(key: string, out: TimerSink): void {
    const deadline = this.#byKey.get(key);
    if (deadline === undefined) return;
    this.#forget(deadline);
    out.push({ kind: EffectKind.cancelTimer, timer: deadline.timer });
  }

  cancelWhere(wanted: (payload: Payload) => boolean, out: TimerSink): void {
    for (const { key, payload } of this.#byKey.values()) {
      if (wanted(payload)) this.cancel(key, out);
    }
  }

  /** The timer fired: what is due now, if it is. */
  fire(timer: number, nowMs: number, out: TimerSink): Payload | undefined {
    const deadline = this.#byTimer.get(timer);
    if (deadline === undefined) return undefined;
    if (deadline.dueMs > nowMs) {
      this.#set(deadline, out);
      return undefined;
    }
    this.#forget(deadline);
    return deadline.payload;
  }

  #set(deadline: Deadline<Payload>, out: TimerSink): void {
    deadline.setMs = deadline.dueMs;
    out.push({ kind: EffectKind.setTimer, timer: deadline.timer, atMs: deadline.dueMs });
  }

  #forget(deadline: Deadline<Payload>): void {
    this.#byKey.delete(deadline.key);
    this.#byTimer.delete(deadline.timer);
  }
}
