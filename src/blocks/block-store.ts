/**
 * A store of HDFS blocks: numbered, immutable once finalized, with a checksum per chunk beside
 * each, in one or more directories laid out as a DataNode lays them out.
 *
 *    await using store = await BlockStore.open({ dirs: ['disk0', 'disk1'] });
 *    await using writer = await store.create();
 *    await writer.write(bytes);
 *    const block = await writer.finalize();
 *    for await (const view of store.read(block.id)) …          verified
 */
import type { Writable } from 'node:stream';
import { OverlayFileSystem } from '../../native-free-io/index.ts';
import { realEnv } from '../env/index.ts';
import { BackgroundScan, type BackgroundScanOptions } from './background-scan.ts';
import type { BlockWriter } from './block-writer.ts';
import {
  compositeOfFile,
  md5OfFile,
  sumsOfBlock,
  type BlockSums,
  type FileChecksum,
} from './file-checksum.ts';
import type { Manifest } from './format/manifest.ts';
import { LoadNotes, type LoadReport } from './load-report.ts';
import type { BlockMetrics } from './metrics.ts';
import { openVolumes } from './open-volumes.ts';
import { resolveOptions, type BlockStoreOptions } from './options.ts';
import {
  listQuarantine,
  quarantineBlock,
  releaseBlock,
  type QuarantinedBlock,
} from './quarantine.ts';
import {
  readBlock,
  readInto,
  transferBlock,
  withOpen,
  type ReadOptions,
  type FollowOptions,
  type TransferOptions,
} from './reading.ts';
import { reconcile, type ReconcileReport } from './reconcile.ts';
import { recoverVolume } from './recovery.ts';
import type { BlockInfo } from './replica.ts';
import { scanBlocks, type ScanOptions } from './scanner.ts';
import { StoreCore } from './store-core.ts';
import { StoredFiles, type PutFileOptions } from './stored-files.ts';
import type { UnfinishedFile } from './unfinished-files.ts';
import { verifyReplica, type BlockVerdict, type VerifyBlockOptions } from './verifying.ts';
import { VolumeSet } from './volume-set.ts';
import {
  appendToBlock,
  createBlock,
  deleteBlock,
  recoverBlock,
  truncateBlock,
  type ChangeOptions,
  type CreateOptions,
} from './writing.ts';

export interface VolumeInfo {
  readonly dir: string;
  readonly storageId: string;
  readonly state: 'live' | 'failed';
  /** Bytes for new blocks; 0 of a failed volume. */
  readonly availableBytes: number;
  /** Set aside for blocks being written. */
  readonly reservedBytes: number;
  readonly blocks: number;
  /** Visible bytes of its blocks. */
  readonly bytes: number;
}

export class BlockStore implements AsyncDisposable {
  /** What opening found and did. */
  readonly loadReport: LoadReport;
  readonly #core: StoreCore;
  readonly #writers = new Set<BlockWriter>();
  readonly #scans = new Set<BackgroundScan>();
  readonly #files: StoredFiles;

  private constructor(core: StoreCore, loadReport: LoadReport) {
    this.#core = core;
    this.loadReport = loadReport;
    this.#files = new StoredFiles(core, this);
  }

  /**
   * Opens the directories, makes new ones, recovers what a crash left. IO_LOCKED while another
   * store or process has them.
   */
  static async open(options: BlockStoreOptions): Promise<BlockStore> {
    const resolved = resolveOptions(options);
    const given = realEnv(options.env);
    const env = resolved.readOnly ? { ...given, fs: new OverlayFileSystem(given.fs) } : given;
    const notes = new LoadNotes();
    const { identity, volumes } = openVolumes(env, resolved, notes);
    try {
      const set = new VolumeSet(volumes, resolved, env.random);
      const core = new StoreCore(env, resolved, { identity, volumes: set });
      for (const volume of volumes) {
        for (const replica of recoverVolume(volume, notes)) core.adopt(replica, notes);
        await env.timers.turn();
      }
      notes.replicas = core.replicas.size;
      return new BlockStore(core, notes);
    } catch (error) {
      for (const volume of volumes) volume.release();
      throw error;
    }
  }

  get blockPoolId(): string {
    return this.#core.identity.blockPoolId;
  }

  /** A new block; its bytes can be read as they are flushed. */
  async create(options: CreateOptions = {}): Promise<BlockWriter> {
    return this.#kept(await createBlock(this.#core, options));
  }

  /** Opens a finalized block for more bytes, under a new generation stamp. */
  async append(id: bigint, options: ChangeOptions = {}): Promise<BlockWriter> {
    return this.#kept(await appendToBlock(this.#core, id, options));
  }

