/**
 * The transaction coordinator of a broker: its machine, its log, the markers it writes.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import { appendMarker, appendRecords, readLog } from '../coordinator/coordinator-log.ts';
import { Driver } from '../coordinator/driver.ts';
import { InternalTopic } from '../coordinator/internal-topic.ts';
import { settingsFrom } from '../coordinator/settings.ts';
import type { AddPartitionsToTxnResponse } from '../protocol/generated/add-partitions-to-txn.ts';
import type { Partition } from '../topics/partition.ts';
import { offsetsTopic, transactionsTopic } from '../topics/topic.ts';
import { verifyPartition, type Producer } from './add.ts';
import { refusal } from './answers.ts';
import { defaultTransactionConfig, type TransactionConfig } from './config.ts';
import { TransactionMachine } from './machine.ts';
import {
  TransactionInputKind,
  type MarkerResult,
  type PersistTransaction,
  type SendMarkers,
  type TransactionInput,
  type TransactionOrigin,
  type TransactionRecord,
  type TransactionRequestInput,
  type TransactionResponse,
} from './messages.ts';
import { decodeTransaction, encodeTransaction } from './record-codec.ts';
import { ClientVersion, lastUsableEpoch, type TopicIndex } from './values.ts';

/** Told of each marker in a partition of `__consumer_offsets`. */
export type OffsetsMarkerListener = (
  partition: number,
  producerId: number,
  committed: boolean,
) => void;

export type Marker = Producer & {
  readonly committed: boolean;
  readonly coordinatorEpoch: number;
};

type TransactionDriver = Driver<
  TransactionInput,
  TransactionRequestInput,
  TransactionResponse,
  PersistTransaction,
  SendMarkers
>;

/** Of AddPartitionsToTxn: its clients know every error. */
const enrolVersion = 3;

export class TransactionCoordinator {
  readonly config: TransactionConfig;
  readonly machine: TransactionMachine;
  readonly #broker: Broker;
  readonly #onOffsetsMarker: OffsetsMarkerListener;
  readonly #topic: InternalTopic;
  readonly #driver: TransactionDriver;

