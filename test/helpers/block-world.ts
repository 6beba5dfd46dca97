/** Block stores in memory for tests. */
import { MemoryFileSystem, joinPath, type FileSystem } from '../../native-free-io/index.ts';
import { BlockStore, type BlockInfo, type BlockStoreOptions } from '../../src/blocks/index.ts';
import { manualEnv, type ManualEnv } from './manual-env.ts';

export interface BlockWorld {
  readonly fs: FileSystem;
  readonly env: ManualEnv;
  /** Opens a store on `/v0`, `/v1`, …; the same files every time. */
  open(options?: Partial<BlockStoreOptions>): Promise<BlockStore>;
}

export function blockWorld(fs: FileSystem = new MemoryFileSystem(), volumes = 1): BlockWorld {
  const env = manualEnv(5);
  const dirs = Array.from({ length: volumes }, (_, at) => `/v${at}`);
  return {
    fs,
    env,
    open: (options = {}) =>
      BlockStore.open({ dirs, blockBytes: 4096, ...options, env: { ...env, fs, ...options.env } }),
  };
}

/** A finalized block with these bytes. */
export async function putBlock(store: BlockStore, bytes: Uint8Array): Promise<BlockInfo> {
  await using writer = await store.create();
  await writer.write(bytes);
  return writer.finalize();
}

export async function readAll(
  store: BlockStore,
  id: bigint,
  options: Parameters<BlockStore['read']>[1] = {},
): Promise<Buffer> {
  return gathered(store.read(id, options));
}

export async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const piece of pieces) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

/** Every file below a directory, with its size. */
export function filesBelow(fs: FileSystem, dir: string): string[] {
  return fs.listSync(dir).flatMap(({ name, kind }) => {
    const path = joinPath(dir, name);
    return kind === 'directory' ? filesBelow(fs, path) : [path];
  });
}

/** Paths of the files of a block. */
export function blockFiles(
  fs: FileSystem,
  dir: string,
  id: bigint,
): { data: string; meta: string } {
  const own = filesBelow(fs, dir).filter((path) => path.includes(`/blk_${id}`));
  const data = own.find((path) => path.endsWith(`/blk_${id}`));
  const meta = own.find((path) => path.endsWith('.meta'));
  return { data: data ?? '', meta: meta ?? '' };
}

export function changeFile(
  fs: FileSystem,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): void {
  const file = fs.openSync(path, 'write');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    file.readSync(bytes, 0, bytes.length, 0);
    const changed = change(bytes) ?? bytes;
    file.truncateSync(changed.length);
    file.writeSync(changed, 0, changed.length, 0);
  } finally {
    file.closeSync();
  }
}