  /** Cuts a finalized block; durable, and never below `length` whatever happens. */
  truncate(id: bigint, length: number, options: ChangeOptions = {}): Promise<BlockInfo> {
    return truncateBlock(this.#core, id, length, options);
  }

  /**
   * Finalizes a block that was being written when its writer or its store ended: with the bytes
   * that are good. Of a finalized block nothing is changed.
   */
  recover(id: bigint, options: ChangeOptions = {}): Promise<BlockInfo> {
    return recoverBlock(this.#core, id, options);
  }

  /** Removes a block, durably. */
  delete(id: bigint, options: Pick<ChangeOptions, 'generationStamp'> = {}): Promise<void> {
    return deleteBlock(this.#core, id, options);
  }

  /** Undefined when there is no such block. */
  stat(id: bigint): BlockInfo | undefined {
    this.#core.assertOpen();
    return this.#core.replicas.get(id)?.info;
  }

  /** All blocks, in no order. */
  list(): BlockInfo[] {
    this.#core.assertOpen();
    return Array.from(this.#core.replicas.values(), (replica) => replica.info);
  }

  /**
   * The bytes of a range, in pieces that are valid until the next pull. BLOCKS_CORRUPT_CHUNK (with
   * volume, block and chunk) where they are damaged and no other copy helps.
   */
  read(id: bigint, options: FollowOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    return readBlock(this.#core, id, options);
  }

  /** Fills `target` from `position`, verified; returns the bytes read, fewer at the end. */
  readInto(id: bigint, target: Uint8Array, position: number): number {
    return readInto(this.#core, id, target, position);
  }

  /** Sends a range to a socket or another stream; returns the bytes of the block sent. */
  transferTo(id: bigint, target: Writable, options: TransferOptions = {}): Promise<number> {
    return transferBlock(this.#core, id, target, options);
  }

  /** Checks every byte of a block against its sums. Undefined while it is not to be checked. */
  async verify(id: bigint, options: VerifyBlockOptions = {}): Promise<BlockVerdict | undefined> {
    return verifyReplica(this.#core, this.#core.replica(id), options);
  }

  /** Checks all finalized blocks at a limited rate, from where the last scan stopped. */
  scan(options: ScanOptions = {}): AsyncGenerator<BlockVerdict, void, undefined> {
    this.#core.assertOpen();
    return scanBlocks(this.#core, options);
  }

  /** Scans in the background until it is stopped, or the store closed. */
  startScan(options: BackgroundScanOptions = {}): BackgroundScan {
    this.#core.assertOpen();
    const scan = new BackgroundScan(this.#core, options);
    this.#scans.add(scan);
    return scan;
  }

  /** Compares the directories with what the store knows, and follows them. */
  reconcile(): Promise<ReconcileReport> {
    return reconcile(this.#core);
  }

  /** Takes a damaged block out of service; its files are kept. */
  quarantine(id: bigint): Promise<void> {
    return quarantineBlock(this.#core, id);
  }

  listQuarantine(): QuarantinedBlock[] {
    return listQuarantine(this.#core);
  }

  /** Puts a block back into service as it is. */
  releaseQuarantined(id: bigint): Promise<BlockInfo> {
    return releaseBlock(this.#core, id);
  }

  /** Cuts what `source` gives into blocks under a name. BLOCKS_EXISTS when the name is taken. */
  putFile(
    name: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutFileOptions = {},
  ): Promise<Manifest> {
    return this.#files.put(name, source, options);
  }

  /** The bytes of a file, verified, in pieces that are valid until the next pull. */
  getFile(name: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#files.read(name, options);
  }

  /** BLOCKS_NOT_FOUND when there is none. */
  statFile(name: string): Manifest {
    return this.#files.manifest(name);
  }

  listFiles(): Manifest[] {
    return this.#files.list();
  }

  deleteFile(name: string): Promise<void> {
    return this.#files.delete(name);
  }

  /** What a crash left of uploads and deletions: blocks whose file is not there. */
  listUnfinishedFiles(): UnfinishedFile[] {
    return this.#files.listUnfinished();
  }

  /** Removes them; gives what was removed. */
  removeUnfinishedFiles(): Promise<UnfinishedFile[]> {
    return this.#files.removeUnfinished();
  }

  /** What `hadoop fs -checksum` says of the same bytes, cut the same way. */
  fileChecksum(name: string, kind: 'md5' | 'composite' = 'md5'): FileChecksum {
    const { blocks } = this.#files.manifest(name);
    const sums = blocks.map(({ id }) => this.#sumsOf(id));
    return kind === 'md5' ? md5OfFile(sums) : compositeOfFile(sums);
  }

  /** The same of one block, as if it were a file. */
  blockChecksum(id: bigint, kind: 'md5' | 'composite' = 'md5'): FileChecksum {
    const sums = [this.#sumsOf(id)];
    return kind === 'md5' ? md5OfFile(sums) : compositeOfFile(sums);
  }

  #sumsOf(id: bigint): BlockSums {
    return withOpen(this.#core, this.#core.replica(id), sumsOfBlock);
  }

  volumes(): VolumeInfo[] {
    this.#core.assertOpen();
    const sums = new Map<object, { blocks: number; bytes: number }>();
    for (const { volume, length } of this.#core.replicas.values()) {
      const sum = sums.get(volume) ?? { blocks: 0, bytes: 0 };
      sums.set(volume, { blocks: sum.blocks + 1, bytes: sum.bytes + length });
    }
    return this.#core.volumes.all.map((volume) => ({
      dir: volume.dir,
      storageId: volume.storageId,
      state: volume.state,
      availableBytes: volume.state === 'live' ? volume.availableBytes() : 0,
      reservedBytes: volume.reservedBytes,
      ...(sums.get(volume) ?? { blocks: 0, bytes: 0 }),
    }));
  }

  metrics(): BlockMetrics {
    return this.#core.metrics.snapshot();
  }

  /**
   * Ends the writers (their blocks wait for recovery), closes all files, gives the locks back.
   * Idempotent.
   */
  async close(): Promise<void> {
    const core = this.#core;
    if (core.isClosed) return;
    core.isClosed = true;
    let failure: unknown;
    for (const scan of this.#scans) await scan.stop();
    for (const writer of this.#writers) await writer.close().catch((error) => (failure ??= error));
    this.#writers.clear();
    core.open.close();
    try {
      core.counters.close();
    } catch (error) {
      failure ??= error;
    }
    for (const volume of core.volumes.all) volume.release();
    if (failure !== undefined) throw failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #kept(writer: BlockWriter): BlockWriter {
    for (const one of this.#writers) if (one.hasEnded) this.#writers.delete(one);
    this.#writers.add(writer);
    return writer;
  }
}
