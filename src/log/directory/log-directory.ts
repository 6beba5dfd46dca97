/**
 * Many partitions under one directory, as a broker's `log.dirs` entry: shared file handles and index
 * memory, Kafka's checkpoint files, retention and compaction in the background.
 *
 * One process opens a directory at a time. Apache's brokers lock it in a way Node cannot see: never
 * open a directory while a broker runs on it.
 */
import {
  atomicReplaceSync,
  InvalidArgumentError,
  joinPath,
  NotFoundError,
  StateError,
  type FileLock,
} from '../../../native-free-io/index.ts';
import { realEnv, type Env } from '../../env/index.ts';
import { makeDirectoryDurably } from '../durable-directory.ts';
import {
  parsePartitionDirectoryName,
  partitionDirectoryName,
  type TopicPartition,
} from '../file-names.ts';
import { FilePool } from '../file-pool.ts';
import { uuidText } from '../format/uuid-text.ts';
import {
  decodeMetaProperties,
  encodeMetaProperties,
  type MetaProperties,
} from '../format/meta-properties.ts';
import { IndexCache } from '../index-cache.ts';
import type { LogConfigInput } from '../options.ts';
import { PartitionLog } from '../partition-log.ts';
import { readSmallFile } from './checkpoint-files.ts';
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

const lockName = '.varve_lock';

export class LogDirectory implements AsyncDisposable {
  readonly dir: string;
  /** Identity of the directory, from `meta.properties`. */
  readonly meta: MetaProperties;
  readonly #env: Env;
  readonly #config: LogConfigInput;
  readonly #state: DirectoryState;
  readonly #lock: FileLock;
  readonly #shared: { readonly files: FilePool; readonly indexes: IndexCache };
  /** By directory name: being opened or open, and open. */
  readonly #open = new Map<string, Promise<OpenPartition>>();
  readonly #settled = new Map<string, OpenPartition>();
  readonly #maintenance: Maintenance | undefined;
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

  /** Takes the lock and opens every partition the directory holds. */
  static async open(options: LogDirectoryOptions): Promise<LogDirectory> {
    const env = realEnv(options.env);
    const { fs } = env;
    makeDirectoryDurably(fs, options.dir);
    const lock = fs.lockSync(joinPath(options.dir, lockName));
    let directory: LogDirectory | undefined;
    try {
      const meta = ensureMeta(env, options);
      removeLeftovers(env, options.dir);
      const state = DirectoryState.open(fs, options.dir);
      directory = new LogDirectory({ env, state, lock, meta }, options);
      for (const key of directory.partitions()) {
        await directory.partition(key.topic, key.partition, { create: false });
      }
      directory.#maintenance?.start();
      return directory;
    } catch (error) {
      // The partitions opened before the one that failed.
      const opened = directory === undefined ? [] : directory.#openLogs();
      for (const log of opened) await log.close().catch(() => undefined);
      lock.releaseSync();
      throw error;
    }
  }

  /** The partitions that exist, by name. */
  partitions(): TopicPartition[] {
    const found: TopicPartition[] = [];
    for (const { name, kind } of this.#env.fs.listSync(this.dir)) {
      const parsed = kind === 'directory' ? parsePartitionDirectoryName(name) : undefined;
      if (parsed?.role === 'replica') {
        found.push({ topic: parsed.topic, partition: parsed.partition });
      }
    }
    return found;
  }

