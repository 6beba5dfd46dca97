/**
 * Files in a store: cut into blocks, with a manifest that lists them. A file is there when its
 * manifest is, and that is written last; it is written once and not changed.
 *
 * The manifest stands on every volume, so that a volume lost takes its blocks only. Deleting
 * removes all manifests first: one that a crash brings back still has its blocks. What a crash
 * leaves of either is known by its note (unfinished-files.ts).
 */
import {
  InvalidArgumentError,
  joinPath,
  NotFoundError,
  StateError,
  StoreError,
  throwIfAborted,
} from '../../native-free-io/index.ts';
import type { BlockWriter } from './block-writer.ts';
import {
  formatManifest,
  parseManifest,
  type Manifest,
  type ManifestBlock,
} from './format/manifest.ts';
import { requireWhole } from './options.ts';
import type { ReadOptions } from './reading.ts';
import type { StoreCore } from './store-core.ts';
import { UnfinishedFiles, type UnfinishedFile, type UnfinishedMark } from './unfinished-files.ts';
import { readText, type Volume } from './volume.ts';

export interface PutFileOptions {
  /** Where the file is cut, bytes. Default: the store's `blockBytes`, 128 MiB. */
  readonly blockBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

/** What files are made of. */
export interface FileBlocks {
  create(options: { id: bigint; reserveBytes: number }): Promise<BlockWriter>;
  delete(id: bigint): Promise<void>;
  read(id: bigint, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined>;
}

const ending = '.json';
const longestNameBytes = 250;

export class StoredFiles {
  readonly #core: StoreCore;
  readonly #store: FileBlocks;
  readonly #unfinished: UnfinishedFiles;

  constructor(core: StoreCore, store: FileBlocks) {
    this.#core = core;
    this.#store = store;
    this.#unfinished = new UnfinishedFiles(core);
  }

  async put(
    name: string,
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutFileOptions,
  ): Promise<Manifest> {
    this.#core.assertWritable();
    const file = fileNameOf(name);
    if (this.#find(file) !== undefined) throw exists(name);
    const blockBytes = options.blockBytes ?? this.#core.options.blockBytes;
    requireWhole('blockBytes', blockBytes, 1, Number.MAX_SAFE_INTEGER);
    const blocks: ManifestBlock[] = [];
    const mark = this.#unfinished.begin(name);
    try {
      await this.#cut(source, { blockBytes, blocks, mark, options });
      // Somebody else may have put it meanwhile.
      if (this.#find(file) !== undefined) throw exists(name);
      const length = blocks.reduce((sum, block) => sum + block.length, 0);
      const createdMs = this.#core.env.clock.now();
      const manifest = { name, length, blockBytes, createdMs, blocks };
      const text = formatManifest(manifest);
      for (const volume of this.#core.volumes.live) {
        volume.replaceText(joinPath(volume.ownSubdirectory('files'), file), text);
      }
      mark.end();
      return manifest;
    } catch (error) {
      await this.#takeBack(blocks, mark);
      throw error;
    }
  }

  /** What a failed upload made; what cannot be removed now stays noted. */
  async #takeBack(blocks: readonly ManifestBlock[], mark: UnfinishedMark): Promise<void> {
    let left = 0;
    for (const { id } of blocks) await this.#store.delete(id).catch(() => left++);
    try {
      if (left === 0) mark.end();
    } catch (error) {
      // The upload's own failure tells more; the note is found at the next opening.
      this.#core.env.logger.log('warn', 'a note of an upload stays', { cause: String(error) });
    }
  }

  async #cut(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    into: {
      blockBytes: number;
      blocks: ManifestBlock[];
      mark: UnfinishedMark;
      options: PutFileOptions;
    },
  ): Promise<void> {
    const { blockBytes, blocks, mark, options } = into;
    let writer: BlockWriter | undefined;
    const end = async (): Promise<void> => {
      if (writer === undefined) return;
      const { id, generationStamp, length } = await writer.finalize();
      blocks.push({ id, generationStamp, length });
      writer = undefined;
    };
    try {
      for await (const bytes of source) {
        throwIfAborted(options.signal);
        for (let at = 0; at < bytes.length;) {
          writer ??= await this.#store.create({ id: this.#nextId(mark), reserveBytes: blockBytes });
          const take = Math.min(bytes.length - at, blockBytes - writer.position);
          await writer.write(bytes.subarray(at, at + take));
          at += take;
          if (writer.position === blockBytes) await end();
        }
        options.onProgress?.(bytes.length);
      }
      await end();
    } catch (error) {
      await writer?.abort();
      throw error;
    }
  }

