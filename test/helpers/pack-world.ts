/** Packs in memory for tests, and an index that can be set back. */
import type { FileSystem } from '../../native-free-io/index.ts';
import {
  ObjectPack,
  type ObjectPackOptions,
  type PackChanges,
  type PackEntry,
  type PackIndex,
  type PackState,
} from '../../src/blocks/index.ts';
import { manualEnv } from './manual-env.ts';

export function openPack(
  fs: FileSystem,
  options: Partial<ObjectPackOptions> = {},
): Promise<ObjectPack> {
  const { clock, timers, random, logger } = manualEnv(9);
  return ObjectPack.open({ dir: '/pack', env: { fs, clock, timers, random, logger }, ...options });
}

/** Every object, by key. */
export function objectsOf(pack: ObjectPack): Map<string, string> {
  const objects = new Map<string, string>();
  for (const key of pack.keys()) {
    objects.set(key, Buffer.from(pack.get(key) ?? 'missing').toString('latin1'));
  }
  return objects;
}

interface IndexContent {
  readonly entries: ReadonlyMap<string, PackEntry>;
  readonly state: PackState | undefined;
}

/** What a kept index held after each of its changes, one by one: all that a crash could leave. */
export class IndexHistory {
  readonly moments: IndexContent[] = [{ entries: new Map(), state: undefined }];

  /** An index that begins at a moment and goes on writing the history. */
  readonly openAt =
    (moment: number) =>
    async (_: FileSystem, __: string, isStale: boolean): Promise<PackIndex> => {
      if (isStale) this.moments.push(this.moments[0]!);
      return new KeptIndex(this, isStale ? this.moments[0]! : this.moments.at(moment)!);
    };
}

class KeptIndex implements PackIndex {
  readonly #history: IndexHistory;
  readonly #entries: Map<string, PackEntry>;
  state: PackState | undefined;

  constructor(history: IndexHistory, from: IndexContent) {
    this.#history = history;
    this.#entries = new Map(from.entries);
    this.state = from.state;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): PackEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  async apply(changes: PackChanges, state: PackState): Promise<void> {
    for (const [key, entry] of changes) {
      if (entry === undefined) this.#entries.delete(key);
      else this.#entries.set(key, entry);
      // Of a few changes each moment, of many the last.
      if (changes.size < 100) this.#note();
    }
    this.state = state;
    this.#note();
  }

  async close(): Promise<void> {}

  #note(): void {
    this.#history.moments.push({ entries: new Map(this.#entries), state: this.state });
  }
}
