/**
 * One step of the machine as its rooms see it, and the one way an id changes: through a record.
 */
import { invariant } from '../../../base/index.ts';
import { EffectKind, noTicket } from '../../shared/effect.ts';
import type { EffectSink } from '../../shared/outbox.ts';
import type {
  TransactionEffect,
  TransactionOrigin,
  TransactionRequestInput,
  TransactionResponse,
} from './messages.ts';
import { type StatePartition, type Transaction, type TransactionState } from './state.ts';
import { legalTransactionMoves, TransactionStatus, type TransactionValue } from './values.ts';

export interface Turn {
  readonly state: TransactionState;
  readonly nowMs: number;
  readonly out: EffectSink<TransactionEffect>;
}

/** An id in its partition. */
export interface Known {
  readonly partition: StatePartition;
  readonly transaction: Transaction;
}

export function reply(turn: Turn, to: TransactionOrigin, response: TransactionResponse): void {
  const { requestId } = to;
  turn.out.push({ kind: EffectKind.reply, requestId, response, after: noTicket });
}

interface Change {
  /** Undefined removes the id. */
  readonly value: Omit<TransactionValue, 'lastUpdateMs'> | undefined;
  readonly lastProducerEpoch?: number;
  readonly afterwards?: {
    readonly input: TransactionRequestInput;
    readonly response: TransactionResponse;
  };
}

/** Begins a change; it takes effect when its record is durable. */
export function change(turn: Turn, { partition, transaction }: Known, wanted: Change): void {
  const { state } = turn;
  invariant(transaction.pending === undefined, 'one change of a transactional id at a time');
  const status = wanted.value?.status ?? TransactionStatus.dead;
  invariant(
    legalTransactionMoves[status].includes(transaction.value.status),
    `a transaction must not go from status ${transaction.value.status} to ${status}`,
  );
  const value =
    wanted.value === undefined ? undefined : { ...wanted.value, lastUpdateMs: turn.nowMs };
  const ticket = state.nextTicket++;
  transaction.pending = {
    ticket,
    value,
    lastProducerEpoch: wanted.lastProducerEpoch ?? transaction.lastProducerEpoch,
    afterwards: wanted.afterwards,
  };
  state.tickets.set(ticket, transaction);
  turn.out.push({
    kind: EffectKind.persist,
    ticket,
    partition: partition.index,
    record: { transactionalId: transaction.id, value: value ?? null },
  });
}
