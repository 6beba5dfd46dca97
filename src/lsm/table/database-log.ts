/**
 * The log as the regions of a database use it: what nobody waits for reaches the system at the end
 * of the turn, files roll when they are large, and go once what they hold is in store files.
 */
import {
  makeDirectoryDurably,
  joinPath,
  StateError,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { LogEntry, RegionLog } from '../region/region-log.ts';
import type { EngineOptions } from '../options.ts';
import { LogArchive } from '../wal/log-archive.ts';
import { Wal } from '../wal/wal.ts';
import { listWalFiles } from '../wal/wal-names.ts';
import { WalReader } from '../wal/wal-reader.ts';

export class DatabaseLog implements RegionLog {
  readonly #env: Env;
  readonly #wal: Wal;
  readonly #archive: LogArchive | undefined;
  #isFlushScheduled = false;
  #isClosed = false;
  #failure: { readonly cause: unknown } | undefined;
  /** The sync that was asked for last, and what its waiters get. */
  #syncing: Promise<void> | undefined;
  #synced: Promise<void> = Promise.resolve();
  /** Rolls and archiving under way. */
  #work: Promise<void> = Promise.resolve();

  private constructor(env: Env, wal: Wal, archive: LogArchive | undefined) {
    this.#env = env;
    this.#wal = wal;
    this.#archive = archive;
  }

  /** A new file beside those that are there. */
  static async open(
    env: Env,
    root: string,
    options: Pick<EngineOptions, 'logRollBytes' | 'logArchiveMs'>,
  ): Promise<DatabaseLog> {
    const directory = directoryOf(root);
    makeDirectoryDurably(env.fs, directory);
    const archive = options.logArchiveMs > 0 ? new LogArchive(env, root, options) : undefined;
    const wal = await Wal.open({
      env,
      directory,
      rollBytes: options.logRollBytes,
      ...(archive === undefined ? {} : { archiveDirectory: archive.directory }),
    });
    return new DatabaseLog(env, wal, archive);
  }

  /** Files that are there, oldest first. */
  static filesOf(fs: FileSystem, root: string): string[] {
    return listWalFiles(fs, directoryOf(root)).map(({ path }) => path);
  }

  /** Puts files of an earlier run away, whose contents are in store files now. */
  putAway(paths: readonly string[]): void {
    const { fs } = this.#env;
    for (const path of paths) {
      if (this.#archive === undefined) fs.removeFileSync(path);
      else this.#archive.takeIn(path);
    }
    if (paths.length > 0) fs.syncDirectorySync(this.#wal.directory);
  }

  /** Removes archived files whose time is over. */
  clean(): void {
    const archive = this.#archive;
    if (archive !== undefined) this.#later(() => archive.clean());
  }

  /** Gives every whole entry, in order; a torn end is the end, damage is LSM_CORRUPT_WAL. */
  static replay(fs: FileSystem, path: string, visit: (entry: LogEntry) => void): void {
    const reader = WalReader.openSync(fs, path);
    try {
      while (reader.next()) {
        const { region, table, sequenceId, writeTimeMs, cellCount, cells } = reader;
        visit({ region, table, sequenceId, writeTimeMs, cellCount, ...cells.range });
      }
    } finally {
      reader.close();
    }
  }

  get bytes(): number {
    return this.#wal.totalBytes;
  }

  append(entry: LogEntry): void {
    this.assertUsable();
    this.#wal.append(entry);
    if (!this.#isFlushScheduled) this.#flushLater();
  }

  /**
   * After a failure the log takes nothing more, even where the disk would have room again: who
   * waited was told of a failure, and neither memory nor the log can take the entry back.
   */
  sync(): Promise<void> {
    try {
      this.assertUsable();
    } catch (error) {
      return Promise.reject(error);
    }
    const syncing = this.#wal.sync();
    // Who waits at the same time shares this promise as well.
    if (syncing !== this.#syncing) {
      this.#syncing = syncing;
      this.#synced = this.#orFail(syncing);
    }
    return this.#synced;
  }

  async #orFail(syncing: Promise<void>): Promise<void> {
    try {
      await syncing;
    } catch (error) {
      this.#failure ??= { cause: error };
      throw error;
    }
  }

  assertUsable(): void {
    if (this.#failure === undefined) return;
    throw new StateError('LSM_POISONED', 'the log failed: close, then open to recover', {
      cause: this.#failure.cause,
    });
  }

  flushed(region: string, sequenceId: number): void {
    this.#wal.flushed(region, sequenceId);
    this.#later(() => this.#wal.archive());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
    await this.#wal.close();
  }

  #flushLater(): void {
    this.#isFlushScheduled = true;
    void this.#flushAfterTurn();
  }

  async #flushAfterTurn(): Promise<void> {
    await this.#env.timers.turn();
    this.#isFlushScheduled = false;
    if (this.#isClosed || this.#wal.isPoisoned) return;
    this.#later(async () => {
      this.#wal.flush();
      await this.#wal.commit('ASYNC_WAL');
    });
    if (this.#wal.isRollDue) this.#later(() => this.#wal.roll());
  }

  /** One after another. A failure shows to who appends or syncs next. */
  #later(run: () => Promise<unknown>): void {
    this.#work = this.#work.then(run).then(
      () => undefined,
      (error: unknown) => {
        this.#env.logger.log('error', 'work on the log failed', { error });
      },
    );
  }
}

function directoryOf(root: string): string {
  return joinPath(root, 'WALs', 'varve');
}
