/**
 * Taking damaged replicas out of service without losing them: both files go to
 * `<volume>/varve/quarantine` and the block is forgotten, so that a good copy can take its place.
 */
import { joinPath, NotFoundError, StateError } from '../../native-free-io/index.ts';
import { moveFiles } from './block-files.ts';
import { scanFiles, type FoundPair } from './directory-scan.ts';
import { Replica, type BlockInfo } from './replica.ts';
import type { StoreCore } from './store-core.ts';
import type { Volume } from './volume.ts';

export interface QuarantinedBlock {
  readonly id: bigint;
  readonly generationStamp: number;
  /** Bytes of its data. */
  readonly length: number;
  readonly volume: string;
}

const name = 'quarantine';

/** Takes a finalized block out of service. */
export function quarantineBlock(core: StoreCore, id: bigint): Promise<void> {
  core.assertWritable();
  return core.serially(id, () => {
    const replica = core.replica(id);
    if (replica.state !== 'finalized') {
      throw new StateError('BLOCKS_ILLEGAL_STATE', `block ${id} is ${replica.state}`, {
        context: { block: id, state: replica.state },
      });
    }
    const directory = replica.volume.ownSubdirectory(name);
    const older = found(replica.volume).find((pair) => pair.id === id);
    if (older !== undefined) throw exists(id, directory);
    core.open.drop(replica);
    core.replicas.delete(id);
    core.suspects.delete(id);
    moveFiles(replica, { directory, generationStamp: replica.generationStamp }, true);
    replica.changed();
  });
}

export function listQuarantine(core: StoreCore): QuarantinedBlock[] {
  core.assertOpen();
  return core.volumes.live.flatMap((volume) =>
    found(volume).flatMap(({ id, metas, dataSize }) =>
      metas[0] === undefined || dataSize === undefined
        ? []
        : {
            id,
            generationStamp: metas[0].generationStamp,
            length: dataSize,
            volume: volume.dir,
          },
    ),
  );
}

/** Puts a block back into service, damaged as it is. */
export function releaseBlock(core: StoreCore, id: bigint): Promise<BlockInfo> {
  core.assertWritable();
  return core.serially(id, () => {
    if (core.replicas.has(id)) throw exists(id, core.replica(id).directory);
    for (const volume of core.volumes.live) {
      const pair = found(volume).find((one) => one.id === id);
      const meta = pair?.metas[0];
      if (pair?.dataSize === undefined || meta === undefined) continue;
      const { generationStamp } = meta;
      const place = { id, generationStamp, volume, directory: pair.directory };
      const replica = new Replica(place, 'finalized', pair.dataSize);
      moveFiles(replica, { directory: volume.finalizedDirOf(id), generationStamp }, true);
      core.replicas.set(id, replica);
      return replica.info;
    }
    throw new NotFoundError('BLOCKS_NOT_FOUND', `no block ${id} in quarantine`, {
      context: { block: id },
    });
  });
}

function found(volume: Volume): FoundPair[] {
  return scanFiles(volume.fs, joinPath(volume.ownDir, name), false).pairs;
}

function exists(id: bigint, path: string): StateError {
  return new StateError('BLOCKS_EXISTS', `block ${id} is there already`, {
    context: { block: id, path },
  });
}
