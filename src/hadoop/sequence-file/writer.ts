/**
 * Writes a SequenceFile of version 6, record by record, from keys and values that are bytes.
 *
 *    none, record   [ -1 i32 | marker ] when due, then
 *                   record length i32 | key length i32 | key | value (RECORD: a codec stream)
 *    block          see block-encoder.ts
 *
 * Sync rule: before a record, when the position is an interval or more past the last marker's end
 * (0 at first), an escape and the marker are written.
 *
 * Invariants: S1 what `append` took is in the file after `close`; S2 a failed write leaves the file
 * unfinished and the writer good for `close` alone. Names are durable once the caller syncs the
 * directory; `close` syncs the contents.
 *
 * Upstream: apache/hadoop: io/SequenceFile.java (Apache-2.0); format kept, code our own.
 * Format doc: docs/formats/mapreduce.md, "SequenceFile".
 */
import {
  AppendFile,
  ByteSink,
  InvalidArgumentError,
  LimitError,
  type Codec,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { codecOfClass, type HadoopCodec } from '../codec-classes.ts';
import { BlockEncoder } from './block-encoder.ts';
import { writeHeader, type SequenceCompression, type SequenceFileHeader } from './header.ts';
import {
  defaultBlockBytes,
  defaultSyncInterval,
  recordHeaderBytes,
  syncBytes,
  syncEscapeBytes,
  syncMarkerBytes,
} from './layout.ts';
import { SequenceFileReader } from './reader.ts';

export interface SequenceFileOptions {
  /** Full names of the Java classes; `writables.text.className` and its like. */
  readonly keyClass: string;
  readonly valueClass: string;
  /** Default 'none'. */
  readonly compression?: SequenceCompression;
  /** Needed when something is compressed; `hadoopCodecs.default` is what Hadoop takes. */
  readonly codec?: HadoopCodec;
  readonly metadata?: ReadonlyMap<string, string>;
  /** 16 random bytes, for a new file. */
  readonly syncMarker: Uint8Array;
  /** Bytes from one sync marker to the next, 20 at least. Default 102 400. */
  readonly syncInterval?: number;
  /** Bytes of keys and values that make a block. Default 1 000 000. */
  readonly blockBytes?: number;
}

const largestPart = 0x7fff_ffff;

export class SequenceFileWriter implements AsyncDisposable {
  readonly header: SequenceFileHeader;
  readonly #out: AppendFile;
  readonly #codec: Codec | undefined;
  readonly #blocks: BlockEncoder | undefined;
  readonly #syncInterval: number;
  readonly #sync = new Uint8Array(syncBytes).fill(0xff, 0, syncEscapeBytes);
  readonly #frame = new Uint8Array(recordHeaderBytes);
  readonly #frameView = new DataView(this.#frame.buffer);
  /** Position after the last marker; 0 before the first, the header's does not count. */
  #lastSync = 0;

  private constructor(out: AppendFile, header: SequenceFileHeader, options: SequenceFileOptions) {
    this.#out = out;
    this.header = header;
    this.#codec =
      header.codecClass === undefined ? undefined : codecOfClass(header.codecClass).codec;
    this.#syncInterval = options.syncInterval ?? defaultSyncInterval;
    this.#sync.set(header.syncMarker, syncEscapeBytes);
    if (header.compression === 'block') {
      this.#blocks = new BlockEncoder(this.#codec!, options.blockBytes ?? defaultBlockBytes);
    }
  }

  /** Makes a new file; IO_EXISTS when there is one. */
  static async create(
    fs: FileSystem,
    path: string,
    options: SequenceFileOptions,
  ): Promise<SequenceFileWriter> {
    const header = headerOf(options);
    const file = await fs.open(path, 'createNew');
    return openedOn(file, () => {
      const writer = new SequenceFileWriter(new AppendFile(file, 0), header, options);
      const sink = ByteSink.growing();
      writeHeader(sink, header);
      writer.#out.append(sink.written);
      return writer;
    });
  }

  /**
   * Goes on at the end of a file that was closed properly. Classes, compression and codec must be
   * its own (HADOOP_APPEND_MISMATCH); its marker is taken over and written first.
   */
  static async append(
    fs: FileSystem,
    path: string,
    options: SequenceFileOptions,
  ): Promise<SequenceFileWriter> {
    const { header } = SequenceFileReader.headerOf(fs, path);
    assertSameKind(header, headerOf(options), path);
    const file = await fs.open(path, 'write');
    return openedOn(file, () => {
      const writer = new SequenceFileWriter(new AppendFile(file, file.sizeSync()), header, options);
      writer.sync();
      return writer;
    });
  }

  /** Where the next byte goes. Records of a block that is not written yet do not count. */
  get position(): number {
    return this.#out.position;
  }

  /** Adds a record from regions of bytes that hold one key and one value. */
  append(key: Uint8Array, value: Uint8Array): void {
    if (key.length + value.length > largestPart) {
      throw new LimitError(
        'HADOOP_RECORD_TOO_LARGE',
        `a record of ${key.length + value.length} bytes`,
      );
    }
    if (this.#blocks !== undefined) {
      if (this.#blocks.add(key, value)) this.#writeBlock();
      return;
    }
    if (this.position >= this.#lastSync + this.#syncInterval) this.#writeSync();
    const stored = this.#codec === undefined ? value : this.#codec.compressSync(value);
    this.#frameView.setInt32(0, key.length + stored.length);
    this.#frameView.setInt32(4, key.length);
    this.#out.appendVector([this.#frame, key, stored]);
  }

  /** Lets a reader begin here: ends the block, writes a marker unless one was written last. */
  sync(): void {
    if (this.#blocks !== undefined) this.#writeBlock();
    if (this.position !== this.#lastSync) this.#writeSync();
  }

  /** Hands what is held to the system, so that other readers of the file see it. */
  flush(): void {
    if (this.#blocks !== undefined) this.#writeBlock();
    this.#out.flush();
  }

  /** What was appended so far is durable when it resolves. */
  async hsync(): Promise<void> {
    if (this.#blocks !== undefined) this.#writeBlock();
    await this.#out.sync();
  }

  /** Writes what is left, syncs the contents, closes. Idempotent. */
  async close(): Promise<void> {
    try {
      if (this.#blocks !== undefined) this.#writeBlock();
      await this.#out.sync();
    } finally {
      await this.#out.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#out.close();
  }

  /** Markers stand before every block, one alone where a block follows a `sync`. */
  #writeBlock(): void {
    const blocks = this.#blocks!;
    if (blocks.isEmpty) return;
    if (this.position !== this.#lastSync) this.#writeSync();
    this.#out.append(blocks.take());
  }

  #writeSync(): void {
    this.#out.append(this.#sync);
    this.#lastSync = this.position;
  }
}

async function openedOn<T>(file: FileHandle, make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    await file.close();
    throw error;
  }
}

function headerOf(options: SequenceFileOptions): SequenceFileHeader {
  const { compression = 'none', codec, syncMarker, syncInterval = defaultSyncInterval } = options;
  if (syncMarker.length !== syncMarkerBytes) {
    throw invalid(`a sync marker has ${syncMarkerBytes} bytes, not ${syncMarker.length}`);
  }
  if (!(syncInterval >= syncBytes)) throw invalid(`a sync interval of ${syncInterval} bytes`);
  if ((compression === 'none') !== (codec === undefined)) {
    throw invalid(
      `compression '${compression}' ${codec === undefined ? 'needs a' : 'with a'} codec`,
    );
  }
  if (codec?.isReadOnly === true) throw invalid(`${codec.codec.name} is read, not written`);
  return {
    version: 6,
    keyClass: options.keyClass,
    valueClass: options.valueClass,
    compression,
    codecClass: codec?.className,
    metadata: options.metadata ?? new Map(),
    syncMarker: new Uint8Array(syncMarker),
  };
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}

function assertSameKind(there: SequenceFileHeader, wanted: SequenceFileHeader, path: string): void {
  for (const field of ['version', 'keyClass', 'valueClass', 'compression', 'codecClass'] as const) {
    if (there[field] === wanted[field]) continue;
    throw new InvalidArgumentError(
      'HADOOP_APPEND_MISMATCH',
      `${field} of the file is ${there[field]}, not ${wanted[field]}`,
      { context: { path } },
    );
  }
}
