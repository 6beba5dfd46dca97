/**
 * The write-ahead log of one server: files one after the other, entries of all regions mixed.
 *
 * A file that is large enough ends and another begins; ended files go to the archive, or away, once
 * every region in them has flushed what they hold.
 *
 *    durability   what `commit` waits for
 *    SKIP_WAL     nothing; the edit was not appended at all
 *    ASYNC_WAL    nothing; the edit is durable within `asyncSyncMs`, or with the next sync
 *    SYNC_WAL     the edit is on disk (fdatasync, shared by everyone who waits)
 *    FSYNC_WAL    as SYNC_WAL, and the file's own times too (fsync)
 *
 * Upstream's SYNC_WAL is content with the memory of three machines; one machine has only its disk.
 *
 * Invariants: A1 entries are in the order of `append`, across files too; A2 `sync` covers every
 * entry appended before it, also those in a file that ended meanwhile; A3 after a failed sync the
 * log takes nothing more (IO_POISONED): close, and recover by replaying.
 * Upstream: apache/hbase: hbase-server/.../wal/AbstractFSWAL.java (Apache-2.0); code our own.
 */
import {
  baseName,
  IoError,
  joinPath,
  makeDirectoryDurably,
  StateError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { walKeyPrefix } from '../format/wal-key.ts';
import { RegionLedger } from './region-ledger.ts';
import { WalFileWriter } from './wal-file-writer.ts';
import { listWalFiles, walFileName } from './wal-names.ts';

export const walDurabilities = ['SKIP_WAL', 'ASYNC_WAL', 'SYNC_WAL', 'FSYNC_WAL'] as const;
export type WalDurability = (typeof walDurabilities)[number];

export interface WalOptions {
  readonly env: Pick<Env, 'fs' | 'clock' | 'timers'>;
  /** Where the files are; made when absent. */
  readonly directory: string;
  /** First part of their names: the server's. Default 'varve'. */
  readonly prefix?: string;
  /** A file of so many bytes ends. Default 128 MiB. */
  readonly rollBytes?: number;
  /** Where files go that are no longer needed. Default: they are removed. */
  readonly archiveDirectory?: string;
  /** Within what time ASYNC_WAL edits become durable. Milliseconds, default 1000. */
  readonly asyncSyncMs?: number;
}

/** An edit of one region: cells in log form, each with its length before it. */
export interface WalEdit {
  /** Encoded name. */
  readonly region: string;
  readonly table: string;
  readonly sequenceId: number;
  readonly writeTimeMs: number;
  readonly cellCount: number;
  /** The cells: bytes[start..end]. Copied before the call ends. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const defaultRollBytes = 128 << 20;
const defaultAsyncSyncMs = 1000;

export class Wal implements AsyncDisposable {
  readonly directory: string;
  readonly #fs: FileSystem;
  readonly #options: WalOptions;
  readonly #prefix: string;
  readonly #rollBytes: number;
  readonly #prefixes = new Map<string, Uint8Array>();
  readonly #ledger = new RegionLedger();
  #file: WalFileWriter;
  #lastStartMs: number;
  /** Ends of files that are not yet durable, in one promise. */
  #ending: Promise<void> = Promise.resolve();
  #endingFiles = 0;
  #failure: { readonly cause: unknown } | undefined;
  #rolling: Promise<void> | undefined;
  #isClosed = false;
  #cancelAsyncSync: (() => void) | undefined;

  private constructor(options: WalOptions, file: WalFileWriter, startMs: number) {
    this.directory = options.directory;
    this.#options = options;
    this.#fs = options.env.fs;
    this.#prefix = options.prefix ?? 'varve';
    this.#rollBytes = options.rollBytes ?? defaultRollBytes;
    this.#file = file;
    this.#lastStartMs = startMs;
  }

  /**
   * Begins a new file. Files of an earlier run stay as they are: replay them first, and tell what
   * they hold through `adopt`, so that they go once it was flushed.
   */
  static async open(options: WalOptions): Promise<Wal> {
    const { fs, clock } = options.env;
    const { directory, prefix = 'varve' } = options;
    makeDirectoryDurably(fs, directory);
    const last = listWalFiles(fs, directory).at(-1)?.startMs ?? 0;
    const startMs = Math.max(clock.now(), last + 1);
    const file = await begin(fs, directory, walFileName(prefix, startMs));
    return new Wal(options, file, startMs);
  }

  /** The file that is being written. */
  get path(): string {
    return this.#file.path;
  }
  /** Bytes of the file that is being written. */
  get size(): number {
    return this.#file.size;
  }
  /** Files that are needed, the one being written among them. */
  get files(): number {
    return this.#ledger.endedFiles + 1;
  }
  /** Bytes of the files that are needed. */
  get totalBytes(): number {
    return this.#ledger.endedBytes + this.#file.size;
  }
  /** True once the file is as large as it should be: time to `roll`. */
  get isRollDue(): boolean {
    return this.#file.size >= this.#rollBytes;
  }
  get isPoisoned(): boolean {
    return this.#failure !== undefined || this.#file.isPoisoned;
  }
  /** Syncs of the file that is being written. */
  get syncs(): number {
    return this.#file.syncs;
  }

  /** Appends an edit. Not durable before a `sync` that begins afterwards. */
  append(edit: WalEdit): void {
    this.#assertUsable();
    const { region } = edit;
    let prefix = this.#prefixes.get(region);
    if (prefix === undefined) {
      prefix = walKeyPrefix(region, edit.table);
      this.#prefixes.set(region, prefix);
    }
    this.#file.append(prefix, edit);
    this.#ledger.appended(region, edit.sequenceId);
  }

  /** Hands what was appended to the operating system. */
  flush(): void {
    this.#assertUsable();
    this.#file.flush();
  }

  /**
   * Resolves when everything appended before the call is durable. Callers that share a sync get the
   * same promise, unless a file is being ended.
   */
  sync(): Promise<void> {
    try {
      this.#assertUsable();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#endingFiles === 0 ? this.#file.sync() : this.#syncAll(this.#ending);
  }

  async #syncAll(ending: Promise<void>): Promise<void> {
    await this.#file.sync();
    await ending;
    this.#throwFailure();
  }

  /** Resolves when what was appended before the call is as durable as asked. */
  async commit(durability: WalDurability): Promise<void> {
    if (durability === 'SKIP_WAL') return;
    if (durability === 'ASYNC_WAL') {
      this.#syncSoon();
      return;
    }
    const file = this.#file;
    await this.sync();
    if (durability === 'FSYNC_WAL') await file.syncAll();
  }

  /**
   * Begins the next file and ends the one before. Edits appended meanwhile go to either; `sync`
   * covers both. Calls at the same time roll once.
   */
  roll(): Promise<void> {
    this.#rolling ??= this.#rollOnce().finally(() => {
      this.#rolling = undefined;
    });
    return this.#rolling;
  }

  /** Everything of the region up to that sequence id is in store files. */
  flushed(region: string, sequenceId: number): void {
    this.#ledger.flushed(region, sequenceId);
  }

  /** The region is closed or gone: nothing of it is needed any more. */
  forget(region: string): void {
    this.#ledger.flushed(region, Number.MAX_SAFE_INTEGER);
    this.#prefixes.delete(region);
  }

  /** A file of an earlier run, with the highest sequence id it holds of each region. */
  adopt(path: string, highest: ReadonlyMap<string, number>): void {
    this.#ledger.found(path, this.#fs.statSync(path)?.size ?? 0, highest);
  }

  /** Regions whose flush would let the oldest file go. */
  holdersOfOldest(): string[] {
    return this.#ledger.holdersOfOldest();
  }

  /** Moves files that are no longer needed to the archive, or removes them; returns how many. */
  async archive(): Promise<number> {
    await this.#ending;
    const { archiveDirectory } = this.#options;
    const unneeded = this.#ledger.takeUnneeded();
    if (unneeded.length === 0) return 0;
    if (archiveDirectory !== undefined) makeDirectoryDurably(this.#fs, archiveDirectory);
    for (const { path } of unneeded) {
      if (archiveDirectory === undefined) await this.#fs.removeFile(path);
      else await this.#fs.rename(path, joinPath(archiveDirectory, baseName(path)));
    }
    if (archiveDirectory !== undefined) await this.#fs.syncDirectory(archiveDirectory);
    await this.#fs.syncDirectory(this.directory);
    return unneeded.length;
  }

  /** Ends the last file in order. Idempotent. After a failure it only closes. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelAsyncSync?.();
    await this.#rolling?.catch(() => undefined);
    await this.#ending;
    if (this.isPoisoned) await this.#file.abandon();
    else await this.#file.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #rollOnce(): Promise<void> {
    this.#assertUsable();
    const startMs = Math.max(this.#options.env.clock.now(), this.#lastStartMs + 1);
    const next = await begin(this.#fs, this.directory, walFileName(this.#prefix, startMs));
    const old = this.#file;
    if (this.#isClosed || this.isPoisoned) {
      await next.abandon();
      this.#assertUsable();
    }
    this.#lastStartMs = startMs;
    this.#file = next;
    this.#ledger.ended(old.path, old.size);
    this.#ending = this.#end(old, this.#ending);
    await this.#ending;
    this.#throwFailure();
  }

  /** Never rejects: who appends or syncs next is told. */
  async #end(file: WalFileWriter, before: Promise<void>): Promise<void> {
    this.#endingFiles++;
    try {
      await Promise.all([before, file.finish()]);
    } catch (error) {
      this.#failure ??= { cause: error };
    } finally {
      this.#endingFiles--;
    }
  }

  #syncSoon(): void {
    this.#assertUsable();
    if (this.#cancelAsyncSync !== undefined) return;
    const delayMs = this.#options.asyncSyncMs ?? defaultAsyncSyncMs;
    this.#cancelAsyncSync = this.#options.env.timers.after(delayMs, () => {
      this.#cancelAsyncSync = undefined;
      if (this.#isClosed || this.isPoisoned) return;
      // Nobody waits; whoever appends next finds the log poisoned.
      this.sync().catch(() => undefined);
    });
  }

  #assertUsable(): void {
    if (this.#isClosed) {
      throw new StateError('LSM_CLOSED', 'the log is closed', { context: { path: this.path } });
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    throw new IoError('IO_POISONED', 'an earlier sync failed; reopen to recover', {
      context: { path: this.path },
      cause: this.#failure.cause,
    });
  }
}

/** A new file whose name and header are durable, so that whatever lies behind can be read. */
async function begin(fs: FileSystem, directory: string, name: string): Promise<WalFileWriter> {
  const file = WalFileWriter.create(fs, joinPath(directory, name));
  try {
    await file.sync();
    await fs.syncDirectory(directory);
    return file;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
