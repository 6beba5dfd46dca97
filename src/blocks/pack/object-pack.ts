/**
 * Many small objects in two files instead of two files each: a SequenceFile of Text keys and
 * BytesWritable values, which Hadoop reads, and a journal of where each object is, which an index
 * in LMDB follows.
 *
 *    <dir>/data         SequenceFile; records in the order they were put
 *    <dir>/journal      what was put and removed, with the sums of the objects
 *    <dir>/index.lmdb   key → position, length, CRC-32C; made from the journal where it lacks
 *
 * A key put again or removed leaves its old record in the data; Hadoop still sees it.
 *
 * Invariants: P1 an object is in the journal only when its bytes are durable, and acknowledged only
 * when its entry is; P2 what lies behind the last object of the journal was never acknowledged and
 * is cut when the pack is opened to be written to; P3 that of the index (pack-index.ts).
 */
import {
  ByteSink,
  crc32c,
  joinPath,
  LimitError,
  makeDirectoryDurably,
  SlabPool,
  StateError,
  type FileHandle,
  type FileLock,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { SequenceFileWriter, writableNamed } from '../../hadoop/index.ts';
import type { PackEntry, PackState } from '../format/pack-entry.ts';
import { writeJournalEntry } from '../format/pack-journal.ts';
import { Serial } from '../serial.ts';
import { damagedPack } from './damaged-pack.ts';
import { JournalWriter } from './journal.ts';
import {
  changesPerCommit,
  dataPathOf,
  journalPathOf,
  openPackForReading,
  openPackForWriting,
  type OpenedPack,
} from './open-pack.ts';
import {
  LmdbPackIndex,
  MemoryPackIndex,
  type OpenPackIndex,
  type PackIndex,
} from './pack-index.ts';

export interface ObjectPackOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly env?: Partial<Env>;
  /**
   * True: only reads, beside a writer or without the right to write, what was durable when it was
   * opened; its keys are held in memory. Default false.
   */
  readonly readOnly?: boolean;
  /**
   * True: the journal is made anew from the data, after it was damaged; removed objects come back.
   * Default false.
   */
  readonly rebuild?: boolean;
  /** Where the index is kept. Default: LMDB on the disk, memory on other file systems. */
  readonly openIndex?: OpenPackIndex;
}

/** Objects are made durable by themselves when so many bytes, or entries' bytes, wait. */
const mostPendingBytes = 16 << 20;
const mostPendingEntryBytes = 1 << 20;
const mostKeyBytes = 500;
/** With its length before it; a SequenceFile counts in signed 32 bits. */
const largestObjectBytes = 0x7fff_ffff;

/** Objects up to this are read into kernel memory, summed there, and copied out. */
const scratchBytes = 64 << 10;
let scratch: Uint8Array | undefined;

interface PackParts extends OpenedPack {
  /** Undefined of a pack that is only read. */
  readonly writing: { readonly lock: FileLock; readonly journal: JournalWriter } | undefined;
}

export class ObjectPack implements AsyncDisposable {
  readonly dir: string;
  /** Bytes that an earlier process had not made durable; cut on opening. */
  readonly droppedBytes: number;
  readonly #env: Env;
  readonly #index: PackIndex;
  readonly #writing: PackParts['writing'];
  readonly #calls = new Serial();
  #state: PackState;
  /** What the index does not know yet. */
  readonly #recent = new Map<string, PackEntry | undefined>();
  /** Entries of the journal that wait for the next sync. */
  readonly #entries = ByteSink.growing();
  readonly #keySink = ByteSink.growing();
  readonly #valueSink = ByteSink.growing({ initialBytes: scratchBytes + 4 });
  #pendingBytes = 0;
  #writer: SequenceFileWriter | undefined;
  /** Data that readers of the file can see. */
  #flushedEnd: number;
  #reader: FileHandle | undefined;
  #failure: unknown;
  #isClosed = false;

  private constructor(dir: string, env: Env, parts: PackParts) {
    this.dir = dir;
    this.droppedBytes = parts.droppedBytes;
    this.#env = env;
    this.#index = parts.index;
    this.#state = parts.state;
    this.#flushedEnd = parts.state.dataEnd;
    this.#writing = parts.writing;
  }

