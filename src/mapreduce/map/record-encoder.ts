/**
 * Keys and values of a mapper as the frame of a record: VInt lengths, key, value.
 *
 * Types that are met all the time are written without detours; others through a ByteSink.
 * Lifetime: the frame is valid until the next `encode`.
 */
import {
  ByteSink,
  hadoopVIntSize,
  writeHadoopVInt,
  writeInt64,
} from '../../../native-free-io/index.ts';
import { writables, type WritableType } from '../../hadoop/index.ts';
import { longestRecordHeaderBytes } from '../format/ifile-layout.ts';

const shortText = 64;

export class RecordEncoder {
  bytes: Uint8Array = new Uint8Array(4096);
  /** The frame is bytes[frameStart, valueEnd); the value begins at `keyEnd`. */
  frameStart = 0;
  keyStart = 0;
  keyEnd = 0;
  valueEnd = 0;
  #view = new DataView(this.bytes.buffer);
  readonly #keyType: WritableType;
  readonly #valueType: WritableType;
  readonly #sink = ByteSink.growing();

  constructor(keyType: WritableType, valueType: WritableType) {
    this.#keyType = keyType;
    this.#valueType = valueType;
  }

  encode(key: unknown, value: unknown): void {
    this.keyStart = longestRecordHeaderBytes;
    this.keyEnd = this.#write(this.#keyType, key, this.keyStart);
    this.valueEnd = this.#write(this.#valueType, value, this.keyEnd);
    this.#writeHeader();
  }

  /** A record whose key and value are serialized already. */
  encodeBytes(key: Uint8Array, value: Uint8Array): void {
    this.keyStart = longestRecordHeaderBytes;
    this.keyEnd = this.keyStart + key.length;
    this.valueEnd = this.keyEnd + value.length;
    this.#require(this.valueEnd);
    this.bytes.set(key, this.keyStart);
    this.bytes.set(value, this.keyEnd);
    this.#writeHeader();
  }

  #writeHeader(): void {
    const keyLength = this.keyEnd - this.keyStart;
    const valueLength = this.valueEnd - this.keyEnd;
    this.frameStart = this.keyStart - hadoopVIntSize(keyLength) - hadoopVIntSize(valueLength);
    const after = writeHadoopVInt(this.bytes, this.frameStart, keyLength);
    writeHadoopVInt(this.bytes, after, valueLength);
  }

  #write(type: WritableType, value: unknown, at: number): number {
    if (type === writables.text && typeof value === 'string' && value.length <= shortText) {
      const end = this.#writeAscii(value, at);
      if (end >= 0) return end;
    } else if (type === writables.long && typeof value === 'number') {
      this.#require(at + 8);
      writeInt64(this.#view, at, value);
      return at + 8;
    }
    this.#sink.clear();
    type.write(this.#sink, value);
    const { written } = this.#sink;
    this.#require(at + written.length);
    this.bytes.set(written, at);
    return at + written.length;
  }

  /** -1 when the text is not all ASCII. The length takes one byte. */
  #writeAscii(text: string, at: number): number {
    this.#require(at + 1 + text.length);
    const { bytes } = this;
    bytes[at] = text.length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 127) return -1;
      bytes[at + 1 + index] = unit;
    }
    return at + 1 + text.length;
  }

  #require(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(length, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
