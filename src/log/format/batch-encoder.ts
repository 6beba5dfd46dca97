/**
 * Builds version 2 batches from records, in one reused buffer: each key and value is copied once.
 *
 * Use: `reset`, then `appendAll` (or `append`) until it takes no more, then `finish`. Timestamps
 * are deltas to the first record's; offsets count from the base offset.
 *
 * Lifetime: the result of `finish` is valid until the next `reset`.
 * Format doc: docs/formats/log.md, "Record batch".
 */
import {
  crc32c,
  InvalidArgumentError,
  kafkaCodec,
  SlabPool,
  varintSize,
  varlongSize,
  writeInt64,
  writeVarint,
  writeVarlong,
  type Slab,
} from '../../../native-free-io/index.ts';
import { codecNames } from './codec-number.ts';
import {
  attributesPosition,
  baseOffsetPosition,
  baseSequencePosition,
  baseTimestampPosition,
  batchHeaderBytes,
  batchLengthPosition,
  controlMask,
  crcPosition,
  lastOffsetDeltaPosition,
  leaderEpochPosition,
  logOverheadBytes,
  magicPosition,
  maxTimestampPosition,
  producerEpochPosition,
  producerIdPosition,
  recordCountPosition,
  transactionalMask,
} from './layout.ts';

/** Bytes, or text that is stored as UTF-8, or null. */
export type RecordBytes = Uint8Array | string | null;

export interface RecordInput {
  readonly key?: RecordBytes;
  /** Null is a tombstone in a compacted log. */
  readonly value?: RecordBytes;
  readonly headers?: readonly { readonly key: string; readonly value: RecordBytes }[];
  /** Ms since the epoch, -1 for none. Default: now. */
  readonly timestamp?: number;
}

export interface BatchPlan {
  readonly baseOffset: number;
  readonly codec: number;
  /** Compression levels by codec name. */
  readonly level?: Readonly<Record<string, number>>;
  /** Timestamp of records that bring none. Ms. */
  readonly now: number;
  /** Most bytes of the batch before compression, header included. */
  readonly maxBytes: number;
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** Default -1: the leader stamps it. */
  readonly leaderEpoch?: number;
  /** Flags beside the codec, instead of those that follow from the fields above. */
  readonly flags?: number;
  /**
   * Base of the time deltas instead of the first record's: the delete horizon of a cleaned batch.
   */
  readonly baseTimestamp?: number;
  /** Instead of the greatest of the records': for batches stamped by the log. */
  readonly maxTimestamp?: number;
  /** Instead of the last record's: a cleaned batch keeps the span it had. */
  readonly lastOffsetDelta?: number;
}

export interface BuiltBatch {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

const initialBytes = 64 << 10;
/** A larger buffer is given back after use, so that one huge batch is not paid for for ever. */
const keptBytes = 4 << 20;
/** Copying by a loop is faster below this many bytes. */
const loopCopyBytes = 16;
const pool = new SlabPool({ name: 'batch builder', budgetBytes: 2 ** 31 });
const utf8 = new TextEncoder();

export class BatchBuilder implements Disposable {
  #slab: Slab | undefined;
  #plan: BatchPlan;
  #used: number;
  #count: number;
  #baseTimestamp: number;
  #maxTimestamp: number;

  constructor() {
    this.#slab = undefined;
    this.#plan = { baseOffset: 0, codec: 0, now: 0, maxBytes: 0 };
    this.#used = batchHeaderBytes;
    this.#count = 0;
    this.#baseTimestamp = -1;
    this.#maxTimestamp = -1;
  }

  get count(): number {
    return this.#count;
  }

  /** Gives the buffer back; `reset` takes a new one. */
  [Symbol.dispose](): void {
    this.#slab?.release();
    this.#slab = undefined;
  }

  /** Begins a batch. */
  reset(plan: BatchPlan): void {
    if (this.#slab !== undefined && this.#slab.length > keptBytes) {
      this.#slab.release();
      this.#slab = undefined;
    }
    this.#slab ??= pool.lease(initialBytes);
    this.#plan = plan;
    this.#used = batchHeaderBytes;
    this.#count = 0;
    this.#baseTimestamp = plan.baseTimestamp ?? -1;
    this.#maxTimestamp = -1;
  }

  /** Adds records from index `begin` on until the batch is full; how many it took. */
  appendAll(records: readonly RecordInput[], begin: number): number {
    let index = begin;
    while (index < records.length && this.append(records[index]!)) index++;
    return index - begin;
  }

