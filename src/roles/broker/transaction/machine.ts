/**
 * The transaction coordinator as a pure machine: one input at a time, effects out, nothing else.
 *
 * Upstream: apache/kafka: core/.../transaction/TransactionCoordinator.scala; behaviour kept, code
 * our own.
 */
import { EffectKind } from '../../shared/effect.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import type { EffectSink } from '../../shared/outbox.ts';
import { addOffsets, addPartitions } from './add.ts';
import { describeTransactions, listTransactions } from './admin.ts';
import { refusal } from './answers.ts';
import { defaultTransactionConfig, type TransactionConfig } from './config.ts';
import { endTransaction } from './end-request.ts';
import { fenceAndAbort, markersWritten, sendUnmarked, sendMarkers } from './end.ts';
import { initProducerId } from './init.ts';
import {
  TransactionInputKind,
  type TransactionEffect,
  type TransactionInput,
  type TransactionRecord,
  type TransactionRequestInput,
} from './messages.ts';
import { StatePartition, Transaction, TransactionState, type TransactionTimer } from './state.ts';
import { TransactionStatus } from './values.ts';
import { change, reply, type Known, type Turn } from './turn.ts';

export class TransactionMachine {
  readonly state: TransactionState;
  #started = false;

  constructor(config: Partial<TransactionConfig> = {}) {
    this.state = new TransactionState({ ...defaultTransactionConfig, ...config });
  }

  step(input: TransactionInput, nowMs: number, out: EffectSink<TransactionEffect>): void {
    const turn = { state: this.state, nowMs, out };
    if (!this.#started) {
      this.#started = true;
      scheduleExpiry(turn);
    }
    switch (input.kind) {
      case TransactionInputKind.persisted:
        return persisted(turn, input.ticket, input.error);
      case TransactionInputKind.timer: {
        const timer = this.state.timers.fire(input.timer, nowMs, out);
        if (timer !== undefined) timerFired(turn, timer);
        return;
      }
      case TransactionInputKind.loadBegin: {
        const { partition, coordinatorEpoch } = input;
        unload(turn, partition);
        this.state.partitions.set(partition, new StatePartition(partition, coordinatorEpoch));
        return;
      }
      case TransactionInputKind.loadRecord:
        return loadRecord(turn, input.partition, input.record);
      case TransactionInputKind.loadEnd:
        return endLoad(turn, input.partition);
      case TransactionInputKind.unload:
        return unload(turn, input.partition);
      case TransactionInputKind.markers: {
        const known = knownId(turn, input.transactionalId);
        if (known === undefined || !isEnding(known.transaction)) return;
        if (known.transaction.value.producerEpoch !== input.producerEpoch) return;
        return markersWritten(turn, known, input.results);
      }
      case TransactionInputKind.list:
        return listTransactions(turn, input);
      case TransactionInputKind.describe:
        return describeTransactions(turn, input);
      default:
        return ofOneId(turn, input);
    }
  }
}

type OneIdInput = Exclude<
  TransactionRequestInput,
  { kind: typeof TransactionInputKind.list | typeof TransactionInputKind.describe }
>;

function ofOneId(turn: Turn, input: OneIdInput): void {
  const { origin, request } = input;
  const id = request.transactionalId;
  const error = requestError(turn, input);
  const partition = turn.state.partitionOf(id ?? '');
  if (error !== ErrorCode.none) {
    reply(turn, origin, refusal(input, error));
  } else if (partition === undefined) {
    reply(turn, origin, refusal(input, ErrorCode.notCoordinator));
  } else if (partition.loading) {
    reply(turn, origin, refusal(input, ErrorCode.coordinatorLoadInProgress));
  } else if (input.kind === TransactionInputKind.init) {
    initProducerId(turn, partition, input);
  } else if (input.kind === TransactionInputKind.addPartitions) {
    addPartitions(turn, partition, input);
  } else if (input.kind === TransactionInputKind.addOffsets) {
    addOffsets(turn, partition, input);
  } else {
    endTransaction(turn, partition, input);
  }
}

function requestError(turn: Turn, input: OneIdInput): ErrorCode {
  if (input.request.transactionalId === null || input.request.transactionalId === '') {
    return ErrorCode.invalidRequest;
  }
  if (input.kind !== TransactionInputKind.init) return ErrorCode.none;
  const { timeoutMs, producerId, producerEpoch } = input.request;
  if (timeoutMs <= 0 || timeoutMs > turn.state.config['transaction.max.timeout.ms']) {
    return ErrorCode.invalidTransactionTimeout;
  }
  const isHalf = (producerId === -1) !== (producerEpoch === -1);
  return isHalf ? ErrorCode.invalidRequest : ErrorCode.none;
}

function knownId(turn: Turn, id: string): Known | undefined {
  const partition = turn.state.partitionOf(id);
  const transaction = partition?.transactions.get(id);
  if (partition === undefined || transaction === undefined) return undefined;
  return { partition, transaction };
}