  /** The open log of a partition; the same object each time. Made if it does not exist. */
  async partition(
    topic: string,
    partition: number,
    options: PartitionOptions = {},
  ): Promise<PartitionLog> {
    this.#assertOpen();
    const name = partitionDirectoryName({ topic, partition });
    let opening = this.#open.get(name);
    if (opening === undefined) {
      const dir = joinPath(this.dir, name);
      if (options.create === false && this.#env.fs.statSync(dir) === undefined) {
        throw new NotFoundError('LOG_NOT_FOUND', `no partition ${name}`, {
          context: { path: dir },
        });
      }
      opening = this.#openPartition({ topic, partition }, dir, options);
      this.#open.set(name, opening);
      opening.catch(() => this.#open.delete(name));
    }
    return (await opening).log;
  }

  /** Takes a partition out of service at once; its files go after file.delete.delay.ms. */
  async deletePartition(topic: string, partition: number): Promise<void> {
    this.#assertOpen();
    const name = partitionDirectoryName({ topic, partition });
    const log = await this.partition(topic, partition, { create: false });
    const opened = this.#settled.get(name);
    this.#open.delete(name);
    this.#settled.delete(name);
    await log.close();
    const { fs } = this.#env;
    const doomed = joinPath(this.dir, deletedName(name, this.#env.random.uuid()));
    fs.renameSync(log.dir, doomed);
    fs.syncDirectorySync(this.dir);
    if (opened !== undefined) this.#state.forget(opened.key);
    this.#state.write();
    this.#env.timers.after(log.config['file.delete.delay.ms'], () => removeTree(this.#env, doomed));
  }

  /** Writes the checkpoint files; durable on return. */
  checkpoint(): void {
    for (const { key, log } of this.#settled.values()) this.#state.refresh(key, log.core);
    this.#state.write();
  }

  /** Applies retention to every partition now; bytes deleted. */
  async applyRetention(): Promise<number> {
    let bytes = 0;
    for (const log of this.#openLogs()) bytes += (await log.applyRetention()).bytes;
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
    return Array.from(this.#settled.values(), ({ log }) => log);
  }

  async #openPartition(
    key: TopicPartition,
    dir: string,
    options: PartitionOptions,
  ): Promise<OpenPartition> {
    const { create: _create, config, ...rest } = options;
    const log = await PartitionLog.open({
      ...rest,
      dir,
      env: this.#env,
      config: { ...this.#config, ...config },
      keeper: this.#state.keeperOf(key),
      shared: this.#shared,
    });
    const opened = { key, log };
    this.#settled.set(partitionDirectoryName(key), opened);
    return opened;
  }

  async #close(): Promise<void> {
    try {
      await this.#maintenance?.stop();
      const opened = await Promise.allSettled(this.#open.values());
      let inOrder = true;
      for (const result of opened) {
        if (result.status === 'rejected') {
          inOrder = false;
          continue;
        }
        const { log } = result.value;
        await log.close();
        inOrder &&= log.core.failure === undefined;
      }
      if (inOrder) this.#state.markClean();
    } finally {
      this.#lock.releaseSync();
    }
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StateError('LOG_CLOSED', 'the log directory is closed', {
      context: { path: this.dir },
    });
  }
}

function ensureMeta(env: Env, options: LogDirectoryOptions): MetaProperties {
  const path = joinPath(options.dir, 'meta.properties');
  const bytes = readSmallFile(env.fs, path);
  if (bytes !== undefined) return decodeMetaProperties(bytes, path);
  const nodeId = options.nodeId ?? 1;
  if (!Number.isInteger(nodeId) || nodeId < 0 || nodeId > 0x7fffffff) {
    throw new InvalidArgumentError('OPTION_INVALID', `nodeId: not a node id: ${nodeId}`);
  }
  const meta: MetaProperties = {
    clusterId: options.clusterId ?? uuidText(env.random.uuid()),
    nodeId,
    directoryId: env.random.uuid(),
  };
  atomicReplaceSync(env.fs, path, encodeMetaProperties(meta));
  return meta;
}

/** Partition directories that were on their way out. */
function removeLeftovers(env: Env, root: string): void {
  for (const { name, kind } of env.fs.listSync(root)) {
    if (kind === 'directory' && parsePartitionDirectoryName(name)?.role === 'delete') {
      removeTree(env, joinPath(root, name));
    }
  }
}

function removeTree(env: Env, dir: string): void {
  const { fs } = env;
  if (fs.statSync(dir) === undefined) return;
  for (const { name, kind } of fs.listSync(dir)) {
    if (kind === 'directory') removeTree(env, joinPath(dir, name));
    else fs.removeFileSync(joinPath(dir, name));
  }
  fs.removeDirectorySync(dir);
}

/** `<topic>-<partition>.<32 hex digits>-delete`, the topic cut so that 255 characters suffice. */
function deletedName(name: string, id: Uint8Array): string {
  const hex = Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const suffix = `.${hex}-delete`;
  const at = name.lastIndexOf('-');
  const partition = name.slice(at);
  const topic = name.slice(0, Math.min(at, 255 - suffix.length - partition.length));
  return `${topic}${partition}${suffix}`;
}
