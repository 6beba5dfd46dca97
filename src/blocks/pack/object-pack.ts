/**
 * Many small objects in two files instead of two files each: a SequenceFile of Text keys and
 * BytesWritable values, which Hadoop reads, and an index of where each object is.
 *
 *    <dir>/data         SequenceFile; records in the order they were put
 *    <dir>/index.lmdb   key → position, length, CRC-32C
 *
 * A key put again or removed leaves its old record in the data; Hadoop still sees it.
 *
 * Invariants: P1 an object is in the index only when its bytes are durable; P2 what lies behind the
 * last indexed object was never acknowledged and is cut when the pack is opened to be written to.
 */
import {
  ByteSink,
  CorruptionError,
  crc32c,
  joinPath,
  LimitError,
  makeDirectoryDurably,
  StateError,
  type FileHandle,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { SequenceFileWriter, writableNamed } from '../../hadoop/index.ts';
import { MetadataStore } from '../../metadata/index.ts';
import { decodePackEntry, encodePackEntry, type PackEntry } from './pack-entry.ts';

export interface ObjectPackOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly env?: Partial<Env>;
  /** Default 10 million. */
  readonly maxObjects?: number;
}

/** Objects are made durable by themselves when so many bytes wait. */
const mostPendingBytes = 16 << 20;
const defaultMaxObjects = 10_000_000;

interface Pending {
  readonly value: Uint8Array;
  readonly entry: PackEntry;
}

export class ObjectPack implements AsyncDisposable {
  readonly dir: string;
  /** Bytes that an earlier process had not made durable; cut on opening. */
  readonly droppedBytes: number;
  readonly #env: Env;
  readonly #index: MetadataStore;
  readonly #pending = new Map<string, Pending>();
  #pendingBytes = 0;
  #writer: SequenceFileWriter | undefined;
  #reader: FileHandle | undefined;
  #isClosed = false;

  private constructor(dir: string, env: Env, index: MetadataStore, droppedBytes: number) {
    this.dir = dir;
    this.droppedBytes = droppedBytes;
    this.#env = env;
    this.#index = index;
  }

  /** Opens a pack, or makes one. One process at a time. */
  static async open(options: ObjectPackOptions): Promise<ObjectPack> {
    const env = realEnv(options.env);
    const { dir } = options;
    makeDirectoryDurably(env.fs, dir);
    const index = await MetadataStore.open({
      path: joinPath(dir, 'index.lmdb'),
      fs: env.fs,
      maxEntries: options.maxObjects ?? defaultMaxObjects,
    });
    try {
      return new ObjectPack(dir, env, index, cutTail(env, dir, index));
    } catch (error) {
      await index.close();
      throw error;
    }
  }

  /** Objects, those not durable yet among them. */
  get size(): number {
    let added = 0;
    for (const key of this.#pending.keys()) if (this.#index.get(key) === undefined) added++;
    return this.#index.size + added;
  }

  has(key: string): boolean {
    return this.#pending.has(key) || this.#index.get(key) !== undefined;
  }

  keys(): string[] {
    const keys = new Set(this.#index.entries().map(({ key }) => key));
    for (const key of this.#pending.keys()) keys.add(key);
    return [...keys].sort();
  }

  /** Adds an object, or replaces it. Durable after `sync`. */
  async put(key: string, value: Uint8Array): Promise<void> {
    this.#assertOpen();
    if (key === '' || new TextEncoder().encode(key).length > 500) {
      throw new LimitError('BLOCKS_PACK_KEY', 'a key of a pack has 1 to 500 bytes of UTF-8');
    }
    this.#writer ??= await this.#openWriter();
    this.#writer.append(writableBytes('text', key), writableBytes('bytes', value));
    const position = this.#writer.position - value.length;
    const crc = crc32c(value, 0, value.length);
    const entry = { position, length: value.length, crc };
    this.#pending.set(key, { value: new Uint8Array(value), entry });
    this.#pendingBytes += value.length;
    if (this.#pendingBytes >= mostPendingBytes) await this.sync();
  }

  /** The object, verified; undefined when there is none. */
  get(key: string): Uint8Array | undefined {
    this.#assertOpen();
    const pending = this.#pending.get(key);
    if (pending !== undefined) return new Uint8Array(pending.value);
    const stored = this.#index.get(key);
    if (stored === undefined) return undefined;
    const path = joinPath(this.dir, 'data');
    const entry = decodePackEntry(stored);
    if (entry === undefined) throw damaged(path, 0, `the index entry of '${key}'`);
    this.#reader ??= this.#env.fs.openSync(path, 'read');
    const bytes = new Uint8Array(entry.length);
    const got = this.#reader.readSync(bytes, 0, bytes.length, entry.position);
    if (got === bytes.length && crc32c(bytes, 0, got) === entry.crc) return bytes;
    throw damaged(path, entry.position, `the object '${key}'`);
  }

  /** Takes the object out of the index, durably; its bytes stay in the data. */
  async remove(key: string): Promise<void> {
    this.#assertOpen();
    this.#pending.delete(key);
    await this.#index.remove(key);
  }

  /** Everything put so far is durable when it resolves. */
  async sync(): Promise<void> {
    this.#assertOpen();
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    await writer.close();
    this.#env.fs.syncDirectorySync(this.dir);
    const puts = Array.from(this.#pending, ([key, { entry }]) =>
      this.#index.put(key, encodePackEntry(entry)),
    );
    this.#pending.clear();
    this.#pendingBytes = 0;
    await Promise.all(puts);
  }

  /** Makes everything durable and closes. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.sync();
    } finally {
      this.#isClosed = true;
      this.#reader?.closeSync();
      await this.#index.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #openWriter(): Promise<SequenceFileWriter> {
    const path = joinPath(this.dir, 'data');
    const options = {
      keyClass: writableNamed('text').className,
      valueClass: writableNamed('bytes').className,
      syncMarker: this.#env.random.uuid(),
    };
    const exists = this.#env.fs.statSync(path) !== undefined;
    return exists
      ? SequenceFileWriter.append(this.#env.fs, path, options)
      : SequenceFileWriter.create(this.#env.fs, path, options);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StateError('BLOCKS_CLOSED', 'the pack is closed');
  }
}

function writableBytes(type: 'text' | 'bytes', value: string | Uint8Array): Uint8Array {
  // A sink that grows copies: of text, three bytes a character and a length are enough.
  const sink = ByteSink.growing({ initialBytes: value.length * (type === 'text' ? 3 : 1) + 16 });
  writableNamed(type).write(sink, value);
  return sink.written;
}

/** Cuts what no index entry reaches; returns how many bytes. */
function cutTail(env: Env, dir: string, index: MetadataStore): number {
  const path = joinPath(dir, 'data');
  const size = env.fs.statSync(path)?.size;
  if (size === undefined) return 0;
  let end = 0;
  for (const { value } of index.entries()) {
    const entry = decodePackEntry(value);
    if (entry !== undefined) end = Math.max(end, entry.position + entry.length);
  }
  if (end > size) throw damaged(path, size, 'its end, which the index reaches past,');
  if (end === size) return 0;
  if (end === 0) {
    env.fs.removeFileSync(path);
    env.fs.syncDirectorySync(dir);
    return size;
  }
  const file = env.fs.openSync(path, 'write');
  try {
    file.truncateSync(end);
    file.syncSync();
  } finally {
    file.closeSync();
  }
  return size - end;
}

function damaged(path: string, position: number, what: string): CorruptionError {
  return new CorruptionError('BLOCKS_CORRUPT_PACK', `${what} in the pack is damaged`, {
    context: { path, position },
  });
}