function isEnding({ value, pending }: Transaction): boolean {
  const { status } = value;
  return (
    pending === undefined &&
    (status === TransactionStatus.prepareCommit || status === TransactionStatus.prepareAbort)
  );
}

function persisted(turn: Turn, ticket: number, error: ErrorCode): void {
  const transaction = turn.state.tickets.get(ticket);
  if (transaction === undefined) return;
  turn.state.tickets.delete(ticket);
  const partition = turn.state.partitionOf(transaction.id);
  if (partition?.transactions.get(transaction.id) !== transaction) return;
  const then = transaction.pending?.afterwards;
  if (error !== ErrorCode.none) {
    // What the log holds now is not known: it is read again.
    unload(turn, partition.index);
    turn.out.push({ kind: EffectKind.reload, partition: partition.index });
    return;
  }
  const { value } = transaction.commit();
  if (value === undefined) partition.transactions.delete(transaction.id);
  if (then !== undefined) reply(turn, then.input.origin, then.response);
  if (isEnding(transaction)) sendMarkers(turn, { partition, transaction });
  else if (value?.status === TransactionStatus.ongoing) scheduleTimeout(turn, transaction);
}

function scheduleTimeout(turn: Turn, { id, value }: Transaction): void {
  const dueMs = value.startMs + value.timeoutMs;
  turn.state.timers.schedule(`timeout\0${id}`, dueMs, { of: 'timeout', id }, turn.out);
}

function scheduleExpiry(turn: Turn): void {
  const intervalMs =
    turn.state.config['transaction.remove.expired.transaction.cleanup.interval.ms'];
  turn.state.timers.schedule('expiry', turn.nowMs + intervalMs, { of: 'expiry' }, turn.out);
}

function timerFired(turn: Turn, timer: TransactionTimer): void {
  if (timer.of === 'expiry') {
    expireIds(turn);
    return;
  }
  const known = knownId(turn, timer.id);
  if (known === undefined || known.partition.loading) return;
  const { transaction } = known;
  if (timer.of === 'markers') {
    if (isEnding(transaction)) sendUnmarked(turn, known);
    return;
  }
  const { status, startMs, timeoutMs } = transaction.value;
  if (status !== TransactionStatus.ongoing) return;
  // The timer may be that of an earlier transaction, or a change is under way.
  if (transaction.pending !== undefined || startMs + timeoutMs > turn.nowMs) {
    const dueMs = Math.max(startMs + timeoutMs, turn.nowMs + busyRetryMs);
    turn.state.timers.schedule(`timeout\0${timer.id}`, dueMs, timer, turn.out);
    return;
  }
  fenceAndAbort(turn, known);
}

/** A transaction that is due but has a write under way is looked at again after this. Ms. */
const busyRetryMs = 100;

/** Ids that nobody used for long. */
function expireIds(turn: Turn): void {
  const oldestMs = turn.nowMs - turn.state.config['transactional.id.expiration.ms'];
  for (const partition of turn.state.partitions.values()) {
    if (partition.loading) continue;
    for (const transaction of partition.transactions.values()) {
      const { status, lastUpdateMs } = transaction.value;
      const isIdle =
        status === TransactionStatus.empty ||
        status === TransactionStatus.completeCommit ||
        status === TransactionStatus.completeAbort;
      if (!isIdle || transaction.pending !== undefined || lastUpdateMs > oldestMs) continue;
      change(turn, { partition, transaction }, { value: undefined });
    }
  }
  scheduleExpiry(turn);
}

function loadRecord(
  turn: Turn,
  index: number,
  { transactionalId, value }: TransactionRecord,
): void {
  const partition = turn.state.partitions.get(index);
  if (partition?.loading !== true) return;
  const { transactions } = partition;
  if (value === null) transactions.delete(transactionalId);
  else transactions.set(transactionalId, new Transaction(transactionalId, value));
}

/** What was decided is carried out; what was under way goes on, or times out. */
function endLoad(turn: Turn, index: number): void {
  const partition = turn.state.partitions.get(index);
  if (partition?.loading !== true) return;
  partition.loading = false;
  for (const transaction of partition.transactions.values()) {
    if (isEnding(transaction)) sendMarkers(turn, { partition, transaction });
    else if (transaction.value.status === TransactionStatus.ongoing) {
      scheduleTimeout(turn, transaction);
    }
  }
}

/** Whoever waits for a change is told to look for the coordinator again. */
function unload(turn: Turn, index: number): void {
  const { state } = turn;
  const partition = state.partitions.get(index);
  if (partition === undefined) return;
  for (const { pending } of partition.transactions.values()) {
    if (pending === undefined) continue;
    state.tickets.delete(pending.ticket);
    if (pending.afterwards === undefined) continue;
    const { input } = pending.afterwards;
    reply(turn, input.origin, refusal(input, ErrorCode.notCoordinator));
  }
  state.timers.cancelWhere(
    (timer) => timer.of !== 'expiry' && partition.transactions.has(timer.id),
    turn.out,
  );
  state.partitions.delete(index);
}
