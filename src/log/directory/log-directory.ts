/**
 * Many partitions under one directory, as a broker's `log.dirs` entry: shared file handles and
 * index memory, Kafka's checkpoint files, retention and compaction in the background.
 *
 * A partition that cannot be opened does not take the others with it: it is listed in `failures`,
 * its lines in the checkpoint files stay as they are, and asking for it tries again and tells the
 * error.
 *
 * One process opens a directory at a time. Apache's brokers lock it in a way Node cannot see: never
 * open a directory while a broker runs on it.
 */
import {
  joinPath,
  NotFoundError,
  StateError,
  type FileLock,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { CursorStore } from '../cursor-store.ts';
import { makeDirectoryDurably } from '../durable-directory.ts';
import { partitionDirectoryName, type TopicPartition } from '../file-names.ts';
import { FilePool } from '../file-pool.ts';
import type { MetaProperties } from '../format/meta-properties.ts';
import { IndexCache } from '../index-cache.ts';
import { resolveLogConfig, type LogConfigInput } from '../options.ts';
import { PartitionLog } from '../partition-log.ts';
import {
  deletedName,
  ensureMeta,
  listPartitions,
  removeLeftovers,
  removeTree,
} from './directory-files.ts';
import { DirectoryState } from './directory-state.ts';
import { Maintenance, type MaintenanceOptions } from './maintenance.ts';

export interface LogDirectoryOptions {
  /** Made if missing. */
  readonly dir: string;
  /** Settings of every partition unless it brings its own. */
  readonly config?: LogConfigInput;
  readonly env?: Partial<Env>;
  /** Background work; `false` leaves retention, compaction and checkpoints to explicit calls. */
  readonly maintenance?: MaintenanceOptions | false;
  /** Open files over all partitions. Default 4096. */
  readonly maxOpenFiles?: number;
  /** Memory for indexes of inactive segments over all partitions. Bytes, default 128 MiB. */
  readonly indexCacheBytes?: number;
  /** For a new `meta.properties`. Defaults: 1 and a random identifier. */
  readonly nodeId?: number;
  readonly clusterId?: string;
}

export interface PartitionOptions {
  /** Over the directory's settings. */
  readonly config?: LogConfigInput;
  /** Identifier of the topic, 16 bytes, for a new partition. Default random. */
  readonly topicId?: Uint8Array;
  /** False: NotFoundError instead of making a partition that does not exist. Default true. */
  readonly create?: boolean;
  readonly leaderEpoch?: number;
  readonly soleReplica?: boolean;
}

interface OpenPartition {
  readonly key: TopicPartition;
  readonly log: PartitionLog;
}

export class LogDirectory implements AsyncDisposable {
  /** The file that says who has the directory open. */
  static readonly lockName = '.varve_lock';
  readonly dir: string;
  /** Identity of the directory, from `meta.properties`. */
  readonly meta: MetaProperties;
  readonly #env: Env;
  readonly #config: LogConfigInput;
  readonly #state: DirectoryState;
  readonly #lock: FileLock;
  readonly #shared: { readonly files: FilePool; readonly indexes: IndexCache };
  /** By directory name: being opened or open; open; being deleted; failed to open. */
  readonly #open = new Map<string, Promise<OpenPartition>>();
  readonly #settled = new Map<string, OpenPartition>();
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, unknown>();
  /** Removals of deleted partitions that wait for their delay, with what cancels the timer. */
  readonly #removals = new Map<() => void, () => void>();
  readonly #maintenance: Maintenance | undefined;
  #cursors: Promise<CursorStore> | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  private constructor(
    parts: { env: Env; state: DirectoryState; lock: FileLock; meta: MetaProperties },
    options: LogDirectoryOptions,
  ) {
    this.dir = options.dir;
    this.meta = parts.meta;
    this.#env = parts.env;
    this.#config = options.config ?? {};
    this.#state = parts.state;
    this.#lock = parts.lock;
    this.#shared = {
      files: new FilePool(parts.env.fs, options.maxOpenFiles ?? 4096),
      indexes: new IndexCache(options.indexCacheBytes ?? 128 << 20),
    };
    this.#maintenance =
      options.maintenance === false
        ? undefined
        : new Maintenance(parts.env, options.maintenance ?? {}, {
            logs: () => this.#openLogs(),
            checkpoint: () => this.checkpoint(),
          });
  }

  /** Takes the lock and opens every partition the directory holds; see `failures`. */
  static async open(options: LogDirectoryOptions): Promise<LogDirectory> {
    const env = realEnv(options.env);
    const { fs } = env;
    resolveLogConfig(options.config);
    makeDirectoryDurably(fs, options.dir);
    const lock = fs.lockSync(joinPath(options.dir, LogDirectory.lockName));
    try {
      const meta = ensureMeta(env, options.dir, options);
      removeLeftovers(fs, options.dir);
      const partitions = listPartitions(fs, options.dir);
      const state = DirectoryState.open(fs, options.dir, partitions);
      const directory = new LogDirectory({ env, state, lock, meta }, options);
      for (const key of partitions) await directory.#tryPartition(key);
      directory.#maintenance?.start();
      return directory;
    } catch (error) {
      lock.releaseSync();
      throw error;
    }
  }

  /** The partitions that exist, by name. */
  partitions(): TopicPartition[] {
    return listPartitions(this.#env.fs, this.dir);
  }

  /** What kept partitions from being opened, by directory name. */
  get failures(): ReadonlyMap<string, unknown> {
    return this.#failures;
  }

  /** The open log of a partition; the same object each time. Made if it does not exist. */
  async partition(
    topic: string,
    partition: number,
    options: PartitionOptions = {},
  ): Promise<PartitionLog> {
    const name = partitionDirectoryName({ topic, partition });
    for (;;) {
      this.#assertOpen();
      const leaving = this.#leaving.get(name);
      if (leaving !== undefined) {
        await leaving.catch(() => undefined);
        continue;
      }
      const opening = this.#open.get(name) ?? this.#begin(name, { topic, partition }, options);
      const { log } = await opening;
      if (!log.core.closing || this.#closing !== undefined) return log;
      // Its user closes it; the next one gets it opened anew.
      await log.close();
    }
  }

  /** Takes a partition out of service at once; its files go after file.delete.delay.ms. */
  async deletePartition(topic: string, partition: number): Promise<void> {
    const name = partitionDirectoryName({ topic, partition });
    this.#assertOpen();
    const opening = this.#open.get(name);
    if (this.#leaving.has(name) || (opening === undefined && !this.#exists(name))) {
      throw this.#notFound(name);
    }
    const leaving = this.#delete({ topic, partition }, opening);
    this.#leaving.set(name, leaving);
    try {
      await leaving;
    } finally {
      this.#leaving.delete(name);
    }
  }

  /** The cursors of all partitions, see `PartitionLog.cursor`; opened when first asked for. */
  async cursors(): Promise<CursorStore> {
    this.#assertOpen();
    return this.#openCursors();
  }

  /** Writes the checkpoint files; durable on return. */
  checkpoint(): void {
    for (const { key, log } of this.#settled.values()) this.#state.refresh(key, log.core);
    this.#state.write();
  }

  /**
   * Applies retention to every partition now; bytes deleted. An error in one partition is thrown
   * when the others are done.
   */
  async applyRetention(): Promise<number> {
    this.#assertOpen();
    let bytes = 0;
    const errors: unknown[] = [];
    for (const log of this.#openLogs()) {
      try {
        bytes += (await log.applyRetention()).bytes;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return bytes;
  }

  /** Closes every partition in order and marks the directory clean. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #openLogs(): PartitionLog[] {
    const logs = Array.from(this.#settled.values(), ({ log }) => log);
    return logs.filter((log) => !log.core.closing);
  }

  async #tryPartition(key: TopicPartition): Promise<void> {
    try {
      await this.partition(key.topic, key.partition, { create: false });
    } catch (error) {
      const name = partitionDirectoryName(key);
      this.#env.logger.log('error', 'a partition could not be opened', {
        dir: joinPath(this.dir, name),
        error: String(error),
      });
    }
  }

  #begin(name: string, key: TopicPartition, options: PartitionOptions): Promise<OpenPartition> {
    const existed = this.#exists(name);
    if (options.create === false && !existed) throw this.#notFound(name);
    const opening = this.#openPartition(key, options);
    this.#open.set(name, opening);
    opening.then(
      () => this.#failures.delete(name),
      (error: unknown) => {
        this.#open.delete(name);
        if (!existed) return;
        this.#failures.set(name, error);
        this.#state.failed(key);
      },
    );
    return opening;
  }

  async #openPartition(key: TopicPartition, options: PartitionOptions): Promise<OpenPartition> {
    const { create: _create, config, ...rest } = options;
    const name = partitionDirectoryName(key);
    const log = await PartitionLog.open({
      ...rest,
      dir: joinPath(this.dir, name),
      env: this.#env,
      config: { ...this.#config, ...config },
      keeper: this.#state.keeperOf(key, () => this.#left(name)),
      shared: this.#shared,
      cursors: { open: () => this.cursors(), scope: name },
    });
    const opened = { key, log };
    this.#settled.set(name, opened);
    return opened;
  }

  #left(name: string): void {
    this.#open.delete(name);
    this.#settled.delete(name);
  }

  async #delete(key: TopicPartition, opening: Promise<OpenPartition> | undefined): Promise<void> {
    const { fs, random, timers } = this.#env;
    const name = partitionDirectoryName(key);
    const log = (await opening?.catch(() => undefined))?.log;
    await log?.close().catch((error: unknown) => this.#warn('a deleted partition', name, error));
    // Before the files: a partition made later under this name must not begin where the old one's
    // consumers stood, whatever crashes in between.
    await this.#deleteCursors(name);
    const doomed = joinPath(this.dir, deletedName(name, random.uuid()));
    fs.renameSync(joinPath(this.dir, name), doomed);
    fs.syncDirectorySync(this.dir);
    this.#failures.delete(name);
    this.#state.forget(key);
    this.checkpoint();
    const remove = (): void => {
      this.#removals.delete(remove);
      try {
        removeTree(fs, doomed);
      } catch (error) {
        this.#warn('the files of a deleted partition', name, error);
      }
    };
    const config = log?.config ?? resolveLogConfig(this.#config);
    this.#removals.set(remove, timers.after(config['file.delete.delay.ms'], remove));
  }

  async #deleteCursors(name: string): Promise<void> {
    if (this.#cursors === undefined && !CursorStore.existsIn(this.dir, this.#env)) return;
    await (await this.#openCursors()).deleteScope(name);
  }

  #openCursors(): Promise<CursorStore> {
    this.#cursors ??= CursorStore.open({ dir: this.dir, env: this.#env });
    this.#cursors.catch(() => (this.#cursors = undefined));
    return this.#cursors;
  }

  async #close(): Promise<void> {
    try {
      await this.#maintenance?.stop();
      await Promise.allSettled(this.#leaving.values());
      const opened = await Promise.allSettled(this.#open.values());
      const logs = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value.log] : []));
      const closed = await Promise.allSettled(logs.map((log) => log.close()));
      for (const [remove, cancel] of this.#removals) {
        cancel();
        remove();
      }
      const store = await this.#cursors?.catch(() => undefined);
      closed.push(...(await Promise.allSettled([store?.close()])));
      this.#state.leave();
      const failed = closed.find((each) => each.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      this.#lock.releaseSync();
    }
  }

  #exists(name: string): boolean {
    return this.#env.fs.statSync(joinPath(this.dir, name)) !== undefined;
  }

  #notFound(name: string): NotFoundError {
    const context = { path: joinPath(this.dir, name) };
    return new NotFoundError('LOG_NOT_FOUND', `no partition ${name}`, { context });
  }

  #warn(what: string, name: string, error: unknown): void {
    const fields = { dir: joinPath(this.dir, name), error: String(error) };
    this.#env.logger.log('warn', `${what} could not be removed in order`, fields);
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StateError('LOG_CLOSED', 'the log directory is closed', {
      context: { path: this.dir },
    });
  }
}
