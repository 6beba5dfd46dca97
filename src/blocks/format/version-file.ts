/**
 * VERSION files: what makes a directory a volume of a DataNode, and one in it a block pool.
 *
 *    volume      storageID, clusterID, cTime, datanodeUuid, storageType=DATA_NODE, layoutVersion
 *    block pool  namespaceID, cTime, blockpoolID, layoutVersion
 *
 * Upstream: apache/hadoop: StorageInfo.java, DataStorage.java, BlockPoolSliceStorage.java.
 */
import { CorruptionError } from '../../../native-free-io/index.ts';
import { formatProperties, parseProperties } from './properties.ts';

/** Layout of directories by block id, of Hadoop 2.8 and later. Layouts count downwards. */
export const layoutVersion = -57;

export interface VolumeVersion {
  readonly storageId: string;
  readonly clusterId: string;
  readonly cTime: number;
  readonly datanodeUuid: string;
  readonly layoutVersion: number;
}

export interface PoolVersion {
  readonly namespaceId: number;
  readonly cTime: number;
  readonly blockPoolId: string;
  readonly layoutVersion: number;
}

export function formatVolumeVersion(version: VolumeVersion): string {
  return formatProperties('', {
    storageID: version.storageId,
    clusterID: version.clusterId,
    cTime: String(version.cTime),
    datanodeUuid: version.datanodeUuid,
    storageType: 'DATA_NODE',
    layoutVersion: String(version.layoutVersion),
  });
}

export function formatPoolVersion(version: PoolVersion): string {
  return formatProperties('', {
    namespaceID: String(version.namespaceId),
    cTime: String(version.cTime),
    blockpoolID: version.blockPoolId,
    layoutVersion: String(version.layoutVersion),
  });
}

/** BLOCKS_CORRUPT_VERSION when a key is missing, malformed, or of another kind of storage. */
export function parseVolumeVersion(text: string, path: string): VolumeVersion {
  const fields = new Fields(text, path);
  const type = fields.text('storageType');
  if (type !== 'DATA_NODE') throw fields.malformed(`storageType is ${type}, not DATA_NODE`);
  return {
    storageId: fields.text('storageID'),
    clusterId: fields.text('clusterID'),
    cTime: fields.number('cTime'),
    datanodeUuid: fields.text('datanodeUuid'),
    layoutVersion: fields.number('layoutVersion'),
  };
}

export function parsePoolVersion(text: string, path: string): PoolVersion {
  const fields = new Fields(text, path);
  return {
    namespaceId: fields.number('namespaceID'),
    cTime: fields.number('cTime'),
    blockPoolId: fields.text('blockpoolID'),
    layoutVersion: fields.number('layoutVersion'),
  };
}

class Fields {
  readonly #values: Map<string, string>;
  readonly #path: string;

  constructor(text: string, path: string) {
    this.#values = parseProperties(text);
    this.#path = path;
  }

  text(key: string): string {
    const value = this.#values.get(key);
    if (value === undefined || value === '') throw this.malformed(`${key} is missing`);
    return value;
  }

  number(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isSafeInteger(value)) throw this.malformed(`${key} is no whole number`);
    return value;
  }

  malformed(reason: string): CorruptionError {
    const context = { path: this.#path, position: 0 };
    return new CorruptionError('BLOCKS_CORRUPT_VERSION', reason, { context });
  }
}