  /** Opens a pack, or makes one. One process at a time may write: IO_LOCKED for the others. */
  static async open(options: ObjectPackOptions): Promise<ObjectPack> {
    const env = realEnv(options.env);
    const { fs } = env;
    const { dir } = options;
    if (options.readOnly === true) {
      const opened = await openPackForReading(fs, dir);
      return new ObjectPack(dir, env, { ...opened, writing: undefined });
    }
    makeDirectoryDurably(fs, dir);
    const lock = fs.lockSync(joinPath(dir, 'in_use.lock'));
    let opened: OpenedPack | undefined;
    try {
      const openIndex = options.openIndex ?? (fs.name === 'node' ? inLmdb : inMemory);
      const rebuild = options.rebuild ?? false;
      opened = await openPackForWriting(env, dir, { openIndex, rebuild });
      const journal = JournalWriter.open(fs, journalPathOf(dir), opened.state.journalEnd);
      return new ObjectPack(dir, env, { ...opened, writing: { lock, journal } });
    } catch (error) {
      await opened?.index.close();
      lock.releaseSync();
      throw error;
    }
  }

  /** Objects, those not durable yet among them. */
  get size(): number {
    let size = this.#index.size;
    for (const [key, entry] of this.#recent) {
      if (this.#index.get(key) === undefined) size += entry === undefined ? 0 : 1;
      else if (entry === undefined) size--;
    }
    return size;
  }

  has(key: string): boolean {
    this.#assertOpen();
    return this.#find(key) !== undefined;
  }

  /** In the order of their UTF-8 where the index is LMDB's; those put since then behind. */
  *keys(): Generator<string, void, undefined> {
    this.#assertOpen();
    for (const key of this.#index.keys()) if (!this.#recent.has(key)) yield key;
    for (const [key, entry] of this.#recent) if (entry !== undefined) yield key;
  }

  /** Adds an object, or replaces it. Durable after `sync`. */
  put(key: string, value: Uint8Array): Promise<void> {
    return this.#calls.run(() => this.#working(() => this.#put(key, value)));
  }

  /** The object, verified; undefined when there is none. The bytes are the caller's. */
  get(key: string): Uint8Array | undefined {
    this.#assertOpen();
    const entry = this.#find(key);
    if (entry === undefined) return undefined;
    const { position, length } = entry;
    if (position + length > this.#flushedEnd) this.#flush();
    this.#reader ??= this.#env.fs.openSync(dataPathOf(this.dir), 'read');
    const target = length <= scratchBytes ? kernelScratch() : Buffer.allocUnsafeSlow(length);
    const got = this.#reader.readSync(target, 0, length, position);
    if (got < length || crc32c(target, 0, length) !== entry.crc) {
      throw damagedPack(this.#reader.path, position, `the object '${key}'`);
    }
    return length <= scratchBytes ? copyOf(target, length) : new Uint8Array(target.buffer);
  }

  /** Takes the object out, durably; its bytes stay in the data. */
  remove(key: string): Promise<void> {
    return this.#calls.run(() =>
      this.#working(async () => {
        if (this.#find(key) === undefined) return;
        this.#note(Buffer.from(key), key, undefined);
        await this.#sync();
      }),
    );
  }

  /** Everything put so far is durable when it resolves. */
  sync(): Promise<void> {
    return this.#calls.run(() => this.#working(() => this.#sync()));
  }

  /** Makes everything durable and closes. Idempotent. */
  close(): Promise<void> {
    return this.#calls.run(async () => {
      if (this.#isClosed) return;
      try {
        if (this.#writing !== undefined && this.#failure === undefined) {
          await this.#sync();
          await this.#indexRecent();
        }
      } finally {
        this.#isClosed = true;
        await this.#closeFiles();
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #put(key: string, value: Uint8Array): Promise<void> {
    const keyBytes = Buffer.from(key);
    if (keyBytes.length === 0 || keyBytes.length > mostKeyBytes || loneSurrogate.test(key)) {
      throw new LimitError('BLOCKS_PACK_KEY', 'a key of a pack has 1 to 500 bytes of UTF-8');
    }
    this.#writer ??= await this.#openWriter();
    this.#keySink.clear();
    writableNamed('text').write(this.#keySink, key);
    const sink = this.#sinkFor(value.length);
    writableNamed('bytes').write(sink, value);
    this.#writer.append(this.#keySink.written, sink.written);
    const { length } = value;
    const position = this.#writer.position - length;
    this.#note(keyBytes, key, { position, length, crc: crc32c(value, 0, length) });
    this.#state = { ...this.#state, dataEnd: position + length };
    this.#pendingBytes += length;
    const entriesWait = this.#entries.length >= mostPendingEntryBytes;
    if (entriesWait || this.#pendingBytes >= mostPendingBytes) await this.#sync();
  }

  /** The one kept for small objects; a large one's goes with it. */
  #sinkFor(length: number): ByteSink {
    if (length > scratchBytes) {
      return ByteSink.growing({ initialBytes: length + 4, limitBytes: largestObjectBytes });
    }
    this.#valueSink.clear();
    return this.#valueSink;
  }

  #note(keyBytes: Uint8Array, key: string, entry: PackEntry | undefined): void {
    writeJournalEntry(this.#entries, keyBytes, entry);
    this.#recent.set(key, entry);
  }

  #find(key: string): PackEntry | undefined {
    if (this.#recent.size === 0 || !this.#recent.has(key)) return this.#index.get(key);
    return this.#recent.get(key);
  }

  async #sync(): Promise<void> {
    const journal = this.#writing?.journal;
    if (journal === undefined || this.#entries.length === 0) return;
    await this.#writer?.hsync();
    this.#flushedEnd = this.#state.dataEnd;
    await journal.append(this.#entries.written);
    this.#entries.clear();
    this.#pendingBytes = 0;
    this.#state = { ...this.#state, journalEnd: journal.end };
    if (this.#recent.size >= changesPerCommit) await this.#indexRecent();
  }

  async #indexRecent(): Promise<void> {
    if (this.#recent.size === 0) return;
    await this.#index.apply(this.#recent, this.#state);
    this.#recent.clear();
  }

  #flush(): void {
    this.#writer?.flush();
    this.#flushedEnd = this.#state.dataEnd;
  }

  async #openWriter(): Promise<SequenceFileWriter> {
    const { fs, random } = this.#env;
    const path = dataPathOf(this.dir);
    const options = {
      keyClass: writableNamed('text').className,
      valueClass: writableNamed('bytes').className,
      syncMarker: random.uuid(),
    };
    if (fs.statSync(path) !== undefined) return SequenceFileWriter.append(fs, path, options);
    const writer = await SequenceFileWriter.create(fs, path, options);
    fs.syncDirectorySync(this.dir);
    return writer;
  }

  /** Runs a piece of work that writes; after a failure of the disk only `close` works. */
  async #working(work: () => Promise<void>): Promise<void> {
    this.#assertOpen();
    if (this.#writing === undefined) {
      throw new StateError('BLOCKS_READ_ONLY', 'the pack was opened read-only');
    }
    if (this.#failure !== undefined) {
      const message = 'an earlier write failed: only closing works';
      throw new StateError('BLOCKS_WRITER_CLOSED', message, { cause: this.#failure });
    }
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LimitError)) this.#failure = error;
      throw error;
    }
  }

  async #closeFiles(): Promise<void> {
    this.#reader?.closeSync();
    try {
      await this.#writer?.[Symbol.asyncDispose]();
      await this.#writing?.journal.close();
    } finally {
      await this.#index.close();
      this.#writing?.lock.releaseSync();
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StateError('BLOCKS_CLOSED', 'the pack is closed');
  }
}

const loneSurrogate = /\p{Surrogate}/u;

const inLmdb: OpenPackIndex = (fs, dir, isStale) => LmdbPackIndex.open(fs, dir, isStale);
const inMemory: OpenPackIndex = async () => new MemoryPackIndex();

function kernelScratch(): Uint8Array {
  scratch ??= new SlabPool({ name: 'packs' }).lease(scratchBytes).bytes;
  return scratch;
}

/**
 * Small ones share Node's pool of 8 KiB: a buffer of its own, or one zeroed first, costs more than
 * all the rest of a get.
 */
function copyOf(source: Uint8Array, length: number): Uint8Array {
  const copy = Buffer.allocUnsafe(length);
  copy.set(source.subarray(0, length));
  return new Uint8Array(copy.buffer, copy.byteOffset, length);
}
