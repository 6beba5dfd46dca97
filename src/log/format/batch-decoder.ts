/**
 * Walks the records of one batch, of any version and codec, without making objects.
 *
 *    record: length varint | attributes i8 | timestamp delta varlong | offset delta varint |
 *            key (length varint, -1 for null; bytes) | value (likewise) |
 *            header count varint | headers
 *
 * The cursor checks what it reads: a record stays inside its batch and fills exactly its length, as
 * many records exist as the header states, and nothing follows the last one. Headers are checked
 * only when they are asked for (`record`) or by `checkHeaders`.
 *
 * Lifetime: `bytes` is the batch itself, or the decompressed records; ranges point into it and are
 * valid as long as the batch's bytes are.
 * Format doc: docs/formats/log.md, "Record".
 */
import {
  CorruptionError,
  kafkaCodec,
  readVarint,
  readVarlong,
  varintEnd,
} from '../../../native-free-io/index.ts';
import { BatchHeader, readBatchHeader } from './batch-header.ts';
import { batchHeaderBytes } from './layout.ts';
import { readLegacyMessages, type LegacyMessage } from './legacy-messages.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** A record as an object; key and value are views with the lifetime of the batch. */
export interface LogRecord {
  readonly offset: number;
  /** Ms; -1 when the batch has none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

export interface RecordCursorOptions {
  /** Most bytes the decompressed records may have. Default 1 GiB. */
  readonly maxLength?: number;
}

const defaultMaxLength = 1 << 30;
const utf8 = new TextDecoder();

export class RecordCursor {
  readonly header: BatchHeader;
  /** Where the ranges point into. */
  bytes: Uint8Array;
  offset: number;
  timestamp: number;
  /** Bounds of the key in `bytes`; -1 for a null key. */
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
  /** Bounds of the whole record in `bytes`, its length field left out. */
  recordStart: number;
  recordEnd: number;
  /** Where key, value and headers begin: what a rewritten record keeps byte for byte. */
  bodyStart: number;
  #headersStart: number;
  #position: number;
  readonly #end: number;
  #left: number;
  readonly #fixedTimestamp: boolean;
  readonly #legacy: readonly LegacyMessage[] | undefined;

  private constructor(
    header: BatchHeader,
    bytes: Uint8Array,
    position: number,
    legacy: readonly LegacyMessage[] | undefined,
  ) {
    this.header = header;
    this.bytes = bytes;
    this.offset = -1;
    this.timestamp = -1;
    this.keyStart = -1;
    this.keyEnd = -1;
    this.valueStart = -1;
    this.valueEnd = -1;
    this.recordStart = 0;
    this.recordEnd = 0;
    this.bodyStart = 0;
    this.#headersStart = 0;
    this.#position = position;
    this.#end = bytes.length;
    this.#left = legacy === undefined ? header.recordCount : legacy.length;
    this.#fixedTimestamp = header.isLogAppendTime;
    this.#legacy = legacy;
  }

  /**
   * `batch` is exactly one batch, verified in its framing. Decompresses when needed; throws
   * CODEC_CORRUPT or CODEC_TOO_LARGE when that fails.
   */
  static open(batch: Uint8Array, options: RecordCursorOptions = {}): RecordCursor {
    const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    const header = new BatchHeader();
    readBatchHeader(batch, view, 0, header);
    const maxLength = options.maxLength ?? defaultMaxLength;
    if (header.magic < 2) {
      const legacy = readLegacyMessages(batch, header, maxLength);
      return new RecordCursor(header, legacy[0]?.bytes ?? batch, 0, legacy);
    }
    if (header.codec === 0) return new RecordCursor(header, batch, batchHeaderBytes, undefined);
    const stored = batch.subarray(batchHeaderBytes);
    const isEmpty = header.recordCount === 0 && stored.length === 0;
    const bytes = isEmpty ? stored : kafkaCodec(header.codec).decompressSync(stored, { maxLength });
    return new RecordCursor(header, bytes, 0, undefined);
  }

  /** Offset of the batch's first record; for old compressed sets known only from the records. */
  get baseOffset(): number {
    return this.#legacy?.[0]?.offset ?? this.header.baseOffset;
  }

