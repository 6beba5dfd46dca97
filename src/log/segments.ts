/**
 * The segments of one log, ordered by base offset. The last one is active, the only one written to.
 */
import type { Segment } from './segment.ts';

export class Segments {
  #list: Segment[] = [];
  /**
   * Greatest timestamp up to each finished segment, as far as it was asked for: times need not
   * ascend, their running maximum does, so a time is found without looking at every segment.
   */
  #latest: number[] = [];

  get count(): number {
    return this.#list.length;
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get active(): Segment {
    return this.#list[this.#list.length - 1]!;
  }

  get first(): Segment {
    return this.#list[0]!;
  }

  /** Oldest first; a copy, so that the caller may delete while walking. */
  toArray(): Segment[] {
    return this.#list.slice();
  }

  at(index: number): Segment | undefined {
    return this.#list[index];
  }

  add(segment: Segment): void {
    const index = this.#upperBound(segment.baseOffset);
    const replaced = this.#list[index - 1]?.baseOffset === segment.baseOffset;
    if (replaced) this.#list[index - 1] = segment;
    else this.#list.splice(index, 0, segment);
    if (replaced || index < this.#list.length - 1) this.#latest = [];
  }

  remove(segment: Segment): void {
    const index = this.#list.indexOf(segment);
    if (index < 0) return;
    this.#list.splice(index, 1);
    this.#latest = [];
  }

  clear(): void {
    this.#list = [];
    this.#latest = [];
  }

  has(segment: Segment): boolean {
    return this.floor(segment.baseOffset) === segment;
  }

  /** Index of the segment with the greatest base offset <= offset; -1 when there is none. */
  floorIndex(offset: number): number {
    return this.#upperBound(offset) - 1;
  }

  floor(offset: number): Segment | undefined {
    return this.#list[this.#upperBound(offset) - 1];
  }

  /** The segment after `segment`. */
  next(segment: Segment): Segment | undefined {
    return this.#list[this.#upperBound(segment.baseOffset)];
  }

  /** Segments that hold or may hold offsets in [from, to). */
  overlapping(from: number, to: number): Segment[] {
    const first = Math.max(0, this.floorIndex(from));
    const result: Segment[] = [];
    for (let index = first; index < this.#list.length; index++) {
      const segment = this.#list[index]!;
      if (segment.baseOffset >= to) break;
      result.push(segment);
    }
    return result;
  }

  /** Index of the first segment that reaches `timestamp` (ms); `count` when none does. */
  indexReaching(timestamp: number): number {
    const finished = this.#list.length - 1;
    const latest = this.#latest;
    for (let index = latest.length; index < finished; index++) {
      latest.push(Math.max(latest[index - 1] ?? -1, this.#list[index]!.largestTimestamp));
    }
    let low = 0;
    let high = Math.max(0, finished);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (latest[middle]! < timestamp) low = middle + 1;
      else high = middle;
    }
    const isActive = low === finished;
    return isActive && this.active.largestTimestamp < timestamp ? this.#list.length : low;
  }

  get sizeBytes(): number {
    let total = 0;
    for (const segment of this.#list) total += segment.size;
    return total;
  }

  #upperBound(offset: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#list[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
