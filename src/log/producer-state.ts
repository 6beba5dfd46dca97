/**
 * What the log remembers of each producer: the last five batches (to recognise repeats), the epoch
 * (to fence older owners) and the open transaction (to know the last stable offset).
 *
 * Pure: no clock, no files. `producer-snapshots.ts` stores it beside the segments.
 *
 * Invariants: I1 at most five batches per producer, all of its current epoch; I2 `ongoing` and
 * `unreplicated` are ordered by first offset; I3 a producer is in `ongoing` exactly when its
 * `txnFirstOffset` is not -1.
 * Upstream:   apache/kafka: storage/.../log/{ProducerStateManager,ProducerStateEntry,
 *             ProducerAppendInfo}.java; behaviour kept, code our own.
 */
import { FencedError, StateError } from '../../native-free-io/index.ts';
import type { BatchHeader } from './format/batch-header.ts';
import type { SnapshotEntry } from './format/producer-snapshot.ts';

export const batchesKeptPerProducer = 5;

export interface BatchMetadata {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
}

export interface ProducerEntry {
  readonly producerId: bigint;
  epoch: number;
  coordinatorEpoch: number;
  lastTimestamp: number;
  /** First offset of the open transaction, -1 when there is none. */
  txnFirstOffset: number;
  batches: BatchMetadata[];
}

export interface Transaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
  /** Offset of its marker. */
  lastOffset: number;
  aborted: boolean;
}

/**
 * `client`: all checks. `coordinator`: no sequence checks. `replica`: facts are recorded as they
 * are.
 */
export type AppendOrigin = 'client' | 'coordinator' | 'replica';

export interface EndTxnMarker {
  readonly aborted: boolean;
  readonly coordinatorEpoch: number;
}

/** Sequence arithmetic modulo 2^31: 0 follows 2147483647. */
export function sequencePlus(sequence: number, increment: number): number {
  const sum = sequence + increment;
  return sum > 0x7fffffff ? sum - 0x80000000 : sum;
}

export function sequenceMinus(sequence: number, decrement: number): number {
  const difference = sequence - decrement;
  return difference < 0 ? difference + 0x80000000 : difference;
}

export class ProducerState {
  readonly #producers = new Map<bigint, ProducerEntry>();
  readonly #ongoing = new Map<number, Transaction>();
  #unreplicated: Transaction[] = [];
  /** Everything below this offset is reflected here. */
  endOffset = 0;

  get size(): number {
    return this.#producers.size;
  }

  producer(producerId: bigint): Readonly<ProducerEntry> | undefined {
    return this.#producers.get(producerId);
  }

  producers(): IterableIterator<Readonly<ProducerEntry>> {
    return this.#producers.values();
  }

  clear(endOffset: number): void {
    this.#producers.clear();
    this.#ongoing.clear();
    this.#unreplicated = [];
    this.endOffset = endOffset;
  }

  /** The cached batch that `header` repeats, if it does. */
  findDuplicate(header: BatchHeader): BatchMetadata | undefined {
    const entry = this.#producers.get(header.producerId);
    if (entry === undefined || entry.epoch !== header.producerEpoch) return undefined;
    const lastSequence = sequencePlus(header.baseSequence, header.lastOffsetDelta);
    return entry.batches.find(
      (batch) =>
        batch.lastSequence === lastSequence &&
        sequenceMinus(batch.lastSequence, batch.offsetDelta) === header.baseSequence,
    );
  }

  /** Throws when a data batch may not be appended; changes nothing. */
  checkBatch(header: BatchHeader, origin: AppendOrigin): void {
    if (origin === 'replica') return;
    const entry = this.#producers.get(header.producerId);
    if (entry === undefined) return;
    if (header.producerEpoch < entry.epoch) {
      throw new FencedError(
        'LOG_PRODUCER_FENCED',
        `producer ${header.producerId}: epoch ${header.producerEpoch} is older than ${entry.epoch}`,
      );
    }
    if (origin === 'client') checkSequence(header, entry);
    const transactional = (header.attributes & 0x10) !== 0;
    if (!transactional && entry.txnFirstOffset >= 0) {
      throw new StateError(
        'LOG_TRANSACTION_STATE',
        `producer ${header.producerId}: a plain batch inside an open transaction`,
      );
    }
  }

