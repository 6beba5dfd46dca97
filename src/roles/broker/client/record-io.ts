/** Records to batches and back, for clients: one batch per call, whole ones of what was fetched. */
import { LimitError } from '../../../../native-free-io/index.ts';
import { BatchBuilder, RecordCursor, type RecordInput } from '../../../log/index.ts';

const lengthPosition = 8;
const overheadBytes = 12;
const maxBatchBytes = 900_000;

/** One uncompressed batch of `records[begin..]`, as many as fit; where to go on. */
export function encodeBatch(
  records: readonly RecordInput[],
  begin: number,
  nowMs: number,
): { readonly bytes: Uint8Array; readonly next: number } {
  using builder = new BatchBuilder();
  builder.reset({ baseOffset: 0, codec: 0, now: nowMs, maxBytes: maxBatchBytes });
  const next = builder.appendAll(records, begin);
  if (next === begin) throw new LimitError('LOG_RECORD_TOO_LARGE', `record ${begin} fits no batch`);
  const { bytes, start, length } = builder.finish();
  return { bytes: new Uint8Array(bytes.subarray(start, start + length)), next };
}

/** A cursor per whole batch; a cut one at the end is left out. */
export function* batchesOf(bytes: Uint8Array): Generator<RecordCursor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + overheadBytes <= bytes.length;) {
    const size = view.getInt32(at + lengthPosition) + overheadBytes;
    if (size <= overheadBytes || at + size > bytes.length) return;
    yield RecordCursor.open(bytes.subarray(at, at + size));
    at += size;
  }
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface JudgedBatch {
  readonly cursor: RecordCursor;
  /** Not to be shown: aborted, or a marker. */
  readonly isHidden: boolean;
}

/** Batches that were fetched as committed, with what was aborted as the answer tells it. */
export function* committedBatchesOf(
  bytes: Uint8Array,
  aborted: readonly AbortedTransaction[],
): Generator<JudgedBatch> {
  const waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const under = new Set<number>();
  for (const cursor of batchesOf(bytes)) {
    const { header } = cursor;
    while (waiting[0] !== undefined && waiting[0].firstOffset <= header.lastOffset) {
      under.add(waiting.shift()!.producerId);
    }
    const producerId = Number(header.producerId);
    if (header.isControl) under.delete(producerId);
    const isAborted = header.isTransactional && under.has(producerId);
    yield { cursor, isHidden: header.isControl || isAborted };
  }
}

/** Where Java's clients put a key: murmur2, sign cut off. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const { length } = bytes;
  let h = 0x9747b28c ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const left = length - at;
  if (left === 3) h ^= bytes[at + 2]! << 16;
  if (left >= 2) h ^= bytes[at + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ bytes[at]!, m);
  h = Math.imul(h ^ (h >>> 13), m);
  return (h ^ (h >>> 15)) | 0;
}
