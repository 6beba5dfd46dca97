/**
 * A broker in the simulated world: the real machines of both coordinators over simulated logs, and
 * data partitions that know producers and markers.
 */
import { ErrorCode } from '../../../src/roles/shared/error-code.ts';
import { EffectKind } from '../../../src/roles/shared/effect.ts';
import { Outbox } from '../../../src/roles/shared/outbox.ts';
import type { KeyedBytes } from '../../../src/roles/broker/coordinator/coordinator-log.ts';
import { GroupMachine } from '../../../src/roles/broker/group/machine.ts';
import {
  GroupInputKind,
  type GroupEffect,
  type GroupInput,
  type TopicInfo,
} from '../../../src/roles/broker/group/messages.ts';
import { decodeRecord, encodeRecord } from '../../../src/roles/broker/group/record-codec.ts';
import type { AddPartitionsToTxnResponse } from '../../../src/roles/broker/protocol/generated/add-partitions-to-txn.ts';
import { verifyPartition } from '../../../src/roles/broker/transaction/add.ts';
import { TransactionMachine } from '../../../src/roles/broker/transaction/machine.ts';
import {
  TransactionInputKind,
  type MarkerResult,
  type SendMarkers,
  type TransactionEffect,
  type TransactionInput,
} from '../../../src/roles/broker/transaction/messages.ts';
import {
  decodeTransaction,
  encodeTransaction,
} from '../../../src/roles/broker/transaction/record-codec.ts';
import { ClientVersion, type TopicIndex } from '../../../src/roles/broker/transaction/values.ts';
import { SimLog } from '../storage.ts';
import type { World } from '../world.ts';
import { DataPartition } from './data-partition.ts';

/** One batch of the log of a coordinator. */
interface StoredBatch {
  readonly producerId: number;
  readonly ended: 'commit' | 'abort' | undefined;
  readonly records: readonly KeyedBytes[];
}

export interface SimRequest {
  readonly api: GroupInput['kind'] | 'init' | 'addPartitions' | 'addOffsets' | 'end' | 'produce';
  readonly version: number;
  readonly clientId: string;
  readonly body: unknown;
}

export type Answer = (response: unknown) => void;

const settings = { 'offsets.topic.num.partitions': 2, 'transaction.state.log.num.partitions': 2 };
export const partitionCount = 4;
export const simTopics: readonly TopicInfo[] = [
  { name: 'source', id: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionCount },
  { name: 'target', id: 'AAAAAAAAAAAAAAAAAAAAAg', partitionCount },
];

export class SimBroker {
  readonly #world: World;
  readonly #offsetLogs: SimLog<StoredBatch>[];
  readonly #transactionLogs: SimLog<KeyedBytes>[];
  readonly data: DataPartition[];
  groups!: GroupMachine;
  transactions!: TransactionMachine;
  isUp = false;
  /** Chance that a write of a coordinator fails. */
  writeFaults = 0;
  #life = 0;
  #nextRequest = 1;
  #nextProducerId = 1000;
  #nextId = 1;
  #answers = new Map<number, Answer>();
  #timers = new Map<string, () => void>();
  #held = new Map<number, (() => void)[]>();
  #durable = new Set<number>();
  readonly #broken = new Set<number>();

  constructor(world: World) {
    this.#world = world;
    this.#offsetLogs = [new SimLog(world), new SimLog(world)];
    this.#transactionLogs = [new SimLog(world), new SimLog(world)];
    this.data = Array.from({ length: partitionCount }, () => new DataPartition(world));
  }

  start(): void {
    this.#life += 1;
    this.isUp = true;
    const config = { ...settings, 'group.consumer.session.timeout.ms': 1500 };
    this.groups = new GroupMachine({
      ...config,
      'group.min.session.timeout.ms': 100,
      'group.consumer.heartbeat.interval.ms': 100,
    });
    this.transactions = new TransactionMachine(settings);
    this.#stepGroup({ kind: GroupInputKind.topics, topics: simTopics, deleted: [] });
    for (const partition of [0, 1]) {
      this.#loadOffsets(partition);
      this.#loadTransactions(partition);
    }
  }

