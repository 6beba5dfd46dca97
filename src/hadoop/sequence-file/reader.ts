/**
 * Reads a SequenceFile of any version up to 6, record by record, without copying uncompressed ones.
 *
 *     while (reader.next()) { reader.loadValue(); use(reader.key, reader.value); }
 *
 * Lengths are judged against what the file still holds before anything is taken from it; what
 * decompression may give is bounded by `maxPartBytes`. Every failure is
 * HADOOP_CORRUPT_SEQUENCE_FILE with path and position.
 *
 * Split rule: a record belongs to the split in which the sync escape that governs it begins. A
 * reader of [start, end) calls `seekSync(start)` unless that is 0, reads while `next` is true, and
 * ends where the key's position is at or after `end` and a sync was seen just before it.
 *
 * Lifetime: regions are valid until the next `next` or `seekSync`.
 * Upstream: apache/hadoop: io/SequenceFile.java, mapreduce SequenceFileRecordReader.java
 * (Apache-2.0); format kept, code our own.
 */
import {
  CorruptionError,
  equalBytes,
  FileWindow,
  StoreError,
  type Codec,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { codecOfClass } from '../codec-classes.ts';
import { BlockDecoder } from './block-decoder.ts';
import { corruptSequenceFile, readHeader, type SequenceFileHeader } from './header.ts';
import {
  recordHeaderBytes,
  syncBytes,
  syncEscape,
  syncEscapeBytes,
  syncMarkerBytes,
} from './layout.ts';

export interface SequenceFileReaderOptions {
  /** Most bytes that one compressed value or part of a block may give. Default 256 MiB. */
  readonly maxPartBytes?: number;
  /** Bytes read at once. Default 1 MiB. */
  readonly windowBytes?: number;
}

/** A header is read in steps of this; metadata may make it long. */
const headerStepBytes = 4096;
const defaultMaxPartBytes = 256 << 20;
const nothing = new Uint8Array(0);

export class SequenceFileReader implements Disposable {
  readonly header: SequenceFileHeader;
  readonly path: string;
  /** Bytes of the header: where the first record may begin. */
  readonly headerBytes: number;
  /** Region of the current record's key. */
  keyBytes: Uint8Array = nothing;
  keyStart = 0;
  keyEnd = 0;
  /** Region of its value; of a compressed one only after `loadValue`. */
  valueBytes: Uint8Array = nothing;
  valueStart = 0;
  valueEnd = 0;
  /** A sync marker stood right before the current record. */
  syncSeen = false;
  readonly #file: FileHandle;
  readonly #window: FileWindow;
  readonly #codec: Codec | undefined;
  readonly #blocks: BlockDecoder | undefined;
  readonly #maxPartBytes: number;
  /** Where the next escape, record or block begins. */
  #position: number;
  /** Where the value of the current record is stored, while it is compressed. */
  #stored: { readonly position: number; readonly length: number } | undefined;

  private constructor(
    file: FileHandle,
    parsed: { header: SequenceFileHeader; length: number },
    options: SequenceFileReaderOptions,
  ) {
    const { header } = parsed;
    this.#file = file;
    this.path = file.path;
    this.header = header;
    this.headerBytes = parsed.length;
    this.#position = parsed.length;
    this.#maxPartBytes = options.maxPartBytes ?? defaultMaxPartBytes;
    this.#window = new FileWindow(
      file,
      options.windowBytes === undefined ? {} : { windowBytes: options.windowBytes },
    );
    if (header.codecClass !== undefined) {
      this.#codec = codecOfClass(header.codecClass, file.path).codec;
    }
    if (header.compression === 'block') {
      this.#blocks = new BlockDecoder(this.#codec!, this.#maxPartBytes);
    }
  }

  /** Opens the file and reads its header; a file of no bytes is corrupt, not empty. */
  static open(
    fs: FileSystem,
    path: string,
    options: SequenceFileReaderOptions = {},
  ): SequenceFileReader {
    const file = fs.openSync(path, 'read');
    try {
      return new SequenceFileReader(file, parseHeader(file), options);
    } catch (error) {
      file.closeSync();
      throw error;
    }
  }

  /** The header alone. */
  static headerOf(fs: FileSystem, path: string): { header: SequenceFileHeader; length: number } {
    const file = fs.openSync(path, 'read');
    try {
      return parseHeader(file);
    } finally {
      file.closeSync();
    }
  }

  /** The current key, as a view. */
  get key(): Uint8Array {
    return this.keyBytes.subarray(this.keyStart, this.keyEnd);
  }
  /** The current value, as a view, decompressed when need be. */
  get value(): Uint8Array {
    this.loadValue();
    return this.valueBytes.subarray(this.valueStart, this.valueEnd);
  }

  /**
   * Where the next record is looked for. Of a block-compressed file: the next block; records of
   * the block at hand lie before it.
   */
  get position(): number {
    return this.#position;
  }

  /** Goes to the next record; false at the end of the file. */
  next(): boolean {
    this.syncSeen = false;
    return this.#blocks === undefined ? this.#nextRecord() : this.#nextInBlock(this.#blocks);
  }

  /** Decompresses the current value where it is compressed; the region is valid then. */
  loadValue(): void {
    if (this.#blocks !== undefined) {
      this.#guard(this.#position, () => this.#blocks!.loadValues());
      this.valueBytes = this.#blocks.values;
      this.valueStart = this.#blocks.valueStart;
      this.valueEnd = this.#blocks.valueEnd;
      return;
    }
    const stored = this.#stored;
    if (stored === undefined) return;
    this.#stored = undefined;
    const source = this.keyBytes.subarray(this.valueStart, this.valueEnd);
    const maxLength = this.#maxPartBytes;
    this.#guard(stored.position, () => {
      this.valueBytes = this.#codec!.decompressSync(source, { maxLength });
    });
    this.valueStart = 0;
    this.valueEnd = this.valueBytes.length;
  }

  /**
   * Moves to the first sync escape that begins at `position` or later: to the first record when
   * that lies within the header, to the end of the file when there is none.
   */
  seekSync(position: number): void {
    this.#blocks?.clear();
    this.#stored = undefined;
    if (position < this.headerBytes) {
      this.#position = this.headerBytes;
      return;
    }
    const end = this.#window.end;
    const marker = this.header.syncMarker;
    for (let at = position + syncEscapeBytes; at + syncMarkerBytes <= end;) {
      const { index, length } = this.#window.fill(at);
      const found = indexOfMarker(this.#window.bytes, index, index + length, marker);
      if (found >= 0) {
        this.#position = at + (found - index) - syncEscapeBytes;
        return;
      }
      if (length >= syncMarkerBytes) at += length - syncMarkerBytes + 1;
      else if (this.#window.at(at, syncMarkerBytes) < 0) break;
    }
    this.#position = end;
  }

  [Symbol.dispose](): void {
    this.#file.closeSync();
  }

  close(): void {
    this.#file.closeSync();
  }

  #nextRecord(): boolean {
    const window = this.#window;
    if (this.#position === window.end) return false;
    let index = this.#require(this.#position, syncEscapeBytes, 'a record length');
    let length = window.view.getInt32(index);
    if (length === syncEscape && this.header.version > 1) {
      this.#passSync();
      if (this.#position === window.end) return false;
      index = this.#require(this.#position, syncEscapeBytes, 'a record length');
      length = window.view.getInt32(index);
    }
    const start = this.#position;
    index = this.#require(start, recordHeaderBytes, 'the lengths of a record');
    const keyLength = window.view.getInt32(index + 4);
    if (length < 0 || keyLength < 0 || keyLength > length) {
      throw this.#corrupt(start, `a record of ${length} bytes with a key of ${keyLength}`);
    }
    index = this.#require(start + recordHeaderBytes, length, 'a record');
    this.keyBytes = window.bytes;
    this.keyStart = index;
    this.keyEnd = index + keyLength;
    this.valueBytes = window.bytes;
    this.valueStart = this.keyEnd;
    this.valueEnd = index + length;
    const stored = { position: start + recordHeaderBytes + keyLength, length: length - keyLength };
    this.#stored = this.#codec === undefined ? undefined : stored;
    this.#position = start + recordHeaderBytes + length;
    return true;
  }

  #nextInBlock(blocks: BlockDecoder): boolean {
    while (!this.#nextOf(blocks)) {
      if (this.#position === this.#window.end) return false;
      const escape = this.#require(this.#position, syncEscapeBytes, 'a sync escape');
      if (this.#window.view.getInt32(escape) !== syncEscape) {
        throw this.#corrupt(this.#position, 'a block does not begin with a sync escape');
      }
      this.#passSync();
      // An explicit sync at the end leaves a marker that no block follows.
      if (this.#position === this.#window.end) return false;
      const start = this.#position;
      this.#position = this.#guard(start, () => blocks.read(this.#window, start));
    }
    this.keyBytes = blocks.keys;
    this.keyStart = blocks.keyStart;
    this.keyEnd = blocks.keyEnd;
    return true;
  }

  /** Within a block the place is the byte behind it. */
  #nextOf(blocks: BlockDecoder): boolean {
    try {
      return blocks.next();
    } catch (error) {
      throw this.#placed(this.#position, error);
    }
  }

  /** Past an escape and its marker, which must be the file's own. */
  #passSync(): void {
    const index = this.#require(this.#position, syncBytes, 'a sync marker') + syncEscapeBytes;
    const marker = this.header.syncMarker;
    const { bytes } = this.#window;
    if (!equalBytes(bytes, index, index + syncMarkerBytes, marker, 0, syncMarkerBytes)) {
      throw this.#corrupt(this.#position, "a sync marker is not the file's");
    }
    this.#position += syncBytes;
    this.syncSeen = true;
  }

  #require(position: number, length: number, what: string): number {
    const index = this.#window.at(position, length);
    if (index < 0) throw this.#corrupt(position, `it ends inside ${what}`);
    return index;
  }

  #guard<T>(position: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#placed(position, error);
    }
  }

  #placed(position: number, error: unknown): unknown {
    if (!(error instanceof StoreError)) return error;
    if (error instanceof CorruptionError && error.context.path !== undefined) return error;
    return this.#corrupt(position, error.message, error);
  }

  #corrupt(position: number, reason: string, cause?: unknown): CorruptionError {
    return corruptSequenceFile(this.path, position, reason, cause);
  }
}

function parseHeader(file: FileHandle): { header: SequenceFileHeader; length: number } {
  const size = file.sizeSync();
  for (let step = headerStepBytes; ; step *= 4) {
    const bytes = new Uint8Array(Math.min(step, size));
    const got = file.readSync(bytes, 0, bytes.length, 0);
    try {
      return readHeader(bytes.subarray(0, got), file.path);
    } catch (error) {
      // More bytes may be the rest of a long header.
      if (step >= size) throw error;
    }
  }
}

function indexOfMarker(bytes: Uint8Array, start: number, end: number, marker: Uint8Array): number {
  const last = end - marker.length;
  for (let at = bytes.indexOf(marker[0]!, start); at >= 0 && at <= last;) {
    if (equalBytes(bytes, at, at + marker.length, marker, 0, marker.length)) return at;
    at = bytes.indexOf(marker[0]!, at + 1);
  }
  return -1;
}
