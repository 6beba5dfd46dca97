/**
 * Opens the volumes of a store: locks them, reads or writes their VERSION files, and holds all of
 * them to one identity.
 *
 * Upstream: apache/hadoop: DataStorage.java (loadDataStorage), BlockPoolSliceStorage.java.
 */
import {
  baseName,
  CorruptionError,
  joinPath,
  makeDirectoryDurably,
  StateError,
  type FileSystem,
} from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { isPoolName } from './file-names.ts';
import {
  formatPoolVersion,
  formatVolumeVersion,
  layoutVersion,
  parsePoolVersion,
  parseVolumeVersion,
  type PoolVersion,
  type VolumeVersion,
} from './format/version-file.ts';
import type { LoadNotes } from './load-report.ts';
import type { ResolvedOptions, StoreIdentity } from './options.ts';
import { holdsFiles, readText, Volume } from './volume.ts';

/** What all volumes of a store share. */
export type Identity = Required<StoreIdentity>;

interface FoundVolume {
  readonly dir: string;
  readonly reservedBytes: number;
  readonly version: VolumeVersion | undefined;
  readonly pools: readonly PoolVersion[];
}

export interface OpenedVolumes {
  readonly identity: Identity;
  readonly volumes: readonly Volume[];
}

/** A volume that cannot be opened is told in the notes, as long as enough of them open. */
export function openVolumes(env: Env, options: ResolvedOptions, notes: LoadNotes): OpenedVolumes {
  const locks = new Map<string, ReturnType<FileSystem['lockSync']>>();
  try {
    const found = options.volumes.flatMap(({ dir, reservedBytes }) =>
      tolerant(dir, options, notes, () => {
        if (!options.readOnly) {
          makeDirectoryDurably(env.fs, dir);
          locks.set(dir, env.fs.lockSync(joinPath(dir, 'in_use.lock')));
        }
        return { reservedBytes, ...look(env.fs, dir, options.readOnly) };
      }),
    );
    const identity = agreedIdentity(env, options, found);
    const volumes = found.flatMap((one) =>
      tolerant(one.dir, options, notes, () => {
        const volume = prepared(env, one, identity);
        const lock = locks.get(one.dir);
        if (lock !== undefined) volume.holdLock(lock);
        locks.delete(one.dir);
        return volume;
      }),
    );
    for (const lock of locks.values()) lock.releaseSync();
    return { identity, volumes };
  } catch (error) {
    for (const lock of locks.values()) lock.releaseSync();
    throw error;
  }
}

/** The result in a list; an empty list when a disk failed and the store can do without it. */
function tolerant<T>(dir: string, options: ResolvedOptions, notes: LoadNotes, work: () => T): T[] {
  try {
    return [work()];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isDisk = ['IO_FAILED', 'IO_READ_ONLY', 'IO_PERMISSION'].includes(String(code));
    if (!isDisk || notes.failedVolumes.length >= options.failedVolumesTolerated) throw error;
    notes.failedVolumes.push({ dir, reason: String(error) });
    return [];
  }
}

function look(
  fs: FileSystem,
  dir: string,
  readOnly: boolean,
): Pick<FoundVolume, 'dir' | 'version' | 'pools'> {
  const current = joinPath(dir, 'current');
  const path = joinPath(current, 'VERSION');
  const text = readText(fs, path);
  if (text === undefined) {
    if (new Volume(fs, { dir, reservedBytes: 0 }, 'BP-0').holdsData() || readOnly) {
      const message = 'the directory is no volume: it has no VERSION, and is not formatted over';
      throw new StateError('BLOCKS_NOT_FORMATTED', message, { context: { path: dir } });
    }
    return { dir, version: undefined, pools: [] };
  }
  const version = parseVolumeVersion(text, path);
  assertLayout(version.layoutVersion, path, readOnly);
  const pools = fs
    .listSync(current)
    .filter(({ name, kind }) => kind === 'directory' && isPoolName(name))
    .flatMap(({ name }) => readPool(fs, joinPath(current, name), readOnly));
  return { dir, version, pools };
}

