/**
 * Opens the store files of regions, names new ones, and puts away those that no list has any more.
 */
import { joinPath, parentPath } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { BlockCache } from '../files/block-cache.ts';
import { HFileReader } from '../files/hfile-reader.ts';
import { loadedSequenceId, parseReferenceName, readReference } from './reference.ts';
import { StoreFile } from './store-file.ts';

export class StoreFiles {
  readonly #env: Env;
  readonly cache: BlockCache;
  readonly #removals = new Set<Promise<void>>();

  constructor(env: Env, cache: BlockCache) {
    this.#env = env;
    this.cache = cache;
  }

  /** A name that no file has. */
  newName(): string {
    return Buffer.from(this.#env.random.uuid()).toString('hex');
  }

  /** Opens a listed file of the family in `dir`; of a reference the parent's. */
  open(dir: string, name: string): StoreFile {
    const { fs } = this.#env;
    const { cache } = this;
    const path = joinPath(dir, name);
    const loadedAs = loadedSequenceId(name);
    const reference = parseReferenceName(name);
    const target =
      reference === undefined ? path : parentFile(dir, reference.parent, reference.file);
    const half = reference === undefined ? undefined : readReference(fs, path);
    return new StoreFile({
      name,
      path: target,
      reader: HFileReader.openSync(
        fs,
        target,
        loadedAs === undefined ? { cache } : { cache, sequenceId: loadedAs },
      ),
      half: half === undefined ? undefined : { kind: half.half, splitKey: half.splitKey },
      loadedAs,
      onGone: (file) => {
        if (!file.isDoomed) return;
        const removal = this.#remove(path).finally(() => this.#removals.delete(removal));
        this.#removals.add(removal);
      },
    });
  }

  /** Resolves when what was to be removed is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  /**
   * Not at once: giving back the space of a large file takes long. One that is still there after a
   * failure is removed at the next open.
   */
  async #remove(path: string): Promise<void> {
    try {
      await this.#env.fs.removeFile(path);
    } catch (error) {
      this.#env.logger.log('warn', 'a store file could not be removed', { path, error });
    }
  }
}

/** `<table>/<region>/<family>` of this region to the same family of the parent. */
export function parentFile(dir: string, parent: string, file: string): string {
  const region = parentPath(dir);
  const family = dir.slice(region.length + 1);
  return joinPath(parentPath(region), parent, family, file);
}
