/** Apache's partition log on a directory, without a broker (java/common/…/LogTool.java). */
import type { KafkaJvm } from './jvm.ts';
import type { JavaBatch } from './records.ts';

export interface ApacheLogState {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
  readonly recoveryPoint: number;
  readonly segments: readonly { readonly baseOffset: number; readonly size: number }[];
  readonly producers: readonly ApacheProducer[];
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
}

export interface ApacheProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
  readonly coordinatorEpoch: number;
  readonly currentTxnFirstOffset: number;
}

export interface ApacheLogOptions {
  /** Must be called `<topic>-<partition>`. Created if it does not exist. */
  readonly dir: string;
  /**
   * Whether the last shutdown counts as clean; if not, everything past the recovery point is
   * recovered.
   */
  readonly clean: boolean;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
  /** Topic settings by Kafka's names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** The clock the log sees; it stands still unless moved. */
  readonly nowMs?: number;
}

export interface AppendAnswer {
  readonly firstOffset?: number;
  readonly lastOffset?: number;
  readonly maxTimestamp?: number;
  readonly logAppendTime?: number;
  /** The simple name of the exception, when Kafka refused the batch. */
  readonly refused?: string;
  readonly message?: string;
}

export interface ApacheRead {
  readonly bytes: number;
  readonly segmentBaseOffset: number;
  readonly position: number;
  readonly batches: readonly JavaBatch[];
  readonly abortedTransactions: readonly {
    readonly producerId: number;
    readonly firstOffset: number;
  }[];
}

export class ApacheLog {
  /** State right after opening, that is after any recovery. */
  readonly opened: ApacheLogState;
  readonly #jvm: KafkaJvm;
  readonly #handle: number;

  private constructor(jvm: KafkaJvm, opened: ApacheLogState & { readonly handle: number }) {
    this.#jvm = jvm;
    this.#handle = opened.handle;
    this.opened = opened;
  }

  static async open(jvm: KafkaJvm, options: ApacheLogOptions): Promise<ApacheLog> {
    return new ApacheLog(jvm, await jvm.request('log.open', options));
  }

  /** Appends encoded batches (base64), each as one append call, and answers for each. */
  async append(
    batches: readonly string[],
    options: {
      readonly origin?: 'client' | 'replication' | 'coordinator' | 'raft_leader';
      readonly leaderEpoch?: number;
      readonly nowMs?: number;
      readonly advanceHighWatermark?: boolean;
    } = {},
  ): Promise<readonly AppendAnswer[]> {
    return await this.#ask('append', { batches, ...options });
  }

  async state(): Promise<ApacheLogState> {
    return await this.#ask('state');
  }

  async roll(nowMs?: number): Promise<ApacheLogState> {
    return await this.#ask('roll', nowMs === undefined ? {} : { nowMs });
  }

  async flush(): Promise<ApacheLogState> {
    return await this.#ask('flush');
  }

  async assignEpoch(epoch: number, startOffset: number): Promise<ApacheLogState> {
    return await this.#ask('assignEpoch', { epoch, startOffset });
  }

  async highWatermark(offset: number): Promise<ApacheLogState> {
    return await this.#ask('highWatermark', { offset });
  }

  async truncateTo(offset: number): Promise<ApacheLogState> {
    return await this.#ask('truncateTo', { offset });
  }

  async truncateFullyAndStartAt(offset: number): Promise<ApacheLogState> {
    return await this.#ask('truncateFullyAndStartAt', { offset });
  }

  async deleteRecordsBefore(offset: number): Promise<ApacheLogState> {
    return await this.#ask('deleteRecordsBefore', { offset });
  }

  async retention(nowMs: number): Promise<ApacheLogState & { readonly deletedSegments: number }> {
    return await this.#ask('retention', { nowMs });
  }

  async takeSnapshot(): Promise<ApacheLogState> {
    return await this.#ask('snapshot');
  }

  /** Runs what Kafka put off, such as the deletion of `.deleted` files. */
  async runDelayed(): Promise<ApacheLogState & { readonly ran: number }> {
    return await this.#ask('runDelayed');
  }

  async read(request: {
    readonly offset: number;
    readonly maxBytes?: number;
    readonly isolation?: 'log_end' | 'high_watermark' | 'txn_committed';
    readonly minOneMessage?: boolean;
  }): Promise<ApacheRead> {
    return await this.#ask('read', request);
  }

  async offsetsForTimes(
    timestamps: readonly number[],
  ): Promise<readonly ({ readonly timestamp: number; readonly offset: number } | null)[]> {
    return await this.#ask('offsetsForTimes', { timestamps });
  }

  /** Compacts (4.3 only). */
  async clean(
    options: {
      readonly firstDirty?: number;
      readonly uncleanable?: number;
      readonly mapBytes?: number;
      readonly nowMs?: number;
    } = {},
  ): Promise<ApacheLogState & { readonly firstDirty: number }> {
    return await this.#ask('clean', options);
  }

  async close(): Promise<void> {
    await this.#ask('close');
  }

  /** Closes the files without the work of a clean close. */
  async abandon(): Promise<void> {
    await this.#ask('abandon');
  }

  async #ask<Result>(command: string, args: object = {}): Promise<Result> {
    return await this.#jvm.request(`log.${command}`, { handle: this.#handle, ...args });
  }
}
