/** A transaction coordinator's machine with its log, its clock and one transactional id, `t`. */
import { EffectKind } from '../../src/roles/shared/effect.ts';
import { ErrorCode } from '../../src/roles/shared/error-code.ts';
import { Outbox } from '../../src/roles/shared/outbox.ts';
import { TransactionMachine } from '../../src/roles/broker/transaction/machine.ts';
import {
  TransactionInputKind,
  type SendMarkers,
  type TransactionEffect,
  type TransactionInput,
  type TransactionRecord,
} from '../../src/roles/broker/transaction/messages.ts';
import {
  decodeTransaction,
  encodeTransaction,
} from '../../src/roles/broker/transaction/record-codec.ts';
import {
  ClientVersion,
  type TransactionStatus,
} from '../../src/roles/broker/transaction/values.ts';

type EndAnswer = readonly [error: number, producerId: number, producerEpoch: number];

export class TransactionDriver {
  readonly machine = new TransactionMachine({ 'transaction.state.log.num.partitions': 1 });
  readonly log: TransactionRecord[] = [];
  readonly markers: SendMarkers[] = [];
  /** Markers are written at once; false keeps them under way. */
  marks = true;
  nowMs = 1_000_000;
  #timers = new Map<number, number>();
  #answers = new Map<number, unknown>();
  #next = 1;

  constructor(log: readonly TransactionRecord[] = []) {
    const partition = 0;
    this.feed({ kind: TransactionInputKind.loadBegin, partition, coordinatorEpoch: 1 });
    for (const record of log) {
      const { key, value } = encodeTransaction(record);
      const loaded = decodeTransaction(key, value)!;
      this.feed({ kind: TransactionInputKind.loadRecord, partition, record: loaded });
    }
    this.feed({ kind: TransactionInputKind.loadEnd, partition });
  }

  feed(input: TransactionInput): void {
    const out = new Outbox<TransactionEffect>();
    this.machine.step(input, this.nowMs, out);
    for (const effect of out.take()) this.#perform(effect);
  }

  wait(ms: number): void {
    this.nowMs += ms;
    for (const [timer, atMs] of this.#timers) {
      if (atMs > this.nowMs) continue;
      this.#timers.delete(timer);
      this.feed({ kind: TransactionInputKind.timer, timer });
    }
  }

  #perform(effect: TransactionEffect): void {
    if (effect.kind === EffectKind.persist) {
      this.log.push(effect.record);
      const { ticket } = effect;
      this.feed({ kind: TransactionInputKind.persisted, ticket, error: ErrorCode.none });
    } else if (effect.kind === EffectKind.reply) {
      this.#answers.set(effect.requestId, effect.response);
    } else if (effect.kind === EffectKind.setTimer) {
      this.#timers.set(effect.timer, effect.atMs);
    } else if (effect.kind === EffectKind.send) {
      this.markers.push(effect);
      if (this.marks) this.marked(effect);
    }
  }

  marked(effect: SendMarkers): void {
    const { transactionalId, producerEpoch } = effect;
    const results = effect.partitions.map((place) => ({ ...place, error: ErrorCode.none }));
    const kind = TransactionInputKind.markers;
    this.feed({ kind, transactionalId, producerEpoch, results });
  }

  init(producerId = -1, producerEpoch = -1, freshProducerId = 500): unknown {
    return this.#ask((origin) => ({
      kind: TransactionInputKind.init,
      origin,
      request: { transactionalId: 't', timeoutMs: 60_000, producerId, producerEpoch },
      freshProducerId,
    }));
  }

  add(producerEpoch: number, version = 3): number {
    const topics = [{ name: 'out', partitions: [0] }];
    const answer = this.#ask((origin) => ({
      kind: TransactionInputKind.addPartitions,
      origin: { ...origin, version },
      request: { transactionalId: 't', producerId: 500, producerEpoch, topics },
      unknown: [],
      clientVersion: ClientVersion.old,
    })) as { topics: { partitions: { error: number }[] }[] };
    return answer.topics[0]!.partitions[0]!.error;
  }

  end(producerEpoch: number, committed: boolean): number {
    const answer = this.#ask((origin) => ({
      kind: TransactionInputKind.end,
      origin,
      request: { transactionalId: 't', producerId: 500, producerEpoch, committed },
      freshProducerId: -1,
    })) as { error: number };
    return answer.error;
  }

  #ask(make: (origin: { requestId: number; version: number }) => TransactionInput): unknown {
    const requestId = this.#next++;
    this.feed(make({ requestId, version: 4 }));
    return this.#answers.get(requestId);
  }

  /** As a client of KIP-890 writes: the partition comes along. */
  enrol(producerEpoch: number, producerId = 500): number {
    const topics = [{ name: 'out', partitions: [0] }];
    const answer = this.#ask((origin) => ({
      kind: TransactionInputKind.addPartitions,
      origin,
      request: { transactionalId: 't', producerId, producerEpoch, topics },
      unknown: [],
      clientVersion: ClientVersion.bumping,
    })) as { topics: { partitions: { error: number }[] }[] };
    return answer.topics[0]!.partitions[0]!.error;
  }

  /** EndTxn of version 5: error, producer id and epoch to go on with. */
  endAndBump(producerEpoch: number, committed: boolean, producerId = 500): EndAnswer {
    const requestId = this.#next++;
    this.feed({
      kind: TransactionInputKind.end,
      origin: { requestId, version: 5 },
      request: { transactionalId: 't', producerId, producerEpoch, committed },
      freshProducerId: 900,
    });
    const { error, ...next } = this.#answers.get(requestId) as Record<string, number>;
    return [error!, next['producerId']!, next['producerEpoch']!];
  }

  get status(): TransactionStatus {
    return this.machine.state.transaction('t')!.value.status;
  }
}