  /** Moves to the next record; false after the last. LOG_CORRUPT_RECORD when it is malformed. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#legacy === undefined && this.#position !== this.#end) {
        throw damaged(`${this.#end - this.#position} bytes after the last record`, this.#position);
      }
      return false;
    }
    this.#left--;
    if (this.#legacy !== undefined) return this.#nextLegacy(this.#legacy);
    const { bytes } = this;
    const length = readVarint(bytes, this.#position, this.#end);
    const start = varintEnd;
    const end = start + length;
    if (length < 1 || end > this.#end) {
      throw damaged(`a record of ${length} bytes, ${this.#end - start} are left`, this.#position);
    }
    const { header } = this;
    const timestampDelta = readVarlong(bytes, start + 1, end);
    const offsetDelta = readVarint(bytes, varintEnd, end);
    if (offsetDelta < 0 || offsetDelta > header.lastOffsetDelta) {
      throw damaged(`an offset delta of ${offsetDelta}`, start);
    }
    this.offset = header.baseOffset + offsetDelta;
    this.timestamp = this.#fixedTimestamp
      ? header.maxTimestamp
      : header.baseTimestamp + timestampDelta;
    this.bodyStart = varintEnd;
    const keyLength = readVarint(bytes, varintEnd, end);
    let at = varintEnd;
    this.keyStart = keyLength < 0 ? -1 : at;
    if (keyLength > 0) at += keyLength;
    this.keyEnd = keyLength < 0 ? -1 : at;
    const valueLength = readVarint(bytes, at, end);
    at = varintEnd;
    this.valueStart = valueLength < 0 ? -1 : at;
    if (valueLength > 0) at += valueLength;
    this.valueEnd = valueLength < 0 ? -1 : at;
    if (at >= end) throw damaged('key or value passes the end of its record', start);
    this.#headersStart = at;
    this.recordStart = start;
    this.recordEnd = end;
    this.#position = end;
    return true;
  }

  #nextLegacy(messages: readonly LegacyMessage[]): boolean {
    const message = messages[messages.length - this.#left - 1]!;
    this.bytes = message.bytes;
    this.offset = message.offset;
    this.timestamp = message.timestamp;
    this.keyStart = message.keyStart;
    this.keyEnd = message.keyEnd;
    this.valueStart = message.valueStart;
    this.valueEnd = message.valueEnd;
    this.recordStart = message.start;
    this.recordEnd = message.end;
    this.#headersStart = -1;
    return true;
  }

  /** Throws LOG_CORRUPT_RECORD unless the headers are well-formed and end with the record. */
  checkHeaders(): void {
    const { bytes, recordEnd } = this;
    if (this.#headersStart < 0) return;
    // The common case: a count of zero as the last byte.
    if (bytes[this.#headersStart] === 0 && this.#headersStart + 1 === recordEnd) return;
    this.#walkHeaders(undefined);
  }

  /** The current record as an object. */
  record(): LogRecord {
    const { bytes, keyStart, valueStart } = this;
    return {
      offset: this.offset,
      timestamp: this.timestamp,
      key: keyStart < 0 ? null : bytes.subarray(keyStart, this.keyEnd),
      value: valueStart < 0 ? null : bytes.subarray(valueStart, this.valueEnd),
      headers: this.headers(),
    };
  }

  /** The current record's headers; order and duplicates are kept. */
  headers(): readonly RecordHeader[] {
    const { bytes } = this;
    if (this.#headersStart < 0) return noHeaders;
    if (bytes[this.#headersStart] === 0 && this.#headersStart + 1 === this.recordEnd) {
      return noHeaders;
    }
    const headers: RecordHeader[] = [];
    this.#walkHeaders(headers);
    return headers;
  }

  #walkHeaders(into: RecordHeader[] | undefined): void {
    const { bytes, recordEnd } = this;
    const count = readVarint(bytes, this.#headersStart, recordEnd);
    let at = varintEnd;
    if (count < 0 || count > recordEnd - at) throw damaged(`${count} headers`, this.recordStart);
    for (let index = 0; index < count; index++) {
      const keyLength = readVarint(bytes, at, recordEnd);
      const keyStart = varintEnd;
      const keyEnd = keyStart + keyLength;
      if (keyLength < 0 || keyEnd > recordEnd) {
        throw damaged(`a header key of ${keyLength} bytes`, keyStart);
      }
      const valueLength = readVarint(bytes, keyEnd, recordEnd);
      const valueStart = varintEnd;
      at = valueStart + Math.max(0, valueLength);
      if (at > recordEnd) throw damaged(`a header value of ${valueLength} bytes`, valueStart);
      into?.push({
        key: utf8.decode(bytes.subarray(keyStart, keyEnd)),
        value: valueLength < 0 ? null : bytes.subarray(valueStart, at),
      });
    }
    if (at !== recordEnd) throw damaged(`${recordEnd - at} bytes after the headers`, at);
  }
}

const noHeaders: readonly RecordHeader[] = [];

/** `position` counts from the start of the batch, or of its decompressed records. */
function damaged(reason: string, position: number): CorruptionError {
  return new CorruptionError('LOG_CORRUPT_RECORD', reason, { context: { position } });
}
