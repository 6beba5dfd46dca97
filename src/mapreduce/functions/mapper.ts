/**
 * The map step of a task: batches of records in, what the function emits out.
 *
 * A user's function is called per record; built-ins and commands may take a batch at once. With a
 * skip policy, what a record emitted before its function threw is forgotten with it.
 */
import { StoreError } from '../../../native-free-io/index.ts';
import type { RecordBatch } from '../input/record-reader.ts';
import type { Counters } from '../job/counters.ts';
import type { SkipPolicy } from '../job/plan.ts';
import type { Collector } from '../map/collector.ts';
import type { MapFunction, TaskContext } from './context.ts';

export interface Mapper {
  run(batch: RecordBatch): void | Promise<void>;
  /** After the last batch. */
  finish(): void | Promise<void>;
}

export interface MapHost {
  readonly context: TaskContext;
  readonly collector: Collector;
  readonly counters: Counters;
  readonly skip: SkipPolicy;
  /** Keeps a record that was left out. */
  readonly onSkipped: (key: unknown, value: unknown, reason: string) => void;
}

export class FunctionMapper implements Mapper {
  readonly #map: MapFunction;
  readonly #context: TaskContext;

  constructor(map: MapFunction, host: MapHost) {
    this.#map = map;
    this.#context = host.context;
  }

  run(batch: RecordBatch): void | Promise<void> {
    const map = this.#map;
    for (let index = 0; index < batch.count; index++) {
      const done = map(batch.key(index) as never, batch.value(index) as never, this.#context);
      if (done instanceof Promise) return this.#goOn(batch, index + 1, done);
    }
    return undefined;
  }

  finish(): void {}

  async #goOn(batch: RecordBatch, next: number, first: Promise<void>): Promise<void> {
    await first;
    for (let index = next; index < batch.count; index++) {
      await this.#map(batch.key(index) as never, batch.value(index) as never, this.#context);
    }
  }
}

/** Calls a function record by record and leaves out those it throws on, up to a limit. */
export class SkippingMapper implements Mapper {
  readonly #map: MapFunction;
  readonly #host: MapHost;
  readonly #staged: [unknown, unknown][] = [];
  readonly #context: TaskContext;
  #skipped = 0;

  constructor(map: MapFunction, host: MapHost) {
    this.#map = map;
    this.#host = host;
    const { settings, task } = host.context;
    this.#context = {
      emit: (key, value) => void this.#staged.push([key, value]),
      count: (group, name, by) => host.context.count(group, name, by),
      status: (text) => host.context.status(text),
      alive: () => host.context.alive(),
      settings,
      task,
    };
  }

  async run(batch: RecordBatch): Promise<void> {
    for (let index = 0; index < batch.count; index++) {
      const [key, value] = [batch.key(index), batch.value(index)];
      this.#staged.length = 0;
      try {
        await this.#map(key as never, value as never, this.#context);
      } catch (error) {
        this.#skip(key, value, error);
        continue;
      }
      for (const [outKey, outValue] of this.#staged) this.#host.collector.collect(outKey, outValue);
    }
  }

  finish(): void {}

  #skip(key: unknown, value: unknown, error: unknown): void {
    // The disk, not the record, is at fault.
    if (error instanceof StoreError || this.#skipped >= this.#host.skip.mostRecords) throw error;
    this.#skipped++;
    this.#host.counters.addTask('MAP_SKIPPED_RECORDS');
    this.#host.onSkipped(key, value, error instanceof Error ? error.message : String(error));
  }
}
