/**
 * What cleaning does to one batch: keep it byte for byte, rewrite it without some records, empty
 * it, or drop it.
 *
 * Rules: docs/formats/log.md, "Cleaning". A rewritten batch keeps its base offset, its last offset
 * and its producer fields; a batch that keeps a tombstone gets a delete horizon once, after which
 * the tombstone may go.
 *
 * Upstream: apache/kafka: storage/.../log/Cleaner.java, clients/.../record/MemoryRecords.java
 *           (filterTo); behaviour kept, code our own.
 */
import { BatchBuilder, type BuiltBatch } from '../format/batch-encoder.ts';
import { RecordCursor } from '../format/batch-decoder.ts';
import type { BatchHeader } from '../format/batch-header.ts';
import { codecMask, deleteHorizonMask } from '../format/layout.ts';
import { rewriteLegacySet } from './legacy-rewrite.ts';
import type { OffsetMap } from './offset-map.ts';
import type { TransactionFilter } from './transaction-filter.ts';

/** A producer that is still known: its last batch must stay findable. */
export interface ActiveProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** -1 when only a marker was seen in this epoch. */
  readonly lastDataOffset: number;
}

export interface FilterContext {
  readonly map: OffsetMap;
  readonly transactions: TransactionFilter;
  readonly producers: ReadonlyMap<bigint, ActiveProducer>;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
  /** The last batch below this offset stays, emptied if need be, so that the log keeps its end. */
  readonly endOffset: number;
  /** Tombstones of magic 0 and 1 in the segment being cleaned may not go yet. */
  readonly keepLegacyTombstones: boolean;
}

/** `bytes` of a rewritten batch are valid until the next call. */
export type FilterResult =
  | { readonly action: 'keep' | 'drop' }
  | { readonly action: 'rewrite'; readonly batch: BuiltBatch; readonly header: RewrittenHeader };

/** The fields of a rewritten batch that an index needs. */
export interface RewrittenHeader {
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

const keep: FilterResult = { action: 'keep' };
const drop: FilterResult = { action: 'drop' };

export class BatchFilter implements Disposable {
  readonly #builder = new BatchBuilder();
  readonly #kept: number[] = [];
  recordsRead = 0;
  recordsKept = 0;

  [Symbol.dispose](): void {
    this.#builder[Symbol.dispose]();
  }

