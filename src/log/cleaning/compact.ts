/**
 * Compaction of one log: keeps the last record of each key, in a worker thread while the log keeps
 * serving.
 *
 * At most one round runs per log. Whatever removes or replaces segments meanwhile (truncation,
 * retention) wins: the round's result is discarded.
 */
import { InvalidArgumentError, joinPath, throwIfAborted } from '../../../native-free-io/index.ts';
import { workerPool } from '../../env/index.ts';
import { classifyFileName, cleanedSuffix } from '../file-names.ts';
import type { LogCore } from '../log-core.ts';
import { isCompacted } from '../options.ts';
import type { SegmentFiles } from '../segment.ts';
import type { ActiveProducer } from './batch-filter.ts';
import { cleanableRange, type CleanableRange } from './cleanable.ts';
import { cleanSegments } from './clean-segments.ts';
import type { CleanResult, CleanTask } from './clean-task.ts';
import { replaceSegments } from './replace-segments.ts';

/** Runs one round; a worker by default, this thread where the file system is not the real one. */
export type CleanExecutor = (task: CleanTask, signal?: AbortSignal) => Promise<CleanResult>;

export interface CompactOptions {
  /** Memory for the map of keys. Bytes, default 128 MiB. */
  readonly mapBytes?: number;
  /** Bytes read and written per second at most. Default unlimited. */
  readonly maxBytesPerSecond?: number;
  readonly signal?: AbortSignal;
  readonly executor?: CleanExecutor;
}

export interface CompactionReport {
  /** False when there was nothing to clean, or the log changed underneath. */
  readonly done: boolean;
  readonly firstDirty: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly recordsRead: number;
  readonly recordsKept: number;
}

const defaultMapBytes = 128 << 20;
/** Kafka's limit of one cleaner's map; far below what one array can hold. */
const maxMapBytes = 0x7fffffff;

/**
 * One round over everything cleanable, whatever its share. `cleanerOffset` is where the last ended.
 */
export async function compact(
  core: LogCore,
  cleanerOffset: number | undefined,
  options: CompactOptions = {},
): Promise<CompactionReport> {
  core.assertWritable();
  if (!isCompacted(core.config)) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      "cleanup.policy: compaction needs 'compact', because it drops records without a key",
      { context: { path: core.dir } },
    );
  }
  checkLimits(options);
  throwIfAborted(options.signal);
  const range = cleanableRange(core, cleanerOffset);
  if (range.cleanableBytes === 0) return nothing(range);
  const task = makeTask(core, range, options);
  const generation = core.generation;
  const execute = options.executor ?? executorFor(core);
  let result: CleanResult;
  try {
    result = await execute(task, options.signal);
  } catch (error) {
    discard(core);
    // Files that were cut or removed in the middle of it look damaged to the round.
    if (core.generation !== generation && options.signal?.aborted !== true) return nothing(range);
    throw error;
  }
  if (core.generation !== generation || core.closing || core.failure !== undefined) {
    discard(core);
    return nothing(range);
  }
  core.guardWrite(() => replaceSegments(core, result.groups));
  return {
    done: true,
    firstDirty: result.firstDirty,
    segmentsBefore: result.groups.reduce((sum, group) => sum + group.replaces.length, 0),
    segmentsAfter: result.groups.length,
    bytesBefore: result.bytesBefore,
    bytesAfter: result.bytesAfter,
    recordsRead: result.recordsRead,
    recordsKept: result.recordsKept,
  };
}

/** Throws OPTION_INVALID. */
export function checkLimits({
  mapBytes = defaultMapBytes,
  maxBytesPerSecond = 1,
}: CompactOptions): void {
  if (!Number.isSafeInteger(mapBytes) || mapBytes < 1 || mapBytes > maxMapBytes) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `mapBytes: expected 1 to ${maxMapBytes}, got ${String(mapBytes)}`,
    );
  }
  if (!(maxBytesPerSecond > 0)) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `maxBytesPerSecond: expected more than 0, got ${String(maxBytesPerSecond)}`,
    );
  }
}

function nothing(range: CleanableRange): CompactionReport {
  return {
    done: false,
    firstDirty: range.firstDirty,
    segmentsBefore: 0,
    segmentsAfter: 0,
    bytesBefore: 0,
    bytesAfter: 0,
    recordsRead: 0,
    recordsKept: 0,
  };
}

/** Workers open files by themselves, so only the real disk can be handed to one. */
function executorFor(core: LogCore): CleanExecutor {
  if (core.fs.name !== 'node') return (task, signal) => cleanSegments(core.env, task, signal);
  return async (task, signal) => {
    await using pool = workerPool<CleanTask, CleanResult>({
      module: new URL('./clean-worker.js', import.meta.url),
      task: 'cleanInWorker',
      threads: 1,
    });
    return await pool.run(task, signal);
  };
}

function makeTask(core: LogCore, range: CleanableRange, options: CompactOptions): CleanTask {
  const segments = core.segments.toArray();
  const sources: SegmentFiles[] = [];
  for (const segment of segments) {
    if (segment.baseOffset >= range.firstUncleanable) break;
    segment.flushIndexes();
    sources.push(segment.files());
  }
  const producers: ActiveProducer[] = core.producers.toSnapshot().map((entry) => ({
    producerId: entry.producerId,
    producerEpoch: entry.producerEpoch,
    lastDataOffset: entry.lastOffset,
  }));
  return {
    dir: core.dir,
    config: core.config,
    sources,
    firstDirty: range.firstDirty,
    firstUncleanable: range.firstUncleanable,
    aborted: segments.flatMap((segment) => [...segment.transactionIndex.entries]),
    producers,
    nowMs: core.env.clock.now(),
    mapBytes: options.mapBytes ?? defaultMapBytes,
    maxBytesPerSecond: options.maxBytesPerSecond ?? Number.POSITIVE_INFINITY,
  };
}

/** Removes the output of a round that is not wanted. */
function discard(core: LogCore): void {
  for (const { name } of core.fs.listSync(core.dir)) {
    if (classifyFileName(name)?.suffix === cleanedSuffix) {
      core.fs.removeFileSync(joinPath(core.dir, name));
    }
  }
}