  /** BLOCKS_NOT_FOUND when there is none. */
  manifest(name: string): Manifest {
    this.#core.assertOpen();
    const found = this.#find(fileNameOf(name));
    if (found !== undefined) return found;
    throw new NotFoundError('BLOCKS_NOT_FOUND', `no file '${name}'`, { context: { file: name } });
  }

  list(): Manifest[] {
    this.#core.assertOpen();
    const names = new Set<string>();
    for (const volume of this.#core.volumes.live) {
      const directory = joinPath(volume.ownDir, 'files');
      if (volume.fs.statSync(directory) === undefined) continue;
      for (const entry of volume.fs.listSync(directory)) {
        if (entry.name.endsWith(ending)) names.add(entry.name);
      }
    }
    return [...names].sort().flatMap((file) => this.#find(file) ?? []);
  }

  async *read(name: string, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { blocks, length } = this.manifest(name);
    const start = options.start ?? 0;
    const end = options.end ?? length;
    if (!(start >= 0 && start <= end && end <= length)) {
      throw new InvalidArgumentError('BLOCKS_RANGE', `[${start}, ${end}) of ${length} bytes`);
    }
    let position = 0;
    for (const block of blocks) {
      const from = Math.max(start, position) - position;
      const to = Math.min(end, position + block.length) - position;
      if (from < to) yield* this.#store.read(block.id, { ...options, start: from, end: to });
      position += block.length;
    }
  }

  /** Manifests first, durably, then blocks. */
  async delete(name: string): Promise<void> {
    this.#core.assertWritable();
    const { blocks } = this.manifest(name);
    const mark = this.#unfinished.begin(
      name,
      blocks.map(({ id }) => id),
    );
    for (const volume of this.#core.volumes.live) {
      const directory = joinPath(volume.ownDir, 'files');
      const path = joinPath(directory, fileNameOf(name));
      if (volume.fs.statSync(path) === undefined) continue;
      volume.fs.removeFileSync(path);
      volume.fs.syncDirectorySync(directory);
    }
    for (const { id } of blocks) {
      if (this.#core.replicas.has(id)) await this.#store.delete(id);
    }
    mark.end();
  }

  /** What a crash left of uploads and deletions. */
  listUnfinished(): UnfinishedFile[] {
    this.#core.assertOpen();
    return this.#unfinished.list((name, id) => {
      const manifest = this.#find(fileNameOf(name));
      return manifest?.blocks.some((block) => block.id === id) ?? false;
    });
  }

  /** Removes it; gives what it removed. */
  async removeUnfinished(): Promise<UnfinishedFile[]> {
    this.#core.assertWritable();
    const files = this.listUnfinished();
    for (const { id } of files.flatMap(({ blocks }) => blocks)) await this.#store.delete(id);
    this.#unfinished.forget();
    return files;
  }

  #nextId(mark: UnfinishedMark): bigint {
    return mark.nextId(() => this.#core.counters.nextId());
  }

  /** From the first volume that has a sound one. */
  #find(file: string): Manifest | undefined {
    let damage: unknown;
    for (const volume of this.#core.volumes.live) {
      try {
        const found = readManifest(volume, file);
        if (found !== undefined) return found;
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'BLOCKS_CORRUPT_MANIFEST') throw error;
        damage = error;
      }
    }
    if (damage !== undefined) throw damage;
    return undefined;
  }
}

function readManifest(volume: Volume, file: string): Manifest | undefined {
  const path = joinPath(joinPath(volume.ownDir, 'files'), file);
  const text = readText(volume.fs, path);
  return text === undefined ? undefined : parseManifest(text, path);
}

function fileNameOf(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('.', '%2E') + ending;
  if (name === '' || encoded.length > longestNameBytes) {
    const message = `a file name of ${name.length} characters, encoded ${encoded.length}`;
    throw new InvalidArgumentError('OPTION_INVALID', message);
  }
  return encoded;
}

function exists(name: string): StateError {
  return new StateError('BLOCKS_EXISTS', `a file '${name}' exists`, { context: { file: name } });
}
