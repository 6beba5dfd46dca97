/**
 * Reads the primitive types of Kafka's protocol from one frame.
 *
 * Every read is checked against the end of the frame, every length against what is left, and the
 * items of all lists of a message are counted, so that no frame costs more memory than a small
 * multiple of its size. What is wrong is a MalformedError with the position.
 *
 * Lifetime: records are views of the frame; bytes and strings are copies.
 * Upstream: apache/kafka: clients/.../protocol/{ByteBufferAccessor,Readable}.java; format kept,
 *           code our own.
 */
import { CorruptionError, readInt64OrNaN } from '../../../../native-free-io/index.ts';

/** A frame that cannot be read: the connection is closed. */
export class MalformedError extends CorruptionError {
  constructor(reason: string, position: number) {
    super('KAFKA_MALFORMED', `${reason} at byte ${position} of the message`, {
      context: { position },
    });
  }
}

export const noBytes: Uint8Array = new Uint8Array(0);
/** "No identifier", as text. */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Items of all lists in one message. */
const maxItems = 1_000_000;

export class WireReader {
  /** Compact encodings and tag sections. */
  flexible = false;
  position: number;
  #source: Uint8Array;
  #bytes: Buffer;
  #view: DataView;
  #end: number;
  #items = 0;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#source = bytes;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = start;
    this.#end = end;
  }

  /** Goes on with another message; one in the same bytes costs no objects. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.flexible = false;
    this.position = start;
    this.#end = end;
    this.#items = 0;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  fail(reason: string): never {
    throw new MalformedError(reason, this.position);
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }
  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }
  uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }
  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }
  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }
  /** A safe integer; others are malformed. */
  int64(): number {
    const value = readInt64OrNaN(this.#view, this.#take(8));
    if (Number.isNaN(value)) this.fail('an integer beyond 2^53');
    return value;
  }
  float64(): number {
    return this.#view.getFloat64(this.#take(8));
  }
  uuid(): string {
    const start = this.#take(16);
    return this.#bytes.toString('base64url', start, start + 16);
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.#view.getUint8(this.#take(1));
    if (last > 0x0f) this.fail('a varint of more than 32 bits');
    return (value | (last << 28)) >>> 0;
  }

  string(): string {
    return this.nullableString() ?? this.fail('null where a string is needed');
  }
  nullableString(): string | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int16();
    if (length === -1) return null;
    return this.#text(length);
  }
  /** With a length of two bytes at every version: the client id of request headers. */
  plainNullableString(): string | null {
    const length = this.int16();
    return length === -1 ? null : this.#text(length);
  }
  bytes(): Uint8Array {
    return this.nullableBytes() ?? this.fail('null where bytes are needed');
  }
  /** Bytes of its own: what is kept of a message does not keep the message. */
  nullableBytes(): Uint8Array | null {
    const view = this.nullableRecords();
    return view === null ? null : new Uint8Array(view);
  }
  records(): Uint8Array {
    return this.nullableRecords() ?? this.fail('null where records are needed');
  }
  /** A view of the message: valid as long as the message is. */
  nullableRecords(): Uint8Array | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int32();
    if (length === -1) return null;
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Null reads as no items: one client writes it where the schema forbids it. */
  array<T>(version: number, read: (r: WireReader, v: number) => T): T[] {
    return this.nullableArray(version, read) ?? [];
  }
  nullableArray<T>(version: number, read: (r: WireReader, v: number) => T): T[] | null {
    const count = this.flexible ? this.uvarint() - 1 : this.int32();
    if (count === -1) return null;
    this.#items += count;
    if (count < 0 || count > this.remaining || this.#items > maxItems) {
      this.fail(`a list of ${count} items`);
    }
    const items: T[] = [];
    for (let index = 0; index < count; index++) items.push(read(this, version));
    return items;
  }

  readonly readInt8 = (r: WireReader): number => r.int8();
  readonly readInt16 = (r: WireReader): number => r.int16();
  readonly readInt32 = (r: WireReader): number => r.int32();
  readonly readInt64 = (r: WireReader): number => r.int64();
  readonly readString = (r: WireReader): string => r.string();
  readonly readUuid = (r: WireReader): string => r.uuid();

  /** Whether a struct that may be null follows. */
  isPresent(isTagged: boolean): boolean {
    const mark = isTagged ? this.uvarint() : this.int8();
    if (isTagged ? mark > 1 : mark !== 1 && mark !== -1) this.fail('a malformed mark of presence');
    return mark === 1;
  }

  tagCount(): number {
    return this.flexible ? this.uvarint() : 0;
  }
  /** The next tag's number, above `last`. */
  nextTag(last: number): number {
    const tag = this.uvarint();
    if (tag <= last) this.fail('tags that do not ascend');
    return tag;
  }
  /** Where the content of the tag ends; it begins here. */
  tagEnd(): number {
    const size = this.uvarint();
    if (size > this.remaining) this.fail('a tag longer than the message');
    return this.position + size;
  }
  finishTag(end: number): void {
    if (this.position > end) this.fail('a tag longer than it says');
    this.position = end;
  }
  /** A section without tags that are known here. */
  skipTags(): void {
    let tag = -1;
    for (let left = this.tagCount(); left > 0; left--) {
      tag = this.nextTag(tag);
      this.finishTag(this.tagEnd());
    }
  }

  #text(length: number): string {
    const start = this.#take(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  #take(length: number): number {
    const start = this.position;
    if (length < 0 || length > this.#end - start) this.fail(`${length} bytes are missing`);
    this.position = start + length;
    return start;
  }
}
