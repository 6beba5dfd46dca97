/**
 * The group coordinator of a broker: its machine, its log, and the handlers of its APIs.
 */
import type { Broker } from '../broker.ts';
import { appendRecords, endOf, readLog } from '../coordinator/coordinator-log.ts';
import { Driver } from '../coordinator/driver.ts';
import { InternalTopic } from '../coordinator/internal-topic.ts';
import type { RequestContext } from '../request-context.ts';
import type { Partition } from '../topics/partition.ts';
import { offsetsTopic } from '../topics/topic.ts';
import { defaultGroupConfig, type GroupConfig } from './config.ts';
import { errorAnswer } from './error-answers.ts';
import { GroupMachine } from './machine.ts';
import {
  GroupInputKind,
  type GroupInput,
  type GroupRequestInput,
  type GroupResponse,
  type PersistGroupRecords,
  type RequestOrigin,
} from './messages.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { GroupRecord } from './records.ts';
import { settingsFrom } from '../coordinator/settings.ts';

type GroupDriver = Driver<GroupInput, GroupRequestInput, GroupResponse, PersistGroupRecords, never>;

export class GroupCoordinator {
  readonly config: GroupConfig;
  readonly machine: GroupMachine;
  readonly #broker: Broker;
  readonly #topic: InternalTopic;
  readonly #driver: GroupDriver;
  readonly #unlisten: () => void;

  constructor(broker: Broker) {
    this.#broker = broker;
    this.config = settingsFrom(broker.config, defaultGroupConfig);
    this.machine = new GroupMachine(this.config);
    this.#topic = new InternalTopic({
      broker,
      name: offsetsTopic,
      partitions: this.config['offsets.topic.num.partitions'],
      segmentBytes: broker.config.number('offsets.topic.segment.bytes'),
      begin: ({ index }) => this.#begin(index),
      load: (partition) => this.#load(partition),
    });
    this.#driver = this.#makeDriver();
    this.#tellTopics([]);
    this.#unlisten = broker.topics.onChange(({ kind, topic }) => {
      this.#tellTopics(kind === 'deleted' ? [topic.name] : []);
    });
    this.#topic.open();
  }

  #makeDriver(): GroupDriver {
    const { env } = this.#broker;
    return new Driver({
      clock: env.clock,
      timers: env.timers,
      step: (input, nowMs, out) => this.machine.step(input, nowMs, out),
      write: ({ partition, records, producer }) =>
        appendRecords(this.#topic.partition(partition), records.map(encodeRecord), {
          nowMs: env.clock.now(),
          producer,
        }),
      send: () => undefined,
      reload: (index) => this.#reload(index),
      timerInput: (timer) => ({ kind: GroupInputKind.timer, timer }),
      persistedInput: (ticket, error) => ({ kind: GroupInputKind.persisted, ticket, error }),
      refuse: errorAnswer,
    });
  }

  /** The topic is there and its groups are known. */
  ensure(): Promise<void> {
    return this.#topic.ensure();
  }

  /** Asks the machine; `make` is given who asks. */
  ask(
    context: RequestContext,
    make: (origin: RequestOrigin) => GroupRequestInput,
  ): GroupResponse | Promise<GroupResponse> {
    const { version, clientId, clientHost } = context;
    return this.#driver.ask((requestId) =>
      make({
        requestId,
        version,
        clientId,
        clientHost: `/${clientHost}`,
        freshId: uuidText(this.#broker.env.random.uuid()),
      }),
    );
  }

  /** A marker was written into a partition of `__consumer_offsets`. */
  transactionEnded(partition: number, producerId: number, committed: boolean): void {
    this.#driver.feed({
      kind: GroupInputKind.transactionEnded,
      partition,
      producerId,
      committed,
    });
  }

  /** Whoever waits is told to look for another coordinator. */
  close(): void {
    this.#unlisten();
    this.#driver.close();
  }

  #tellTopics(deleted: readonly string[]): void {
    const topics = this.#broker.topics.all().map(({ name, id, partitions }) => ({
      name,
      id,
      partitionCount: partitions.length,
    }));
    this.#driver.feed({ kind: GroupInputKind.topics, topics, deleted });
  }

  #begin(partition: number): void {
    this.#driver.feed({ kind: GroupInputKind.loadBegin, partition });
  }

  #reload(index: number): void {
    const partition = this.#topic.partition(index);
    if (partition === undefined) return;
    const { topic } = partition;
    const message = 'a write of a coordinator failed: its log is read again';
    this.#broker.env.logger.log('warn', message, { topic, partition: index });
    this.#begin(index);
    void this.#topic.reload(partition);
  }

  async #load(partition: Partition): Promise<void> {
    const { index } = partition;
    for await (const batch of readLog(partition)) {
      const producerId = batch.isTransactional ? Number(batch.producerId) : -1;
      const ended = batch.isControl ? endOf(batch) : undefined;
      if (batch.isControl && ended === undefined) continue;
      const records = batch.isControl ? [] : this.#decode(partition, batch.records());
      const loaded = { producerId, ended, records };
      this.#driver.feed({ kind: GroupInputKind.loadBatch, partition: index, batch: loaded });
    }
    this.#driver.mended(index);
    this.#driver.feed({ kind: GroupInputKind.loadEnd, partition: index });
  }

  /** A record that does not parse is passed over and told: the others must not be lost with it. */
  #decode(
    { topic, index }: Partition,
    records: readonly { offset: number; key: Uint8Array | null; value: Uint8Array | null }[],
  ): GroupRecord[] {
    return records.flatMap(({ offset, key, value }) => {
      if (key === null) return [];
      try {
        return decodeRecord(key, value) ?? [];
      } catch (error) {
        const fields = { topic, partition: index, offset, error: String(error) };
        this.#broker.env.logger.log('error', 'a record of a coordinator is malformed', fields);
        return [];
      }
    });
  }
}

/** As Java prints identifiers of members. */
function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => hex.substring(cuts[index]!, end))
    .join('-');
}
