/**
 * Offsets by topic and partition: those a group has committed, or those waiting for the end of one
 * transaction.
 */
import type { OffsetValue } from './records.ts';

export interface StoredOffset {
  readonly value: OffsetValue;
  /** Place of its record among those of the partition of `__consumer_offsets`. */
  readonly sequence: number;
}

export class OffsetTable {
  readonly #topics = new Map<string, Map<number, StoredOffset>>();

  get isEmpty(): boolean {
    return this.#topics.size === 0;
  }

  get(topic: string, partition: number): StoredOffset | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  set(topic: string, partition: number, offset: StoredOffset): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, (partitions = new Map()));
    partitions.set(partition, offset);
  }

  delete(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic);
    if (partitions?.delete(partition) === true && partitions.size === 0) {
      this.#topics.delete(topic);
    }
  }

  topics(): IterableIterator<string> {
    return this.#topics.keys();
  }

  /** In order of partition. */
  partitionsOf(topic: string): readonly (readonly [number, StoredOffset])[] {
    return [...(this.#topics.get(topic) ?? [])].toSorted(([a], [b]) => a - b);
  }
}
