/**
 * Cells of a compressed log, made plain.
 *
 *    key length varint | value length varint | tags length varint | row | family | qualifier |
 *    timestamp i64 | type u8 | value | tags
 *
 * Row, family and qualifier go through dictionaries of their own, tags through one if the header
 * says so. The dictionaries belong to one file and grow from its first entry on.
 * Upstream: apache/hbase: hbase-server/.../wal/WALCellCodec.java, CompressionContext.java
 * (Apache-2.0); format kept, code our own.
 */
import {
  ByteSink,
  CorruptionError,
  readUvarint,
  varintEnd,
} from '../../../native-free-io/index.ts';
import { expandTags } from '../format/encoded-cells.ts';
import { keyOverheadBytes, kvKeyPosition, tagsLengthBytes } from '../format/kv-layout.ts';
import { dictionaryEnd, LruDictionary } from '../format/lru-dictionary.ts';
import { WalKeyField } from '../format/wal-layout.ts';

const manyEntries = 32767;
const fewEntries = 127;
const timestampBytes = 8;

export class WalDictionaries {
  readonly #regions: LruDictionary;
  readonly #tables: LruDictionary;
  readonly #rows = new LruDictionary(manyEntries);
  readonly #families = new LruDictionary(fewEntries);
  readonly #qualifiers = new LruDictionary(fewEntries);
  readonly #tags: LruDictionary | undefined;

  /** Files of recovered edits hold one region, whose names have dictionaries of one entry. */
  constructor(options: { readonly hasTags: boolean; readonly isRecoveredEdits: boolean }) {
    this.#regions = new LruDictionary(options.isRecoveredEdits ? 1 : manyEntries);
    this.#tables = new LruDictionary(options.isRecoveredEdits ? 1 : manyEntries);
    this.#tags = options.hasTags ? new LruDictionary(manyEntries) : undefined;
  }

  /** A region's or table's name as a key holds it. */
  name(field: number, bytes: Uint8Array): Uint8Array {
    const dictionary = field === WalKeyField.region ? this.#regions : this.#tables;
    return dictionary.read(bytes, 0, bytes.length);
  }

  /**
   * Appends the cells to `target` in plain log form; returns where they end in `bytes`. Throws
   * CorruptionError of the buffer when they are malformed or cut short.
   */
  expand(bytes: Uint8Array, at: number, end: number, target: CellTarget): number {
    let position = at;
    for (let i = 0; i < target.cellCount; i++) {
      position = this.#expandCell(bytes, position, end, target.sink);
    }
    return position;
  }

  #expandCell(bytes: Uint8Array, at: number, end: number, sink: ByteSink): number {
    const keyLength = readUvarint(bytes, at, end);
    const valueLength = readUvarint(bytes, varintEnd, end);
    const tagsLength = readUvarint(bytes, varintEnd, end);
    const rowAt = varintEnd;
    const row = this.#rows.read(bytes, rowAt, end);
    const family = this.#families.read(bytes, dictionaryEnd, end);
    const qualifier = this.#qualifiers.read(bytes, dictionaryEnd, end);
    const rest = dictionaryEnd;
    const tailBytes = timestampBytes + 1 + valueLength;
    const isWhole = row.length + family.length + qualifier.length + keyOverheadBytes === keyLength;
    if (!isWhole || row.length > 0x7fff || family.length > 0xff || tailBytes > end - rest) {
      throw new CorruptionError('BUFFER_OVERRUN', 'the parts of a cell do not make its key', {
        context: { position: at },
      });
    }
    const lengthAt = sink.reserve(4);
    sink.writeInt32(keyLength);
    sink.writeInt32(valueLength);
    sink.writeInt16(row.length);
    sink.writeBytes(row);
    sink.writeUint8(family.length);
    sink.writeBytes(family);
    sink.writeBytes(qualifier);
    sink.writeBytes(bytes, rest, tailBytes);
    const plainBytes = kvKeyPosition + keyLength + valueLength;
    if (tagsLength === 0) {
      sink.patchInt32(lengthAt, plainBytes);
      return rest + tailBytes;
    }
    sink.writeUint16(tagsLength);
    const after = this.#expandTags(bytes, rest + tailBytes, end, { sink, length: tagsLength });
    sink.patchInt32(lengthAt, plainBytes + tagsLengthBytes + tagsLength);
    return after;
  }

  #expandTags(
    bytes: Uint8Array,
    at: number,
    end: number,
    tags: { readonly sink: ByteSink; readonly length: number },
  ): number {
    if (this.#tags === undefined) {
      if (tags.length > end - at) {
        throw new CorruptionError('BUFFER_OVERRUN', 'tags end early', {
          context: { position: at },
        });
      }
      tags.sink.writeBytes(bytes, at, tags.length);
      return at + tags.length;
    }
    return expandTags(this.#tags, bytes, at, { ...tags, end });
  }
}

/** Where expanded cells go. */
export interface CellTarget {
  readonly cellCount: number;
  readonly sink: ByteSink;
}