  /** Adds one record; false, and nothing changed, when it does not fit any more. */
  append(record: RecordInput): boolean {
    const timestamp = record.timestamp ?? this.#plan.now;
    if (!(Number.isSafeInteger(timestamp) && timestamp >= -1)) {
      throw invalid(`a timestamp of ${String(timestamp)}`);
    }
    const count = this.#count;
    const key = toBytes(record.key, 'key');
    const value = toBytes(record.value, 'value');
    if (count === 0) this.#baseTimestamp = this.#plan.baseTimestamp ?? timestamp;
    const delta = timestamp - this.#baseTimestamp;
    const headers = record.headers;
    const headerBytes =
      headers === undefined || headers.length === 0 ? undefined : encodeHeaders(headers);
    const body =
      1 +
      varlongSize(delta) +
      varintSize(count) +
      (key === null ? 1 : varintSize(key.length) + key.length) +
      (value === null ? 1 : varintSize(value.length) + value.length) +
      (headerBytes === undefined ? 1 : headerBytes.length);
    const end = this.#used + varintSize(body) + body;
    if (end > this.#plan.maxBytes) return false;
    if (end > this.#slab!.length) this.#grow(end);
    const { bytes } = this.#slab!;
    let at = writeVarint(bytes, this.#used, body);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, delta);
    at = writeVarint(bytes, at, count);
    at = writeField(bytes, at, key);
    at = writeField(bytes, at, value);
    if (headerBytes === undefined) bytes[at] = 0;
    else bytes.set(headerBytes, at);
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    this.#used = end;
    this.#count = count + 1;
    return true;
  }

  /**
   * Adds a record that is already encoded: `source[start, end)` holds its key, value and headers.
   * The batch grows as needed, whatever `maxBytes` says.
   */
  appendEncoded(
    place: { readonly offsetDelta: number; readonly timestamp: number },
    source: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.#count === 0) this.#baseTimestamp = this.#plan.baseTimestamp ?? place.timestamp;
    const delta = place.timestamp - this.#baseTimestamp;
    const body = 1 + varlongSize(delta) + varintSize(place.offsetDelta) + end - start;
    const recordEnd = this.#used + varintSize(body) + body;
    if (recordEnd > this.#slab!.length) this.#grow(recordEnd);
    const { bytes } = this.#slab!;
    let at = writeVarint(bytes, this.#used, body);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, delta);
    at = writeVarint(bytes, at, place.offsetDelta);
    bytes.set(source.subarray(start, end), at);
    if (place.timestamp > this.#maxTimestamp) this.#maxTimestamp = place.timestamp;
    this.#used = recordEnd;
    this.#count++;
  }

  /** Compresses if asked for, writes header and checksum. */
  finish(): BuiltBatch {
    const { codec } = this.#plan;
    let { bytes, view } = this.#slab!;
    let length = this.#used;
    if (codec !== 0) {
      const level = this.#plan.level?.[codecNames[codec]!];
      const source = bytes.subarray(batchHeaderBytes, length);
      const stored = kafkaCodec(codec).compressSync(source, level === undefined ? {} : { level });
      length = batchHeaderBytes + stored.length;
      if (length > this.#slab!.length) this.#grow(length);
      ({ bytes, view } = this.#slab!);
      bytes.set(stored, batchHeaderBytes);
    }
    this.#writeHeader(bytes, view, length);
    return { bytes, start: 0, length };
  }

  #writeHeader(bytes: Uint8Array, view: DataView, length: number): void {
    const plan = this.#plan;
    const flags =
      plan.flags ??
      (plan.transactional === true ? transactionalMask : 0) |
        (plan.control === true ? controlMask : 0);
    writeInt64(view, baseOffsetPosition, plan.baseOffset);
    view.setInt32(batchLengthPosition, length - logOverheadBytes);
    view.setInt32(leaderEpochPosition, plan.leaderEpoch ?? -1);
    view.setInt8(magicPosition, 2);
    view.setInt16(attributesPosition, plan.codec | flags);
    view.setInt32(lastOffsetDeltaPosition, plan.lastOffsetDelta ?? this.#count - 1);
    writeInt64(view, baseTimestampPosition, this.#baseTimestamp);
    writeInt64(view, maxTimestampPosition, plan.maxTimestamp ?? this.#maxTimestamp);
    view.setBigInt64(producerIdPosition, plan.producerId ?? -1n);
    view.setInt16(producerEpochPosition, plan.producerEpoch ?? -1);
    view.setInt32(baseSequencePosition, plan.baseSequence ?? -1);
    view.setInt32(recordCountPosition, this.#count);
    view.setUint32(crcPosition, crc32c(bytes, attributesPosition, length));
  }

  #grow(neededBytes: number): void {
    const larger = pool.lease(Math.max(neededBytes, this.#slab!.length * 2));
    larger.bytes.set(this.#slab!.bytes.subarray(0, this.#used));
    this.#slab!.release();
    this.#slab = larger;
  }
}

function toBytes(field: RecordBytes | undefined, name: string): Uint8Array | null {
  if (field === null || field === undefined) return null;
  if (typeof field === 'string') return utf8.encode(field);
  if (field instanceof Uint8Array) return field;
  throw invalid(`a ${name} of type ${typeof field}: expected bytes, text or null`);
}

function writeField(bytes: Uint8Array, position: number, field: Uint8Array | null): number {
  if (field === null) {
    // A length of -1.
    bytes[position] = 1;
    return position + 1;
  }
  const { length } = field;
  const at = writeVarint(bytes, position, length);
  if (length >= loopCopyBytes) bytes.set(field, at);
  else for (let index = 0; index < length; index++) bytes[at + index] = field[index]!;
  return at + length;
}

/** Count and headers in one piece; rare enough to allocate. */
function encodeHeaders(
  headers: readonly { readonly key: string; readonly value: RecordBytes }[],
): Uint8Array {
  const fields: (Uint8Array | null)[] = [];
  let length = varintSize(headers.length);
  for (const header of headers) {
    if (typeof header.key !== 'string') throw invalid('a header without a key');
    const key = utf8.encode(header.key);
    const value = toBytes(header.value, 'header value');
    fields.push(key, value);
    length += varintSize(key.length) + key.length;
    length += value === null ? 1 : varintSize(value.length) + value.length;
  }
  const bytes = new Uint8Array(length);
  let at = writeVarint(bytes, 0, headers.length);
  for (const field of fields) at = writeField(bytes, at, field);
  return bytes;
}

function invalid(reason: string): InvalidArgumentError {
  return new InvalidArgumentError('LOG_INVALID_RECORD', reason);
}
