/**
 * Reading all blocks again and again, slowly, to find what rots before somebody needs it.
 *
 * Each volume is walked in the order of its directories; where the walk stands is kept in HDFS's
 * `scanner.cursor`, so a scan that was stopped goes on, here or in a DataNode. Blocks that a read
 * found damaged come first. What is read is limited in bytes per second.
 *
 * Upstream: apache/hadoop: VolumeScanner.java, FsVolumeImpl.BlockIteratorState.
 */
import { joinPath, throwIfAborted } from '../../native-free-io/index.ts';
import { dataFileName, finalizedSubdirectory } from './file-names.ts';
import type { Replica } from './replica.ts';
import type { StoreCore } from './store-core.ts';
import { verifyReplica, type BlockVerdict } from './verifying.ts';
import { readText, type Volume } from './volume.ts';

export interface ScanOptions {
  /** Bytes read per second at most. Default 1 MiB as in HDFS; `Infinity` for no limit. */
  readonly bytesPerSecond?: number;
  /** True (default): go on where the last scan stopped. False: from the beginning. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
}

const defaultBytesPerSecond = 1 << 20;
/** The cursor is written at most so often. */
const cursorEveryMs = 600_000;

/** One pass over every volume; ends when all is read. */
export async function* scanBlocks(
  core: StoreCore,
  options: ScanOptions = {},
): AsyncGenerator<BlockVerdict, void, undefined> {
  const pacer = new Pacer(core, options.bytesPerSecond ?? defaultBytesPerSecond);
  const verdictOf = async (replica: Replica): Promise<BlockVerdict | undefined> => {
    const { signal } = options;
    const pace = (bytes: number): Promise<void> => pacer.took(bytes, signal);
    const verdict = await verifyReplica(core, replica, signal ? { signal, pace } : { pace });
    core.metrics.blocksScanned++;
    core.metrics.bytesScanned += replica.length;
    // Damage it found itself needs no second look.
    core.suspects.delete(replica.id);
    return verdict;
  };
  const suspects = Array.from(core.suspects);
  for (const id of suspects) {
    throwIfAborted(options.signal);
    const replica = core.replicas.get(id);
    const verdict = replica === undefined ? undefined : await verdictOf(replica);
    core.suspects.delete(id);
    if (verdict !== undefined) yield verdict;
  }
  for (const volume of core.volumes.live) {
    const cursor = new ScanCursor(core, volume, options.resume ?? true);
    let isWhole = false;
    try {
      for (const replica of cursor.rest()) {
        throwIfAborted(options.signal);
        if (core.replicas.get(replica.id) !== replica) continue;
        const verdict = await verdictOf(replica);
        cursor.passed(replica);
        if (verdict !== undefined) yield verdict;
      }
      isWhole = true;
    } finally {
      // Also of a scan that is stopped: the next one goes on here.
      cursor.save(isWhole);
    }
  }
}

/** Holds reading down to a rate; never waits more than a second at once. */
class Pacer {
  readonly #core: StoreCore;
  readonly #bytesPerSecond: number;
  #owedMs = 0;
  #lastMs: number;

  constructor(core: StoreCore, bytesPerSecond: number) {
    this.#core = core;
    this.#bytesPerSecond = bytesPerSecond;
    this.#lastMs = core.env.clock.now();
  }

  async took(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, timers } = this.#core.env;
    this.#owedMs += (bytes / this.#bytesPerSecond) * 1000;
    for (;;) {
      const now = clock.now();
      // A clock that was set back pays nothing and costs nothing.
      this.#owedMs = Math.max(0, this.#owedMs - Math.max(0, now - this.#lastMs));
      this.#lastMs = now;
      throwIfAborted(signal);
      if (this.#owedMs < 1) return;
      await new Promise<void>((resolve) => {
        const cancel = timers.after(Math.min(1000, this.#owedMs), done);
        function done(): void {
          signal?.removeEventListener('abort', done);
          cancel();
          resolve();
        }
        signal?.addEventListener('abort', done);
      });
    }
  }
}

/** Where the walk of one volume stands. */
class ScanCursor {
  readonly #core: StoreCore;
  readonly #volume: Volume;
  readonly #path: string;
  #startedMs: number;
  #savedMs: number;
  #last: readonly [string, string, string] | undefined;

  constructor(core: StoreCore, volume: Volume, resume: boolean) {
    this.#core = core;
    this.#volume = volume;
    this.#path = joinPath(volume.poolDir, 'scanner.cursor');
    this.#startedMs = core.env.clock.now();
    this.#savedMs = this.#startedMs;
    if (resume) this.#read();
  }

  /** Finalized replicas behind the cursor, in the order of their directories. */
  rest(): Replica[] {
    const all: { replica: Replica; place: readonly [string, string, string] }[] = [];
    for (const replica of this.#core.replicas.values()) {
      if (replica.volume !== this.#volume || replica.state !== 'finalized') continue;
      all.push({ replica, place: placeOf(replica) });
    }
    const last = this.#last;
    return all
      .filter(({ place }) => last === undefined || comparePlaces(place, last) > 0)
      .sort((a, b) => comparePlaces(a.place, b.place))
      .map(({ replica }) => replica);
  }

  passed(replica: Replica): void {
    this.#last = placeOf(replica);
    if (this.#core.env.clock.now() - this.#savedMs >= cursorEveryMs) this.save(false);
  }

  save(atEnd: boolean): void {
    if (this.#core.options.readOnly || this.#volume.state === 'failed') return;
    const now = this.#core.env.clock.now();
    this.#savedMs = now;
    const [first, second, entry] = this.#last ?? [null, null, null];
    const state = {
      lastSavedMs: now,
      iterStartMs: this.#startedMs,
      curFinalizedDir: first,
      curFinalizedSubDir: second,
      curEntry: entry,
      atEnd,
    };
    this.#volume.replaceText(this.#path, `${JSON.stringify(state)}\n`);
  }

  /** A cursor that cannot be read begins anew: it is only a place. */
  #read(): void {
    try {
      const state = JSON.parse(readText(this.#volume.fs, this.#path) ?? '{}') as {
        iterStartMs?: number;
        curFinalizedDir?: string | null;
        curFinalizedSubDir?: string | null;
        curEntry?: string | null;
        atEnd?: boolean;
      };
      if (state.atEnd === true || typeof state.curEntry !== 'string') return;
      this.#startedMs = state.iterStartMs ?? this.#startedMs;
      this.#last = [state.curFinalizedDir ?? '', state.curFinalizedSubDir ?? '', state.curEntry];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}

function placeOf({ id }: Replica): readonly [string, string, string] {
  const [first, second] = finalizedSubdirectory(id);
  return [first, second, dataFileName(id)];
}

function comparePlaces(
  a: readonly [string, string, string],
  b: readonly [string, string, string],
): number {
  for (let at = 0; at < 3; at++) {
    if (a[at]! !== b[at]!) return a[at]! < b[at]! ? -1 : 1;
  }
  return 0;
}