  /** Judges the batch at `start`; the header is that batch's. */
  apply(
    context: FilterContext,
    header: BatchHeader,
    bytes: Uint8Array,
    start: number,
  ): FilterResult {
    const { transactions } = context;
    const discardable = header.isControl
      ? transactions.dropsMarker(header, bytes, start)
      : transactions.dropsData(header);
    const horizon = header.deleteHorizonMs;
    const discard = header.isControl
      ? discardable && horizon !== undefined && horizon <= context.nowMs
      : discardable;
    const keepsEmpty =
      isLastOfProducer(header, context.producers) || header.lastOffset + 1 === context.endOffset;
    this.recordsRead += Math.max(0, header.recordCount);
    if (discard) return keepsEmpty ? this.#empty(header) : drop;
    const batch = bytes.subarray(start, start + header.size);
    const scan = this.#scan(context, header, batch);
    if (scan.kept === 0) return keepsEmpty && header.magic >= 2 ? this.#empty(header) : drop;
    this.recordsKept += scan.kept;
    const setsHorizon =
      header.magic >= 2 &&
      horizon === undefined &&
      (scan.tombstones || (header.isControl && discardable));
    if (scan.kept === scan.records && !setsHorizon) return keep;
    if (header.magic < 2)
      return { action: 'rewrite', ...rewriteLegacySet(header, batch, this.#kept) };
    const newHorizon = setsHorizon ? context.nowMs + context.deleteRetentionMs : horizon;
    return this.#rewrite(header, batch, newHorizon);
  }

  /** Decides on every record; the indexes of those that stay are left in `#kept`. */
  #scan(
    context: FilterContext,
    header: BatchHeader,
    batch: Uint8Array,
  ): { records: number; kept: number; tombstones: boolean } {
    const kept = this.#kept;
    kept.length = 0;
    let tombstones = false;
    let records = 0;
    for (const cursor = RecordCursor.open(batch); cursor.next(); records++) {
      if (!header.isControl && !keepsRecord(context, header, cursor)) continue;
      kept.push(records);
      if (cursor.valueStart < 0) tombstones = true;
    }
    return { records, kept: kept.length, tombstones };
  }

  #rewrite(header: BatchHeader, batch: Uint8Array, horizon: number | undefined): FilterResult {
    const kept = this.#kept;
    const flags = header.attributes & ~codecMask & ~deleteHorizonMask & 0xff;
    this.#builder.reset({
      baseOffset: header.baseOffset,
      codec: header.codec,
      now: -1,
      maxBytes: Number.MAX_SAFE_INTEGER,
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      baseSequence: header.baseSequence,
      leaderEpoch: header.leaderEpoch,
      lastOffsetDelta: header.lastOffsetDelta,
      flags: horizon === undefined ? flags : flags | deleteHorizonMask,
      ...(horizon === undefined ? {} : { baseTimestamp: horizon }),
      ...(header.isLogAppendTime ? { maxTimestamp: header.maxTimestamp } : {}),
    });
    const cursor = RecordCursor.open(batch);
    let maxTimestamp = -1;
    let next = 0;
    for (let index = 0; next < kept.length && cursor.next(); index++) {
      if (kept[next] !== index) continue;
      next++;
      const place = { offsetDelta: cursor.offset - header.baseOffset, timestamp: cursor.timestamp };
      this.#builder.appendEncoded(place, cursor.bytes, cursor.bodyStart, cursor.recordEnd);
      maxTimestamp = Math.max(maxTimestamp, cursor.timestamp);
    }
    return {
      action: 'rewrite',
      batch: this.#builder.finish(),
      header: { lastOffset: header.lastOffset, maxTimestamp },
    };
  }

  /** Only the header stays: span, producer and time of the batch. */
  #empty(header: BatchHeader): FilterResult {
    if (header.magic < 2) return drop;
    this.#builder.reset({
      baseOffset: header.baseOffset,
      codec: 0,
      now: -1,
      maxBytes: Number.MAX_SAFE_INTEGER,
      producerId: header.producerId,
      producerEpoch: header.producerEpoch,
      baseSequence: header.baseSequence,
      leaderEpoch: header.leaderEpoch,
      lastOffsetDelta: header.lastOffsetDelta,
      flags: header.attributes & ~codecMask & ~deleteHorizonMask & 0xff,
      maxTimestamp: header.maxTimestamp,
    });
    const { lastOffset, maxTimestamp } = header;
    return {
      action: 'rewrite',
      batch: this.#builder.finish(),
      header: { lastOffset, maxTimestamp },
    };
  }
}

function keepsRecord(context: FilterContext, header: BatchHeader, cursor: RecordCursor): boolean {
  const { map } = context;
  if (cursor.offset > map.latestOffset) return true;
  if (cursor.keyStart < 0) return false;
  if (cursor.offset < map.get(cursor.bytes, cursor.keyStart, cursor.keyEnd)) return false;
  if (cursor.valueStart >= 0) return true;
  if (header.magic < 2) return context.keepLegacyTombstones;
  const horizon = header.deleteHorizonMs;
  return horizon === undefined || context.nowMs < horizon;
}

function isLastOfProducer(
  header: BatchHeader,
  producers: ReadonlyMap<bigint, ActiveProducer>,
): boolean {
  if (!header.hasProducer) return false;
  const producer = producers.get(header.producerId);
  if (producer === undefined) return false;
  if (producer.lastDataOffset >= 0) return header.lastOffset === producer.lastDataOffset;
  return header.isControl && header.producerEpoch === producer.producerEpoch;
}
