/**
 * What the transaction coordinator knows of each transactional id, as plain data.
 *
 * Invariants: T1 an id changes only through a record that is durable; T2 while a change waits for
 * that, no other begins; T3 no marker is sent before the decision it carries is durable.
 * Upstream: apache/kafka: core/.../transaction/TransactionMetadata.scala; behaviour kept.
 */
import { invariant } from '../../../base/index.ts';
import { noTicket, type PersistTicket } from '../../shared/effect.ts';
import { partitionOfKey } from '../../shared/key-partition.ts';
import { TimerTable } from '../../shared/timer-table.ts';
import type { TransactionConfig } from './config.ts';
import type { TransactionRequestInput, TransactionResponse } from './messages.ts';
import type { TopicIndex, TransactionValue } from './values.ts';

/** Who is told, and what, once a change is durable. */
export interface Continuation {
  readonly input: TransactionRequestInput;
  readonly response: TransactionResponse;
}

export interface PendingChange {
  readonly ticket: PersistTicket;
  /** Undefined: the id is removed. */
  readonly value: TransactionValue | undefined;
  readonly lastProducerEpoch: number;
  readonly afterwards: Continuation | undefined;
}

export class Transaction {
  readonly id: string;
  value: TransactionValue;
  /** The epoch before the present one: a repeated request carries it. */
  lastProducerEpoch = -1;
  pending: PendingChange | undefined = undefined;
  /** Partitions whose marker is not known to be written; set in Prepare states. */
  unmarked: TopicIndex[] = [];

  constructor(id: string, value: TransactionValue) {
    this.id = id;
    this.value = value;
  }

  /** The pending change is durable. */
  commit(): PendingChange {
    const { pending } = this;
    invariant(pending !== undefined, `no change of transactional id ${this.id} is pending`);
    this.pending = undefined;
    if (pending.value !== undefined) this.value = pending.value;
    this.lastProducerEpoch = pending.lastProducerEpoch;
    return pending;
  }
}

export function hasPartition(
  partitions: readonly TopicIndex[],
  { topic, index }: TopicIndex,
): boolean {
  return partitions.some((one) => one.topic === topic && one.index === index);
}

export class StatePartition {
  readonly index: number;
  /** Goes into markers: data partitions refuse those of an older coordinator. */
  readonly coordinatorEpoch: number;
  loading = true;
  readonly transactions: Map<string, Transaction> = new Map<string, Transaction>();

  constructor(index: number, coordinatorEpoch: number) {
    this.index = index;
    this.coordinatorEpoch = coordinatorEpoch;
  }
}

export type TransactionTimer =
  | { readonly of: 'timeout'; readonly id: string }
  | { readonly of: 'markers'; readonly id: string }
  | { readonly of: 'expiry' };

export class TransactionState {
  readonly config: TransactionConfig;
  readonly partitions: Map<number, StatePartition> = new Map<number, StatePartition>();
  readonly timers: TimerTable<TransactionTimer> = new TimerTable<TransactionTimer>();
  readonly tickets: Map<PersistTicket, Transaction> = new Map<PersistTicket, Transaction>();
  nextTicket: PersistTicket = noTicket + 1;

  constructor(config: TransactionConfig) {
    this.config = config;
  }

  partitionIndexOf(id: string): number {
    return partitionOfKey(id, this.config['transaction.state.log.num.partitions']);
  }

  partitionOf(id: string): StatePartition | undefined {
    return this.partitions.get(this.partitionIndexOf(id));
  }

  transaction(id: string): Transaction | undefined {
    return this.partitionOf(id)?.transactions.get(id);
  }
}