function readPool(fs: FileSystem, poolDir: string, readOnly: boolean): PoolVersion[] {
  for (const name of ['previous.tmp', 'removed.tmp', 'finalized.tmp']) {
    if (fs.statSync(joinPath(poolDir, name)) === undefined) continue;
    const message = `an upgrade was cut (${name}); let the DataNode finish it first`;
    throw new StateError('BLOCKS_UPGRADE_UNFINISHED', message, { context: { path: poolDir } });
  }
  const path = joinPath(joinPath(poolDir, 'current'), 'VERSION');
  const text = readText(fs, path);
  if (text === undefined) {
    if (!holdsFiles(fs, poolDir)) return [];
    const message = 'the block pool holds files and no VERSION, and is not formatted over';
    throw new StateError('BLOCKS_NOT_FORMATTED', message, { context: { path: poolDir } });
  }
  const version = parsePoolVersion(text, path);
  if (version.blockPoolId !== baseName(poolDir)) {
    const message = `the block pool says it is ${version.blockPoolId}`;
    throw new CorruptionError('BLOCKS_CORRUPT_VERSION', message, { context: { path } });
  }
  assertLayout(version.layoutVersion, path, readOnly);
  return [version];
}

/** Older layouts can be read where they are; only a DataNode converts them. */
function assertLayout(found: number, path: string, readOnly: boolean): void {
  if (found === layoutVersion || (readOnly && found > layoutVersion)) return;
  const message =
    found < layoutVersion
      ? `layout ${found} is newer than ${layoutVersion}, the newest known`
      : `layout ${found} is older than ${layoutVersion}: it can be opened read-only`;
  throw new StateError('BLOCKS_LAYOUT_UNSUPPORTED', message, { context: { path } });
}

function agreedIdentity(
  env: Env,
  { identity: asked }: ResolvedOptions,
  found: readonly FoundVolume[],
): Identity {
  const versions = found.flatMap(({ version }) => version ?? []);
  const clusterId = sole('clusterID', [asked.clusterId, ...versions.map((one) => one.clusterId)]);
  const datanodeUuid = sole('datanodeUuid', [
    asked.datanodeUuid,
    ...versions.map((one) => one.datanodeUuid),
  ]);
  const pools = found.flatMap((one) => one.pools);
  const blockPoolId =
    asked.blockPoolId ??
    sole(
      'blockpoolID',
      pools.map((pool) => pool.blockPoolId),
    );
  const own = pools.filter((pool) => pool.blockPoolId === blockPoolId);
  const namespaceId = sole('namespaceID', [
    asked.namespaceId,
    ...own.map((one) => one.namespaceId),
  ]);
  const cTime = sole('cTime', [asked.cTime, ...own.map((one) => one.cTime)]);
  const number = namespaceId ?? Math.floor(env.random.next() * 0x7fffffff);
  const identity = {
    clusterId: clusterId ?? `CID-${uuidText(env)}`,
    datanodeUuid: datanodeUuid ?? uuidText(env),
    blockPoolId: blockPoolId ?? `BP-${number}-127.0.0.1-${env.clock.now()}`,
    namespaceId: number,
    cTime: cTime ?? env.clock.now(),
  };
  if (!isPoolName(identity.blockPoolId)) {
    throw new CorruptionError('BLOCKS_CORRUPT_VERSION', `block pool id ${identity.blockPoolId}`);
  }
  return identity;
}

/** The one value; undefined when there is none. BLOCKS_IDENTITY_MISMATCH when they differ. */
function sole<T extends string | number>(
  key: string,
  values: readonly (T | undefined)[],
): T | undefined {
  const different = new Set(values.filter((value) => value !== undefined));
  if (different.size <= 1) return [...different][0];
  throw new StateError(
    'BLOCKS_IDENTITY_MISMATCH',
    `${key} differs: ${[...different].join(', ')}; these do not belong to one store`,
  );
}

function prepared(env: Env, found: FoundVolume, identity: Identity): Volume {
  const volume = new Volume(env.fs, found, identity.blockPoolId);
  const hasPool = found.pools.some((pool) => pool.blockPoolId === identity.blockPoolId);
  volume.makeDirectories();
  if (!hasPool) {
    const text = formatPoolVersion({ ...identity, layoutVersion });
    volume.replaceText(joinPath(joinPath(volume.poolDir, 'current'), 'VERSION'), text);
  }
  if (found.version !== undefined) {
    volume.storageId = found.version.storageId;
    return volume;
  }
  volume.storageId = `DS-${uuidText(env)}`;
  const text = formatVolumeVersion({
    storageId: volume.storageId,
    clusterId: identity.clusterId,
    cTime: 0,
    datanodeUuid: identity.datanodeUuid,
    layoutVersion,
  });
  volume.replaceText(joinPath(joinPath(found.dir, 'current'), 'VERSION'), text);
  return volume;
}

function uuidText(env: Env): string {
  const hex = Buffer.from(env.random.uuid()).toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
}