  /** Takes note of an appended data batch. */
  recordBatch(header: BatchHeader): void {
    const entry = this.#entryFor(header.producerId, header.producerEpoch);
    if (header.producerEpoch !== entry.epoch) {
      entry.batches = [];
      entry.epoch = header.producerEpoch;
    }
    if (entry.batches.length === batchesKeptPerProducer) entry.batches.shift();
    const lastOffset = header.baseOffset + header.lastOffsetDelta;
    entry.batches.push({
      lastSequence:
        header.baseSequence < 0 ? -1 : sequencePlus(header.baseSequence, header.lastOffsetDelta),
      lastOffset,
      offsetDelta: header.lastOffsetDelta,
      timestamp: header.maxTimestamp,
    });
    entry.lastTimestamp = header.maxTimestamp;
    const transactional = (header.attributes & 0x10) !== 0;
    if (transactional && entry.txnFirstOffset < 0) {
      entry.txnFirstOffset = header.baseOffset;
      this.#ongoing.set(header.baseOffset, {
        producerId: header.producerId,
        firstOffset: header.baseOffset,
        lastOffset: -1,
        aborted: false,
      });
    }
  }

  /** Throws when a marker may not be appended; changes nothing. */
  checkMarker(header: BatchHeader, marker: EndTxnMarker, origin: AppendOrigin): void {
    if (origin === 'replica') return;
    const entry = this.#producers.get(header.producerId);
    if (entry === undefined) return;
    if (header.producerEpoch < entry.epoch) {
      throw new FencedError(
        'LOG_PRODUCER_FENCED',
        `producer ${header.producerId}: marker epoch ${header.producerEpoch} is older than ${entry.epoch}`,
      );
    }
    if (marker.coordinatorEpoch < entry.coordinatorEpoch) {
      throw new FencedError(
        'LOG_COORDINATOR_FENCED',
        `producer ${header.producerId}: coordinator epoch ${marker.coordinatorEpoch} is older than ${entry.coordinatorEpoch}`,
      );
    }
  }

  /**
   * Takes note of a marker; returns the transaction it completed, still counted as ongoing until
   * `complete` is called with it.
   */
  recordMarker(header: BatchHeader, marker: EndTxnMarker): Transaction | undefined {
    const entry = this.#entryFor(header.producerId, header.producerEpoch);
    if (header.producerEpoch !== entry.epoch) {
      entry.batches = [];
      entry.epoch = header.producerEpoch;
    }
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    entry.lastTimestamp = header.maxTimestamp;
    const first = entry.txnFirstOffset;
    entry.txnFirstOffset = -1;
    const transaction = first < 0 ? undefined : this.#ongoing.get(first);
    if (transaction === undefined) return undefined;
    transaction.lastOffset = header.baseOffset + header.lastOffsetDelta;
    transaction.aborted = marker.aborted;
    return transaction;
  }

  /** The last stable offset right after `completed`, as its transaction index entry states it. */
  stableOffsetAfter(completed: Transaction): number {
    for (const transaction of this.#ongoing.values()) {
      if (transaction !== completed) return transaction.firstOffset;
    }
    return completed.lastOffset + 1;
  }

  /** Moves a completed transaction out of the ongoing ones. */
  complete(completed: Transaction): void {
    this.#ongoing.delete(completed.firstOffset);
    this.#unreplicated.push(completed);
    this.#unreplicated.sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Forgets completed transactions whose marker is replicated. */
  onHighWatermark(highWatermark: number): void {
    if (this.#unreplicated.length === 0) return;
    this.#unreplicated = this.#unreplicated.filter((txn) => txn.lastOffset >= highWatermark);
  }

  /** Lowest offset of a transaction that is open or not yet replicated; undefined when none. */
  get firstUnstableOffset(): number | undefined {
    const ongoing = this.#ongoing.values().next().value?.firstOffset;
    const unreplicated = this.#unreplicated[0]?.firstOffset;
    if (ongoing === undefined || unreplicated === undefined) return ongoing ?? unreplicated;
    return Math.min(ongoing, unreplicated);
  }

  /** Drops producers without an open transaction that were silent for `expirationMs`. */
  removeExpired(nowMs: number, expirationMs: number): number {
    let removed = 0;
    for (const entry of this.#producers.values()) {
      if (entry.txnFirstOffset < 0 && nowMs - entry.lastTimestamp >= expirationMs) {
        this.#producers.delete(entry.producerId);
        removed++;
      }
    }
    return removed;
  }

  toSnapshot(): SnapshotEntry[] {
    return Array.from(this.#producers.values(), (entry) => {
      const last = entry.batches.at(-1);
      return {
        producerId: entry.producerId,
        producerEpoch: entry.epoch,
        lastSequence: last?.lastSequence ?? -1,
        lastOffset: last?.lastOffset ?? -1,
        offsetDelta: last?.offsetDelta ?? 0,
        timestamp: entry.lastTimestamp,
        coordinatorEpoch: entry.coordinatorEpoch,
        currentTxnFirstOffset: entry.txnFirstOffset,
      };
    });
  }

  /** Replaces everything by what a snapshot taken at `endOffset` holds. */
  loadSnapshot(entries: readonly SnapshotEntry[], endOffset: number): void {
    this.clear(endOffset);
    for (const stored of entries) {
      const batches: BatchMetadata[] = [];
      if (stored.lastOffset >= 0) {
        batches.push({
          lastSequence: stored.lastSequence,
          lastOffset: stored.lastOffset,
          offsetDelta: stored.offsetDelta,
          timestamp: stored.timestamp,
        });
      }
      this.#producers.set(stored.producerId, {
        producerId: stored.producerId,
        epoch: stored.producerEpoch,
        coordinatorEpoch: stored.coordinatorEpoch,
        lastTimestamp: stored.timestamp,
        txnFirstOffset: stored.currentTxnFirstOffset,
        batches,
      });
    }
    const open = [...this.#producers.values()].filter((entry) => entry.txnFirstOffset >= 0);
    open.sort((a, b) => a.txnFirstOffset - b.txnFirstOffset);
    for (const entry of open) {
      this.#ongoing.set(entry.txnFirstOffset, {
        producerId: entry.producerId,
        firstOffset: entry.txnFirstOffset,
        lastOffset: -1,
        aborted: false,
      });
    }
  }

  #entryFor(producerId: bigint, epoch: number): ProducerEntry {
    let entry = this.#producers.get(producerId);
    if (entry === undefined) {
      entry = {
        producerId,
        epoch,
        coordinatorEpoch: -1,
        lastTimestamp: -1,
        txnFirstOffset: -1,
        batches: [],
      };
      this.#producers.set(producerId, entry);
    }
    return entry;
  }
}

function checkSequence(header: BatchHeader, entry: ProducerEntry): void {
  const first = header.baseSequence;
  if (header.producerEpoch !== entry.epoch) {
    if (first !== 0 && entry.epoch !== -1) throw outOfOrder(header, 0);
    return;
  }
  const last = entry.batches.at(-1)?.lastSequence ?? -1;
  const expected = last < 0 ? 0 : sequencePlus(last, 1);
  if (first !== expected) throw outOfOrder(header, expected);
}

function outOfOrder(header: BatchHeader, expected: number): StateError {
  return new StateError(
    'LOG_SEQUENCE_OUT_OF_ORDER',
    `producer ${header.producerId} epoch ${header.producerEpoch}: sequence ${header.baseSequence}, expected ${expected}`,
  );
}
