/**
 * The judge of foreign bytes: is there a sound batch at this place? Gives a verdict, never throws,
 * so that recovery can cut a tail and a broker can answer with an error code.
 *
 * Rules: docs/formats/log.md, "Verification". The shallow check costs one checksum; the deep one
 * decompresses and walks every record.
 */
import { crc32, crc32c, readInt64OrNaN, StoreError } from '../../../native-free-io/index.ts';
import { RecordCursor } from './batch-decoder.ts';
import {
  attributesPosition,
  baseOffsetPosition,
  baseTimestampPosition,
  batchHeaderBytes,
  batchLengthPosition,
  codecMask,
  crcPosition,
  lastOffsetDeltaPosition,
  legacyCrcPosition,
  legacyMagicPosition,
  legacyMinSizeV0,
  legacyMinSizeV1,
  legacyTimestampPosition,
  logOverheadBytes,
  magicPosition,
  maxTimestampPosition,
  prefixBytes,
  recordCountPosition,
} from './layout.ts';

/** Outcome of `verifyBatch`; reused from call to call. */
export class BatchVerdict {
  /** `incomplete`: sound as far as it goes, but `neededBytes` are not there. */
  status: 'ok' | 'incomplete' | 'corrupt' = 'ok';
  /** Bytes of the batch, when `ok`. */
  size = 0;
  /** Bytes from the start of the batch needed to say more, when `incomplete`. */
  neededBytes = 0;
  /** For people, when `corrupt`. */
  reason = '';
}

export interface VerifyBatchOptions {
  /** False leaves the checksum out. */
  readonly checksum: boolean;
  readonly verdict: BatchVerdict;
}

/** Judges the entry at `start`; nothing at or after `end` is looked at. */
export function verifyBatch(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  options: VerifyBatchOptions,
): BatchVerdict {
  const { verdict } = options;
  const available = end - start;
  if (available < prefixBytes) return incomplete(verdict, prefixBytes);
  const sizeField = view.getInt32(start + batchLengthPosition);
  const magic = view.getInt8(start + magicPosition);
  if (sizeField < legacyMinSizeV0) return corrupt(verdict, `a batch size of ${sizeField}`);
  if (magic < 0 || magic > 2) return corrupt(verdict, `magic ${magic}, known are 0 to 2`);
  const size = sizeField + logOverheadBytes;
  if (magic === 2 && size < batchHeaderBytes) {
    return corrupt(verdict, `a batch of ${size} bytes is shorter than its header`);
  }
  if (magic === 1 && sizeField < legacyMinSizeV1) {
    return corrupt(verdict, `a message of ${sizeField} bytes is shorter than its header`);
  }
  if (size > available) return incomplete(verdict, size);
  verdict.size = size;
  return magic === 2
    ? verifyCurrent(bytes, view, start, options)
    : verifyLegacy(bytes, view, start, options);
}

function verifyCurrent(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  options: VerifyBatchOptions,
): BatchVerdict {
  const { verdict } = options;
  if (options.checksum) {
    const stored = view.getUint32(start + crcPosition);
    const actual = crc32c(bytes, start + attributesPosition, start + verdict.size);
    if (stored !== actual) return corrupt(verdict, checksumText(stored, actual));
  }
  const base = readInt64OrNaN(view, start + baseOffsetPosition);
  const delta = view.getInt32(start + lastOffsetDeltaPosition);
  const count = view.getInt32(start + recordCountPosition);
  if (!(base >= 0) || delta < 0 || !Number.isSafeInteger(base + delta)) {
    return corrupt(verdict, `offset ${base} with a last offset delta of ${delta}`);
  }
  if (count < 0) return corrupt(verdict, `a record count of ${count}`);
  const baseTimestamp = readInt64OrNaN(view, start + baseTimestampPosition);
  const maxTimestamp = readInt64OrNaN(view, start + maxTimestampPosition);
  if (Number.isNaN(baseTimestamp) || Number.isNaN(maxTimestamp)) {
    return corrupt(verdict, 'a timestamp outside the safe integers');
  }
  const codec = view.getInt16(start + attributesPosition) & codecMask;
  if (codec > 4) return corrupt(verdict, `unknown codec ${codec}`);
  verdict.status = 'ok';
  return verdict;
}

function verifyLegacy(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  options: VerifyBatchOptions,
): BatchVerdict {
  const { verdict } = options;
  if (options.checksum) {
    const stored = view.getUint32(start + legacyCrcPosition);
    const actual = crc32(bytes, start + legacyMagicPosition, start + verdict.size);
    if (stored !== actual) return corrupt(verdict, checksumText(stored, actual));
  }
  const offset = readInt64OrNaN(view, start + baseOffsetPosition);
  if (!(offset >= 0)) return corrupt(verdict, `offset ${offset}`);
  const magic = view.getInt8(start + magicPosition);
  if (magic === 1 && Number.isNaN(readInt64OrNaN(view, start + legacyTimestampPosition))) {
    return corrupt(verdict, 'a timestamp outside the safe integers');
  }
  verdict.status = 'ok';
  return verdict;
}

function checksumText(stored: number, actual: number): string {
  return `checksum ${hex(actual)}, but ${hex(stored)} is stored`;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function incomplete(verdict: BatchVerdict, neededBytes: number): BatchVerdict {
  verdict.status = 'incomplete';
  verdict.neededBytes = neededBytes;
  return verdict;
}

function corrupt(verdict: BatchVerdict, reason: string): BatchVerdict {
  verdict.status = 'corrupt';
  verdict.reason = reason;
  return verdict;
}

/** Outcome of `verifyRecords`. */
export interface RecordsVerdict {
  readonly status: 'ok' | 'corrupt';
  readonly reason: string;
  readonly records: number;
  /** Offset deltas are 0, 1, 2, … */
  readonly consecutive: boolean;
  readonly recordsWithoutKey: number;
  /**
   * Least record timestamp but for -1, which says that there is none; -1 where no record has one.
   */
  readonly minTimestamp: number;
  /** Greatest record timestamp, -1 where there is no record. */
  readonly maxTimestamp: number;
}

/** Walks every record of the (shallowly verified) batch at `start`. */
export function verifyRecords(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  options: { readonly maxLength: number },
): RecordsVerdict {
  const size = view.getInt32(start + batchLengthPosition) + logOverheadBytes;
  let records = 0;
  let consecutive = true;
  let recordsWithoutKey = 0;
  let minTimestamp = -1;
  let maxTimestamp = -1;
  try {
    const cursor = RecordCursor.open(bytes.subarray(start, start + size), options);
    const base = cursor.baseOffset;
    while (cursor.next()) {
      if (cursor.offset !== base + records) consecutive = false;
      if (cursor.keyStart < 0) recordsWithoutKey++;
      const { timestamp } = cursor;
      const less = minTimestamp === -1 || timestamp < minTimestamp;
      if (timestamp !== -1 && less) minTimestamp = timestamp;
      if (timestamp > maxTimestamp) maxTimestamp = timestamp;
      cursor.checkHeaders();
      records++;
    }
    return {
      status: 'ok',
      reason: '',
      records,
      consecutive,
      recordsWithoutKey,
      minTimestamp,
      maxTimestamp,
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return {
      status: 'corrupt',
      reason: error.message,
      records,
      consecutive,
      recordsWithoutKey,
      minTimestamp,
      maxTimestamp,
    };
  }
}
