/**
 * Making, appending to, truncating, recovering and deleting blocks: what moves replicas from state
 * to state, and their files from directory to directory.
 *
 * Upstream: apache/hadoop: FsDatasetImpl.java.
 */
import { InvalidArgumentError, StateError, type FileHandle } from '../../native-free-io/index.ts';
import { dataPath, metaPath, moveFiles } from './block-files.ts';
import { BlockWriter, type WriterHome } from './block-writer.ts';
import { checkedEnd, cutFiles, partialOf, saveGuard } from './block-end.ts';
import { cutToGood, withFiles } from './cut-to-good.ts';
import { encodeMetaHeader, type BlockChecksum, type MetaHeader } from './format/meta-header.ts';
import { readGuard, removeGuard } from './guard.ts';
import { requireChecksum, requireWhole } from './options.ts';
import { Replica, type BlockInfo } from './replica.ts';
import type { StoreCore } from './store-core.ts';

export interface CreateOptions {
  /** Given by a NameNode; else the store numbers its blocks itself. */
  readonly id?: bigint;
  readonly generationStamp?: number;
  /** Default: the store's. */
  readonly checksum?: BlockChecksum;
  readonly chunkBytes?: number;
  /** Space set aside on the volume, bytes. Default: the store's `blockBytes`. */
  readonly reserveBytes?: number;
  /**
   * True: a copy of a block that another node has, as for replication: nothing of it can be read
   * before it is finalized or its writer calls `convertToRbw`, and it is gone with its writer, or
   * at the next opening. Default false.
   */
  readonly temporary?: boolean;
}

export interface ChangeOptions {
  /** Of the block from now on; must not be lower. Default: a new one. */
  readonly generationStamp?: number;
  /** Refuse (BLOCKS_WRONG_LENGTH) when the block has another length. */
  readonly expectedLength?: number;
}

export function createBlock(core: StoreCore, options: CreateOptions): Promise<BlockWriter> {
  core.assertWritable();
  const id = options.id ?? core.counters.nextId();
  const generationStamp = options.generationStamp ?? core.counters.nextGenerationStamp();
  const header = {
    checksum: options.checksum ?? core.options.checksum,
    chunkBytes: options.chunkBytes ?? core.options.chunkBytes,
  };
  const reserveBytes = options.reserveBytes ?? core.options.blockBytes;
  requireChecksum(header.checksum);
  requireWhole('chunkBytes', header.chunkBytes, 1, 0x7fffffff);
  requireWhole('reserveBytes', reserveBytes, 0, Number.MAX_SAFE_INTEGER);
  requireWhole('generationStamp', generationStamp, 0, Number.MAX_SAFE_INTEGER);
  return core.serially(id, () => {
    if (core.replicas.has(id)) {
      throw new StateError('BLOCKS_EXISTS', `block ${id} exists`, { context: { block: id } });
    }
    core.counters.see(id, generationStamp);
    const volume = core.volumes.choose(reserveBytes);
    const isTemporary = options.temporary ?? false;
    const directory = isTemporary ? volume.temporaryDir : volume.rbwDir;
    const place = { id, generationStamp, volume, directory };
    const replica = new Replica(place, isTemporary ? 'temporary' : 'rbw', 0);
    const files = newFiles(core, replica, header);
    volume.reservedBytes += reserveBytes;
    core.replicas.set(id, replica);
    const from = { position: 0, partialSum: 0 };
    return new BlockWriter({
      home: homeOf(core),
      replica,
      header,
      ...files,
      from,
      reservedBytes: reserveBytes,
    });
  });
}

/** Both files, or neither. */
function newFiles(
  core: StoreCore,
  replica: Replica,
  header: MetaHeader,
): { data: FileHandle; meta: FileHandle } {
  const { fs } = replica.volume;
  let data: FileHandle | undefined;
  let meta: FileHandle | undefined;
  try {
    data = fs.openSync(dataPath(replica), 'createNew');
    meta = fs.openSync(metaPath(replica), 'createNew');
    const bytes = encodeMetaHeader(header);
    meta.writeSync(bytes, 0, bytes.length, 0);
    return { data, meta };
  } catch (error) {
    for (const file of [data, meta]) {
      if (file === undefined) continue;
      file.closeSync();
      removeQuietly(() => fs.removeFileSync(file.path));
    }
    core.failed(replica, error);
    throw error;
  }
}

