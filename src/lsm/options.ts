/**
 * Settings of a database that concern memory, files and background work; names say the units.
 *
 * Upstream: apache/hbase: hbase-common/src/main/resources/hbase-default.xml has the defaults, where
 * a setting exists there.
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

export interface EngineOptions {
  /** A region's memstore is flushed at this size. Default 128 MiB. */
  readonly flushBytes: number;
  /** Writes wait once a region's memstore is so many times as large. Default 4. */
  readonly blockMultiplier: number;
  /** All memstores together; the largest is flushed above. Default 512 MiB. */
  readonly memstoreBytes: number;
  /** A memstore is flushed when its oldest cell is so old; 0: never. Default 1 h. */
  readonly flushAfterMs: number;
  /** Logs above this make the region with the oldest entry flush. Default 1 GiB. */
  readonly logBytes: number;
  /** The log is rolled at this size. Default 128 MiB. */
  readonly logRollBytes: number;
  /**
   * Logs that are no longer needed are kept in `oldWALs` for so long after their last write, for
   * those who copy changes elsewhere; 0: they are removed at once. Default 0.
   */
  readonly logArchiveMs: number;
  /** Blocks of files kept in memory. Default 256 MiB. */
  readonly blockCacheBytes: number;
  /** Files of a family at which compaction begins. Default 3. */
  readonly compactionMin: number;
  /** Files compacted at once. Default 10. */
  readonly compactionMax: number;
  /** A file is taken when it is at most so many times the rest together. Default 1.2. */
  readonly compactionRatio: number;
  /** Sets smaller than this in all are always taken. Default `flushBytes`. */
  readonly compactionMinBytes: number;
  /** Larger files are left alone. Default: none is. */
  readonly compactionMaxBytes: number;
  /** Flushes wait for compaction at so many files. Default 16. */
  readonly blockingFiles: number;
  /** How long they wait. Default 90 s. */
  readonly blockingWaitMs: number;
  /** Every so often a store is compacted as a whole; 0: never. Default 7 days. */
  readonly majorCompactionMs: number;
  /** Share of that time by which stores differ. Default 0.5. */
  readonly majorCompactionJitter: number;
  /** Bytes per second of compaction, rising from lower to higher with the files. Default 50 MB. */
  readonly throughputLower: number;
  /** Default 100 MB. */
  readonly throughputHigher: number;
  /** Delete markers younger than this outlive a major compaction. Default 0. */
  readonly purgeDeletesAfterMs: number;
  /** A region above this is split. Default 10 GiB. */
  readonly regionBytes: number;
  /** exploring, date-tiered or none. Default exploring. */
  readonly compactionPolicy: 'exploring' | 'date-tiered' | 'none';
  /** Threads for flush and compaction; 0: in this thread, in small steps. Default 1. */
  readonly workers: number;
}

export type EngineInput = { readonly [K in keyof EngineOptions]?: EngineOptions[K] | undefined };

const mebi = 1 << 20;
const defaults: Omit<EngineOptions, 'compactionMinBytes'> = {
  flushBytes: 128 * mebi,
  blockMultiplier: 4,
  memstoreBytes: 512 * mebi,
  flushAfterMs: 3_600_000,
  logBytes: 1024 * mebi,
  logRollBytes: 128 * mebi,
  logArchiveMs: 0,
  blockCacheBytes: 256 * mebi,
  compactionMin: 3,
  compactionMax: 10,
  compactionRatio: 1.2,
  compactionMaxBytes: Number.MAX_SAFE_INTEGER,
  blockingFiles: 16,
  blockingWaitMs: 90_000,
  majorCompactionMs: 604_800_000,
  majorCompactionJitter: 0.5,
  throughputLower: 50_000_000,
  throughputHigher: 100_000_000,
  purgeDeletesAfterMs: 0,
  regionBytes: 10 * 1024 * mebi,
  compactionPolicy: 'exploring',
  workers: 1,
};
const least: Partial<Record<keyof EngineOptions, number>> = {
  flushBytes: 1024,
  blockMultiplier: 1,
  memstoreBytes: 1024,
  logBytes: 1024,
  logRollBytes: 1024,
  compactionMin: 2,
  compactionMax: 2,
  blockingFiles: 2,
  throughputLower: 1,
  throughputHigher: 1,
  regionBytes: 1024,
};

/** Fills in defaults and checks; OPTION_INVALID names the option. */
export function resolveEngineOptions(input: EngineInput = {}): EngineOptions {
  const flushBytes = input.flushBytes ?? defaults.flushBytes;
  const options: Record<string, unknown> = { ...defaults, compactionMinBytes: flushBytes };
  for (const [key, value] of Object.entries(input)) {
    if (!Object.hasOwn(options, key)) throw invalid(key, value, 'a known option');
    if (value !== undefined) options[key] = value;
  }
  const policies = ['exploring', 'date-tiered', 'none'];
  for (const [key, value] of Object.entries(options)) {
    if (key === 'compactionPolicy') {
      if (!policies.includes(String(value))) {
        throw invalid(key, value, `one of ${policies.join(', ')}`);
      }
      continue;
    }
    const bound = least[key as keyof EngineOptions] ?? 0;
    if (typeof value !== 'number' || !(value >= bound)) {
      throw invalid(key, value, `a number from ${bound}`);
    }
  }
  return Object.freeze({ ...options }) as unknown as EngineOptions;
}

function invalid(key: string, value: unknown, expects: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'OPTION_INVALID',
    `${key}: expected ${expects}, got ${String(value)}`,
  );
}