  constructor(broker: Broker, onOffsetsMarker: OffsetsMarkerListener) {
    this.#broker = broker;
    this.#onOffsetsMarker = onOffsetsMarker;
    this.config = settingsFrom(broker.config, defaultTransactionConfig);
    this.machine = new TransactionMachine(this.config);
    this.#topic = new InternalTopic({
      broker,
      name: transactionsTopic,
      partitions: this.config['transaction.state.log.num.partitions'],
      segmentBytes: broker.config.number('transaction.state.log.segment.bytes'),
      begin: (partition) => this.#begin(partition),
      load: (partition) => this.#load(partition),
    });
    this.#driver = this.#makeDriver();
    this.#topic.open();
  }

  #makeDriver(): TransactionDriver {
    const { env } = this.#broker;
    return new Driver({
      clock: env.clock,
      timers: env.timers,
      step: (input, nowMs, out) => this.machine.step(input, nowMs, out),
      write: ({ partition, record }) =>
        appendRecords(this.#topic.partition(partition), [encodeTransaction(record)], {
          nowMs: env.clock.now(),
        }),
      send: (effect) => this.#send(effect),
      reload: (index) => this.#reload(index),
      timerInput: (timer) => ({ kind: TransactionInputKind.timer, timer }),
      persistedInput: (ticket, error) => ({ kind: TransactionInputKind.persisted, ticket, error }),
      refuse: refusal,
    });
  }

  /** The topic is there and its transactions are known. */
  ensure(): Promise<void> {
    return this.#topic.ensure();
  }

  ask(
    version: number,
    make: (origin: TransactionOrigin) => TransactionRequestInput,
  ): TransactionResponse | Promise<TransactionResponse> {
    return this.#driver.ask((requestId) => make({ requestId, version }));
  }

  /** Whether the partition belongs to the producer's transaction under way (KIP-890). */
  verify(asked: Producer & TopicIndex & { readonly transactionalId: string }): ErrorCode {
    if (!this.config['transaction.partition.verification.enable']) return ErrorCode.none;
    return verifyPartition(this.machine.state, asked);
  }

  /** Makes the partition part of the transaction that its producer began by writing (KIP-890). */
  enrol({
    topic,
    index,
    ...producer
  }: Producer & TopicIndex & { transactionalId: string }): ErrorCode {
    const request = { ...producer, topics: [{ name: topic, partitions: [index] }] };
    const answer = this.ask(enrolVersion, (origin) => ({
      kind: TransactionInputKind.addPartitions,
      origin,
      request,
      unknown: [],
      clientVersion: ClientVersion.bumping,
    }));
    // The machine and its log answer in the same turn; where they cannot, the client asks again.
    if (answer instanceof Promise) return ErrorCode.concurrentTransactions;
    return (answer as AddPartitionsToTxnResponse).topics[0]!.partitions[0]!.error as ErrorCode;
  }

  /** For the end of a transaction whose epochs it uses up. */
  needsProducerId(transactionalId: string): boolean {
    const transaction = this.machine.state.transaction(transactionalId);
    return transaction !== undefined && transaction.value.producerEpoch >= lastUsableEpoch;
  }

  /** Ends a producer's transaction in one partition. */
  writeMarker(marker: Marker, { topic, index }: TopicIndex): ErrorCode {
    const partition = this.#broker.topics.partition(topic, index);
    if (partition === undefined) return ErrorCode.unknownTopicOrPartition;
    const { producerId, producerEpoch, committed, coordinatorEpoch } = marker;
    const error = appendMarker(partition, {
      producerId,
      epoch: producerEpoch,
      committed,
      coordinatorEpoch,
      nowMs: this.#broker.env.clock.now(),
    });
    if (error === ErrorCode.none && topic === offsetsTopic) {
      this.#onOffsetsMarker(index, producerId, committed);
    }
    return error;
  }

  close(): void {
    this.#driver.close();
  }

  #send(effect: SendMarkers): void {
    const { transactionalId, producerEpoch } = effect;
    const results = effect.partitions.map((place): MarkerResult => {
      return { ...place, error: this.writeMarker(effect, place) };
    });
    this.#driver.feed({
      kind: TransactionInputKind.markers,
      transactionalId,
      producerEpoch,
      results,
    });
  }

  #begin({ index, leaderEpoch }: Partition): void {
    this.#driver.feed({
      kind: TransactionInputKind.loadBegin,
      partition: index,
      coordinatorEpoch: leaderEpoch,
    });
  }

  #reload(index: number): void {
    const partition = this.#topic.partition(index);
    if (partition === undefined) return;
    const { topic } = partition;
    const message = 'a write of a coordinator failed: its log is read again';
    this.#broker.env.logger.log('warn', message, { topic, partition: index });
    this.#begin(partition);
    void this.#topic.reload(partition);
  }

  async #load(partition: Partition): Promise<void> {
    const { index } = partition;
    for await (const batch of readLog(partition)) {
      if (batch.isControl) continue;
      for (const { offset, key, value } of batch.records()) {
        const record = key === null ? undefined : this.#decode(partition, { offset, key, value });
        if (record === undefined) continue;
        this.#driver.feed({ kind: TransactionInputKind.loadRecord, partition: index, record });
      }
    }
    this.#driver.mended(index);
    this.#driver.feed({ kind: TransactionInputKind.loadEnd, partition: index });
  }

  #decode(
    { topic, index }: Partition,
    { offset, key, value }: { offset: number; key: Uint8Array; value: Uint8Array | null },
  ): TransactionRecord | undefined {
    try {
      return decodeTransaction(key, value);
    } catch (error) {
      const fields = { topic, partition: index, offset, error: String(error) };
      this.#broker.env.logger.log('error', 'a record of a coordinator is malformed', fields);
      return undefined;
    }
  }
}
