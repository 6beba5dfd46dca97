/**
 * What the encodings PREFIX, DIFF and FAST_DIFF have in common: the frame of a block, and what
 * stands behind each cell.
 *
 *    unencoded bytes i32 | [ DIFF: family length i8 | family ] | { cell | [ tags ] | [ mvcc ] }…
 *    tags = length varint | tags as they are, or through a dictionary of the block
 *    mvcc = VLong
 *
 * Decoding makes plain cells in bytes of their own, as many as the frame says, and no more.
 * Upstream: apache/hbase: hbase-common/.../encoding/BufferedDataBlockEncoder.java (Apache-2.0);
 * format kept, code our own.
 */
import {
  ByteSink,
  CorruptionError,
  hadoopVIntEnd,
  readHadoopVLong,
  readUvarint,
  varintEnd,
} from '../../../native-free-io/index.ts';
import { corruptFile } from './damage.ts';
import {
  keyOverheadBytes,
  kvKeyPosition,
  tagsLengthBytes,
  valueLengthPosition,
} from './kv-layout.ts';
import { dictionaryEnd, LruDictionary } from './lru-dictionary.ts';
import type { PlainCells } from './plain-cells.ts';

const tagEntries = 127;
/** From here on the platform's copy is faster than words. */
const nativeFromBytes = 192;

/** The cells being made of a block, and where the encoded ones are read. */
export class CellDecoder {
  readonly source: PlainCells;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the next encoded byte is read. */
  at: number;
  /** Where the next plain byte goes. */
  to = 0;
  /** The cell before: where its key and value lie among the plain ones; -1 before the first. */
  keyPosition = -1;
  keyLength = 0;
  valuePosition = 0;
  valueLength = 0;
  readonly #tags: LruDictionary | undefined;

  constructor(source: PlainCells, tagsCompressed: boolean) {
    const { view, start, end, context } = source;
    if (end - start < 4) throw corruptFile('an encoded block without its size', context);
    const length = view.getInt32(start);
    const most = Math.min((end - start) * mostExpansion, mostPlainBytes);
    if (length < 0 || length > most) {
      throw corruptFile(
        `an encoded block of ${end - start} bytes says it makes ${length}`,
        context,
      );
    }
    this.source = source;
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
    this.at = start + 4;
    this.#tags = tagsCompressed ? new LruDictionary(tagEntries) : undefined;
  }

  get isDone(): boolean {
    return this.at >= this.source.end;
  }

  /** The plain cells, all made. */
  finish(): PlainCells {
    const { bytes, view, to, source } = this;
    if (to !== bytes.length) throw this.wrong(`makes ${to} of ${bytes.length} bytes`);
    return { ...source, bytes, view, start: 0, end: to };
  }

  readByte(): number {
    if (this.at >= this.source.end) throw this.wrong('ends early');
    return this.source.bytes[this.at++]!;
  }

  readInteger(): number {
    const value = readUvarint(this.source.bytes, this.at, this.source.end);
    this.at = varintEnd;
    return value;
  }

  /** Begins a plain cell; returns where its key goes. */
  begin(keyLength: number, valueLength: number): number {
    const key = this.to + kvKeyPosition;
    const isPossible = keyLength >= keyOverheadBytes && keyLength <= this.bytes.length - key;
    if (!isPossible || valueLength > this.bytes.length - key - keyLength) {
      throw this.wrong(`has a cell of ${keyLength} and ${valueLength} bytes`);
    }
    this.view.setInt32(this.to, keyLength);
    this.view.setInt32(this.to + valueLengthPosition, valueLength);
    return key;
  }

  /** Copies encoded bytes to the plain ones. */
  copyIn(to: number, length: number): void {
    const { at } = this;
    if (length < 0 || length > this.source.end - at || to + length > this.bytes.length) {
      throw this.wrong('ends inside a cell');
    }
    const { bytes: source, view } = this.source;
    this.at = at + length;
    if (length >= nativeFromBytes) {
      this.bytes.set(source.subarray(at, at + length), to);
      return;
    }
    const words = length & ~3;
    for (let i = 0; i < words; i += 4) this.view.setInt32(to + i, view.getInt32(at + i));
    for (let i = words; i < length; i++) this.bytes[to + i] = source[at + i]!;
  }

  /** Repeats plain bytes of the cell before. */
  repeat(from: number, to: number, length: number): void {
    if (length < 0 || to + length > this.bytes.length) throw this.wrong('repeats too much');
    const { bytes, view } = this;
    if (length >= nativeFromBytes) {
      bytes.copyWithin(to, from, from + length);
      return;
    }
    const words = length & ~3;
    for (let i = 0; i < words; i += 4) view.setInt32(to + i, view.getInt32(from + i));
    for (let i = words; i < length; i++) bytes[to + i] = bytes[from + i]!;
  }

  /** Ends the cell whose key and value are made, with the tags and mvcc behind it. */
  end(keyPosition: number, keyLength: number, valueLength: number): void {
    this.keyPosition = keyPosition;
    this.keyLength = keyLength;
    this.valuePosition = keyPosition + keyLength;
    this.valueLength = valueLength;
    this.to = this.valuePosition + valueLength;
    const { includesTags, includesSequenceIds } = this.source.parts;
    if (includesTags) this.#takeTags();
    if (!includesSequenceIds) return;
    const { bytes, end } = this.source;
    if (readHadoopVLong(bytes, this.at, end) < 0) throw this.wrong('has no sequence id');
    const length = hadoopVIntEnd - this.at;
    this.copyIn(this.to, length);
    this.to += length;
  }

  wrong(what: string): Error {
    return corruptFile(`encoded block ${what}`, this.source.context);
  }

  #takeTags(): void {
    const length = this.readInteger();
    if (this.to + tagsLengthBytes + length > this.bytes.length || length > 0xffff) {
      throw this.wrong(`has ${length} bytes of tags`);
    }
    this.view.setUint16(this.to, length);
    this.to += tagsLengthBytes;
    if (this.#tags === undefined) {
      this.copyIn(this.to, length);
    } else {
      const sink = ByteSink.fixed(
        { bytes: this.bytes, view: this.view },
        this.to,
        this.to + length,
      );
      const { bytes, end } = this.source;
      this.at = expandTags(this.#tags, bytes, this.at, { sink, length, end });
    }
    this.to += length;
  }
}

/** Nobody writes blocks that expand more, or to more: what says so is damaged. */
const mostExpansion = 1 << 16;
const mostPlainBytes = 1 << 28;

/** Tags through a dictionary, made plain: a length of 2 bytes before each. Returns their end. */
export function expandTags(
  dictionary: LruDictionary,
  bytes: Uint8Array,
  at: number,
  tags: { readonly sink: ByteSink; readonly length: number; readonly end: number },
): number {
  let left = tags.length;
  let position = at;
  while (left > 0) {
    const tag = dictionary.read(bytes, position, tags.end);
    position = dictionaryEnd;
    left -= tagsLengthBytes + tag.length;
    if (left < 0) {
      throw new CorruptionError('BUFFER_OVERRUN', 'a tag is longer than all tags', {
        context: { position },
      });
    }
    tags.sink.writeUint16(tag.length);
    tags.sink.writeBytes(tag);
  }
  return position;
}
