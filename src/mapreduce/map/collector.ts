/** Where the records of a map task go: into the sort buffer, or straight to the output. */
import { writableNamed } from '../../hadoop/index.ts';
import type { Counters } from '../job/counters.ts';
import type { JobTypes } from '../job/plan.ts';
import type { RecordWriter } from '../output/output-spec.ts';
import { RecordEncoder } from './record-encoder.ts';

export interface Collector {
  collect(key: unknown, value: unknown): void;
  /**
   * A record that stands for others that were counted and combined by its caller: only the records
   * that go out are counted here.
   */
  collectCombined(key: unknown, value: unknown): void;
}

/** Of a job without reducers: no sort, no partition. */
export class DirectCollector implements Collector {
  readonly #encoder: RecordEncoder;
  readonly #writer: RecordWriter;
  readonly #counters: Counters;

  constructor(types: JobTypes, writer: RecordWriter, counters: Counters) {
    this.#encoder = new RecordEncoder(writableNamed(types.mapKey), writableNamed(types.mapValue));
    this.#writer = writer;
    this.#counters = counters;
  }

  collect(key: unknown, value: unknown): void {
    this.#counters.addTask('MAP_OUTPUT_RECORDS');
    this.collectCombined(key, value);
  }

  collectCombined(key: unknown, value: unknown): void {
    this.#encoder.encode(key, value);
    this.#writer.write(this.#encoder);
  }
}