/** Opens a finalized block for more bytes. */
export function appendToBlock(
  core: StoreCore,
  id: bigint,
  options: ChangeOptions,
): Promise<BlockWriter> {
  core.assertWritable();
  return core.serially(id, () => {
    const replica = core.replica(id);
    const generationStamp = newStamp(core, replica, options);
    replica.assertMove('rbw');
    if (replica.state !== 'finalized') throw busy(replica);
    assertLength(replica, options);
    return noting(core, replica, () => {
      const { header, partialSum } = checkedEnd(replica, replica.length);
      saveGuard(replica, { generationStamp, header, length: replica.length, sum: partialSum });
      const to = { directory: replica.volume.rbwDir, generationStamp };
      moveFiles(replica, to, true);
      replica.move('rbw');
      replica.publish(replica.length, partialOf(header, replica.length, partialSum));
      const from = { position: replica.length, partialSum };
      const { data, meta } = reopened(replica);
      const parts = { home: homeOf(core), replica, header, data, meta, from, reservedBytes: 0 };
      return new BlockWriter(parts);
    });
  });
}

/** Both files; a replica that cannot be written after all waits for recovery. */
function reopened(replica: Replica): { data: FileHandle; meta: FileHandle } {
  const { fs } = replica.volume;
  let data: FileHandle | undefined;
  try {
    data = fs.openSync(dataPath(replica), 'write');
    return { data, meta: fs.openSync(metaPath(replica), 'write') };
  } catch (error) {
    data?.closeSync();
    replica.move('rwr');
    throw error;
  }
}

/**
 * Cuts a finalized block. Whatever happens meanwhile, the bytes below `length` stay: the sum of the
 * new last chunk is guarded, then the sidecar is cut, then the sum written, then the data cut.
 */
export function truncateBlock(
  core: StoreCore,
  id: bigint,
  length: number,
  options: ChangeOptions,
): Promise<BlockInfo> {
  core.assertWritable();
  return core.serially(id, () => {
    const replica = core.replica(id);
    const generationStamp = newStamp(core, replica, options);
    if (replica.state !== 'finalized') throw busy(replica);
    assertLength(replica, options);
    if (!Number.isSafeInteger(length) || length < 0 || length > replica.length) {
      throw new InvalidArgumentError(
        'BLOCKS_RANGE',
        `block ${id} has ${replica.length} bytes and cannot be cut to ${length}`,
        { context: { block: id } },
      );
    }
    return noting(core, replica, () => {
      const { header, partialSum } = checkedEnd(replica, length);
      saveGuard(replica, { generationStamp, header, length, sum: partialSum });
      moveFiles(replica, { directory: replica.volume.rbwDir, generationStamp }, true);
      replica.move('rur');
      replica.publish(length, undefined);
      cutFiles(replica, header, length, partialSum);
      return settle(core, replica);
    });
  });
}

/** Ends the recovery of a replica that was being written when its store stopped. */
export function recoverBlock(
  core: StoreCore,
  id: bigint,
  options: ChangeOptions,
): Promise<BlockInfo> {
  core.assertWritable();
  return core.serially(id, () => {
    const replica = core.replica(id);
    if (replica.state === 'finalized') return replica.info;
    const generationStamp = newStamp(core, replica, options);
    if (replica.state === 'rbw' || replica.state === 'temporary') throw busy(replica);
    return noting(core, replica, () => {
      const paths = { data: dataPath(replica), meta: metaPath(replica) };
      const length = withFiles(replica.volume.fs, paths, 'write', (data, meta) =>
        cutToGood(data, meta, readGuard(replica.volume, id)),
      );
      replica.publish(length, undefined);
      assertLength(replica, options);
      replica.move('rur');
      moveFiles(replica, { directory: replica.directory, generationStamp }, true);
      return settle(core, replica);
    });
  });
}

/** Removes a block, durably. Its writer, if it has one, fails at the next call. */
export function deleteBlock(
  core: StoreCore,
  id: bigint,
  options: Pick<ChangeOptions, 'generationStamp'>,
): Promise<void> {
  core.assertWritable();
  return core.serially(id, () => {
    const replica = core.replica(id);
    const { generationStamp = replica.generationStamp } = options;
    if (generationStamp !== replica.generationStamp) throw staleStamp(replica, generationStamp);
    if (replica.state === 'rbw' || replica.state === 'temporary') throw busy(replica);
    return removeReplica(core, replica);
  });
}

