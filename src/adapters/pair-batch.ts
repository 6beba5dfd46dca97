/** Records of an input as a list of keys and values. */
import type { RecordBatch } from '../mapreduce/index.ts';

export class PairBatch implements RecordBatch {
  readonly #pairs: (readonly [Uint8Array, unknown])[] = [];

  get count(): number {
    return this.#pairs.length;
  }
  add(key: Uint8Array, value: unknown): void {
    this.#pairs.push([key, value]);
  }
  key(index: number): Uint8Array {
    return this.#pairs[index]![0];
  }
  value(index: number): unknown {
    return this.#pairs[index]![1];
  }
}