  crash(): void {
    this.isUp = false;
    this.#life += 1;
    for (const log of [...this.#offsetLogs, ...this.#transactionLogs]) log.crash();
    for (const partition of this.data) partition.crash();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#answers.clear();
    this.#held.clear();
    this.#durable.clear();
  }

  receive(request: SimRequest, answer: Answer): void {
    if (!this.isUp) return;
    const requestId = this.#nextRequest++;
    this.#answers.set(requestId, answer);
    const { api, version, clientId, body } = request;
    if (api === 'produce') {
      this.#produce(body as ProduceBody, answer);
      return;
    }
    if (typeof api === 'string') {
      this.#stepTransaction({
        kind: TransactionInputKind[api],
        origin: { requestId, version },
        request: body,
        freshProducerId: this.#nextProducerId++,
        unknown: [],
        clientVersion: ClientVersion.old,
      } as unknown as TransactionInput);
      return;
    }
    const freshId = `id-${this.#nextId++}`;
    const origin = { requestId, version, clientId, clientHost: '/sim', freshId };
    const step = (): void =>
      this.#stepGroup({ kind: api, origin, request: body } as unknown as GroupInput);
    if (api !== GroupInputKind.commitInTransaction) {
      step();
      return;
    }
    const commit = body as TransactionalBody;
    const index = this.groups.state.partitionIndexOf(commit.groupId);
    const place = { topic: '__consumer_offsets', index };
    this.#join({ ...commit, ...place }, version >= 5, (error) => {
      if (error === ErrorCode.none) step();
      else answer({ topics: [{ name: 'source', partitions: [{ index: 0, error }] }] });
    });
  }

  /** Asks whether the partition is part of the transaction, or makes it so. */
  #join(
    { topic, index, transactionalId, producerId, producerEpoch }: TransactionalPlace,
    isImplicit: boolean,
    then: (error: ErrorCode) => void,
  ): void {
    const producer = { transactionalId, producerId, producerEpoch };
    if (!isImplicit) {
      then(verifyPartition(this.transactions.state, { ...producer, topic, index }));
      return;
    }
    const requestId = this.#nextRequest++;
    this.#answers.set(requestId, (response) => {
      const { topics } = response as AddPartitionsToTxnResponse;
      then(topics[0]!.partitions[0]!.error as ErrorCode);
    });
    this.#stepTransaction({
      kind: TransactionInputKind.addPartitions,
      origin: { requestId, version: 3 },
      request: { ...producer, topics: [{ name: topic, partitions: [index] }] },
      unknown: [],
      clientVersion: ClientVersion.bumping,
    });
  }

  #produce(body: ProduceBody, answer: Answer): void {
    const partition = this.data[body.partition]!;
    const write = (refused: ErrorCode): void => {
      const error =
        refused === ErrorCode.none
          ? partition.produce(body, () => answer({ error: ErrorCode.none }))
          : refused;
      if (error !== ErrorCode.none) answer({ error });
    };
    const isOpen = partition.isOpen(body.producerId, body.producerEpoch);
    if (isOpen) write(ErrorCode.none);
    else this.#join({ ...body, topic: 'target', index: body.partition }, body.isImplicit, write);
  }

  #stepGroup(input: GroupInput): void {
    const out = new Outbox<GroupEffect>();
    this.groups.step(input, this.#world.nowMs, out);
    for (const effect of out.take()) this.#performGroup(effect);
  }

  #performGroup(effect: GroupEffect): void {
    switch (effect.kind) {
      case EffectKind.persist: {
        const { ticket, partition, records, producer } = effect;
        if (this.#broken.has(partition) || this.#world.random.chance(this.writeFaults)) {
          // As the driver does: nothing is written behind a hole until the log is read again.
          this.#broken.add(partition);
          this.#failGroup(ticket);
          return;
        }
        const stored = {
          producerId: producer?.producerId ?? -1,
          ended: undefined,
          records: records.map(encodeRecord),
        };
        const life = this.#life;
        this.#offsetLogs[partition]!.append(stored, () => {
          if (life !== this.#life) return;
          this.#stepGroup({ kind: GroupInputKind.persisted, ticket, error: ErrorCode.none });
          this.#durable.add(ticket);
          for (const release of this.#held.get(ticket) ?? []) release();
          this.#held.delete(ticket);
        });
        return;
      }
      case EffectKind.reply: {
        const send = (): void => this.#answer(effect.requestId, effect.response);
        if (effect.after === 0 || this.#durable.has(effect.after)) send();
        else this.#held.set(effect.after, [...(this.#held.get(effect.after) ?? []), send]);
        return;
      }
      case EffectKind.setTimer:
      case EffectKind.cancelTimer:
        this.#timer('group', effect, (timer) => {
          this.#stepGroup({ kind: GroupInputKind.timer, timer });
        });
        return;
      case EffectKind.reload:
        this.#loadOffsets(effect.partition);
    }
  }

  /** Whoever waits for the write never hears of it, as if the connection had been lost. */
  #failGroup(ticket: number): void {
    this.#world.after(1, () => {
      if (!this.isUp) return;
      const error = ErrorCode.kafkaStorageError;
      this.#stepGroup({ kind: GroupInputKind.persisted, ticket, error });
    });
  }

  #stepTransaction(input: TransactionInput): void {
    const out = new Outbox<TransactionEffect>();
    this.transactions.step(input, this.#world.nowMs, out);
    for (const effect of out.take()) this.#performTransaction(effect);
  }

  #performTransaction(effect: TransactionEffect): void {
    const life = this.#life;
    switch (effect.kind) {
      case EffectKind.persist: {
        const { ticket, partition, record } = effect;
        const kind = TransactionInputKind.persisted;
        this.#transactionLogs[partition]!.append(encodeTransaction(record), () => {
          if (life !== this.#life) return;
          this.#stepTransaction({ kind, ticket, error: ErrorCode.none });
        });
        return;
      }
      case EffectKind.reply:
        this.#answer(effect.requestId, effect.response);
        return;
      case EffectKind.send: {
        // Leaders may be busy; meanwhile the decision is known to the coordinator only.
        const { random } = this.#world;
        const delayMs = random.chance(0.15) ? random.between(50, 1500) : 0;
        this.#world.after(delayMs, () => {
          if (life === this.#life) this.#sendMarkers(effect);
        });
        return;
      }
      case EffectKind.setTimer:
      case EffectKind.cancelTimer:
        this.#timer('transaction', effect, (timer) => {
          this.#stepTransaction({ kind: TransactionInputKind.timer, timer });
        });
        return;
      case EffectKind.reload:
        this.#loadTransactions(effect.partition);
    }
  }

  #sendMarkers(effect: SendMarkers): void {
    const life = this.#life;
    const results: MarkerResult[] = [];
    const done = (place: TopicIndex, error: ErrorCode): void => {
      if (life !== this.#life) return;
      results.push({ ...place, error });
      if (results.length < effect.partitions.length) return;
      const { transactionalId, producerEpoch } = effect;
      const kind = TransactionInputKind.markers;
      this.#stepTransaction({ kind, transactionalId, producerEpoch, results });
    };
    for (const place of effect.partitions) {
      // A leader that cannot be reached: the coordinator tries again.
      if (this.#world.random.chance(this.writeFaults)) {
        done(place, ErrorCode.notLeaderOrFollower);
      } else if (place.topic === 'target') {
        const error = this.data[place.index]!.mark(effect, () => done(place, ErrorCode.none));
        if (error !== ErrorCode.none) done(place, error);
      } else {
        this.#markOffsets(effect, place.index, () => done(place, ErrorCode.none));
      }
    }
  }

  #markOffsets({ producerId, committed }: SendMarkers, partition: number, done: () => void): void {
    const ended = committed ? 'commit' : 'abort';
    const life = this.#life;
    this.#offsetLogs[partition]!.append({ producerId, ended, records: [] }, () => {
      if (life !== this.#life) return;
      const kind = GroupInputKind.transactionEnded;
      this.#stepGroup({ kind, partition, producerId, committed });
      done();
    });
  }

  #answer(requestId: number, response: unknown): void {
    const answer = this.#answers.get(requestId);
    this.#answers.delete(requestId);
    answer?.(response);
  }

  #timer(
    of: string,
    effect: { readonly kind: EffectKind; readonly timer: number; readonly atMs?: number },
    fire: (timer: number) => void,
  ): void {
    const key = `${of} ${effect.timer}`;
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    if (effect.atMs === undefined) return;
    const delayMs = Math.max(0, effect.atMs - this.#world.nowMs);
    this.#timers.set(
      key,
      this.#world.after(delayMs, () => fire(effect.timer)),
    );
  }

  /** Loading takes a while; what happens meanwhile finds the partition loading. */
  #loadOffsets(partition: number): void {
    this.#broken.delete(partition);
    this.#stepGroup({ kind: GroupInputKind.loadBegin, partition });
    const life = this.#life;
    this.#world.after(this.#world.random.between(0, 30), () => {
      if (life !== this.#life) return;
      for (const { producerId, ended, records } of this.#offsetLogs[partition]!.entries) {
        const decoded = records.flatMap(({ key, value }) => decodeRecord(key, value) ?? []);
        const batch = { producerId, ended, records: decoded };
        this.#stepGroup({ kind: GroupInputKind.loadBatch, partition, batch });
      }
      this.#stepGroup({ kind: GroupInputKind.loadEnd, partition });
    });
  }

  #loadTransactions(partition: number): void {
    const kind = TransactionInputKind.loadBegin;
    this.#stepTransaction({ kind, partition, coordinatorEpoch: this.#life });
    const life = this.#life;
    this.#world.after(this.#world.random.between(0, 30), () => {
      if (life !== this.#life) return;
      for (const { key, value } of this.#transactionLogs[partition]!.entries) {
        const record = decodeTransaction(key, value)!;
        this.#stepTransaction({ kind: TransactionInputKind.loadRecord, partition, record });
      }
      this.#stepTransaction({ kind: TransactionInputKind.loadEnd, partition });
    });
  }
}

export interface ProduceBody {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly sequence: number;
  readonly partition: number;
  readonly value: string;
  readonly isImplicit: boolean;
}

type TransactionalPlace = TopicIndex & {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
};

interface TransactionalBody {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly groupId: string;
}