/** From the map first, then the files: data before sidecar, so that what is left is small. */
async function removeReplica(core: StoreCore, replica: Replica): Promise<void> {
  const { fs } = replica.volume;
  core.replicas.delete(replica.id);
  core.suspects.delete(replica.id);
  core.open.drop(replica);
  try {
    fs.removeFileSync(dataPath(replica));
    fs.removeFileSync(metaPath(replica));
    await fs.syncDirectory(replica.directory);
  } catch (error) {
    core.failed(replica, error);
    throw error;
  }
  core.metrics.blocksDeleted++;
  replica.changed();
}

function homeOf(core: StoreCore): WriterHome {
  return {
    metrics: core.metrics,
    finalize: async (replica, lastSync) => {
      if (core.options.syncOnFinalize) await lastSync();
      return core.serially(replica.id, () => {
        assertStored(core, replica);
        return finishWriting(core, replica);
      });
    },
    convert: (replica) =>
      core.serially(replica.id, () => {
        assertStored(core, replica);
        replica.assertMove('rbw');
        const { generationStamp, volume } = replica;
        moveFiles(replica, { directory: volume.rbwDir, generationStamp }, true);
        replica.move('rbw');
      }),
    release: async (replica) => {
      if (core.replicas.get(replica.id) !== replica) return;
      if (replica.state === 'temporary') await removeReplica(core, replica);
      else replica.move('rwr');
    },
    discard: (replica) =>
      core.serially(replica.id, async () => {
        if (core.replicas.get(replica.id) === replica) await removeReplica(core, replica);
      }),
    failed: (replica, cause) => core.failed(replica, cause),
  };
}

function assertStored(core: StoreCore, replica: Replica): void {
  if (core.replicas.get(replica.id) === replica) return;
  throw new StateError('BLOCKS_WRITER_CLOSED', `block ${replica.id} was taken from its writer`, {
    context: { block: replica.id, volume: replica.volume.dir },
    cause: replica.volume.failure,
  });
}

/** Moves the files to their place. Readers find the sums on disk from now on. */
function finishWriting(core: StoreCore, replica: Replica): BlockInfo {
  replica.assertMove('finalized');
  const directory = replica.volume.finalizedDirOf(replica.id);
  const { generationStamp } = replica;
  moveFiles(replica, { directory, generationStamp }, core.options.syncOnFinalize);
  replica.publish(replica.length, undefined);
  replica.move('finalized');
  core.metrics.blocksFinalized++;
  return replica.info;
}

/** Finalizes a replica under recovery, whose files are durable. */
function settle(core: StoreCore, replica: Replica): BlockInfo {
  const directory = replica.volume.finalizedDirOf(replica.id);
  moveFiles(replica, { directory, generationStamp: replica.generationStamp }, true);
  removeGuard(replica.volume, replica.id);
  replica.publish(replica.length, undefined);
  replica.move('finalized');
  core.metrics.blocksFinalized++;
  return replica.info;
}

function newStamp(core: StoreCore, replica: Replica, options: ChangeOptions): number {
  const stamp = options.generationStamp ?? core.counters.nextGenerationStamp();
  requireWhole('generationStamp', stamp, 0, Number.MAX_SAFE_INTEGER);
  if (stamp < replica.generationStamp) throw staleStamp(replica, stamp);
  core.counters.see(replica.id, stamp);
  return stamp;
}

function assertLength(replica: Replica, { expectedLength }: ChangeOptions): void {
  if (expectedLength === undefined || expectedLength === replica.length) return;
  throw new StateError(
    'BLOCKS_WRONG_LENGTH',
    `block ${replica.id} has ${replica.length} bytes, not ${expectedLength}`,
    { context: { block: replica.id, volume: replica.volume.dir } },
  );
}

function staleStamp(replica: Replica, stamp: number): StateError {
  return new StateError(
    'BLOCKS_STALE_STAMP',
    `generation stamp ${stamp} of block ${replica.id}, which is at ${replica.generationStamp}`,
    { context: { block: replica.id, volume: replica.volume.dir } },
  );
}

function busy(replica: Replica): StateError {
  return new StateError(
    'BLOCKS_ILLEGAL_STATE',
    `block ${replica.id} is ${replica.state}: only a finalized block can be changed`,
    { context: { block: replica.id, state: replica.state, volume: replica.volume.dir } },
  );
}

/** Tells the store what fails. */
function noting<T>(core: StoreCore, replica: Replica, work: () => T): T {
  try {
    return work();
  } catch (error) {
    core.failed(replica, error);
    throw error;
  }
}

function removeQuietly(remove: () => void): void {
  try {
    remove();
  } catch {
    // The failure that led here tells more; opening the store moves leftovers aside.
  }
}
