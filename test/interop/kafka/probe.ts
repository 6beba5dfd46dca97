/** Apache's clients against a broker (java/common/…/Probe.java). */
import type { KafkaJvm } from './jvm.ts';
import type { ConsumedRecord, RecordSpec } from './records.ts';

export interface TopicSpec {
  readonly name: string;
  readonly partitions?: number;
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

/** One step of a script. A batch ends at a flush, commit or abort; `as` names the producer. */
export type ProduceStep = { readonly as?: string } & (
  | { readonly send: RecordSpec }
  | { readonly flush: true }
  | { readonly begin: true }
  | { readonly commit: true }
  | { readonly abort: true }
  | { readonly waitMs: number }
);

export type ClientSettings = Readonly<Record<string, string>>;

export interface Consumed {
  readonly beginningOffset: number;
  readonly endOffset: number;
  readonly records: readonly ConsumedRecord[];
  readonly offsetsForTimes?: readonly ({
    readonly timestamp: number;
    readonly offset: number;
  } | null)[];
}

export interface ListedOffsets {
  readonly earliest: number;
  readonly latest: number;
  readonly latestStable: number;
  readonly maxTimestamp: { readonly offset: number; readonly timestamp: number };
}

export class KafkaProbe {
  readonly #jvm: KafkaJvm;
  readonly #bootstrap: string;

  constructor(jvm: KafkaJvm, bootstrap: string) {
    this.#jvm = jvm;
    this.#bootstrap = bootstrap;
  }

  /** Creates the topics and answers their ids by name. */
  async createTopics(topics: readonly TopicSpec[]): Promise<Readonly<Record<string, string>>> {
    return await this.#ask('createTopics', { topics });
  }

  async alterTopic(
    topic: string,
    config: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    await this.#ask('alterTopic', { topic, config });
  }

  /**
   * Runs a script and answers the offset of each record sent. `client` holds for every producer,
   * `producers` for the one of that name. A transaction left open stays open.
   */
  async produce(
    topic: string,
    steps: readonly ProduceStep[],
    client: ClientSettings = {},
    producers: Readonly<Record<string, ClientSettings>> = {},
  ): Promise<readonly number[]> {
    return await this.#ask('produce', { topic, steps, client, producers });
  }

  /** Everything from the beginning (or an offset) to the end, as a consumer sees it. */
  async consume(
    topic: string,
    options: {
      readonly isolation?: 'read_uncommitted' | 'read_committed';
      readonly from?: number;
      readonly timestamps?: readonly number[];
      readonly client?: ClientSettings;
    } = {},
  ): Promise<Consumed> {
    // A consumer's last fetch waits at the end of the log, and its close for that fetch.
    const client = { 'fetch.max.wait.ms': '5', ...options.client };
    return await this.#ask('consume', { topic, ...options, client });
  }

  async offsets(topic: string): Promise<ListedOffsets> {
    return await this.#ask('offsets', { topic });
  }

  async deleteRecords(topic: string, offset: number): Promise<number> {
    const { lowWatermark } = await this.#ask<{ lowWatermark: number }>('deleteRecords', {
      topic,
      offset,
    });
    return lowWatermark;
  }

  async #ask<Result>(command: string, args: object): Promise<Result> {
    return await this.#jvm.request(`probe.${command}`, { bootstrap: this.#bootstrap, ...args });
  }
}
