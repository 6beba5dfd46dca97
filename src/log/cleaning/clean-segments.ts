/**
 * One round of cleaning, files to files: reads the segments of a task, writes their cleaned
 * successors under `.cleaned` names, durable, and tells what they stand for.
 *
 * Nothing that exists is changed; putting the new files in place is the log's own move
 * (replace-segments.ts). Runs in this thread or in a worker.
 */
import type { Env } from '../../env/index.ts';
import { BatchScanner } from '../batch-scanner.ts';
import { cleanedSuffix } from '../file-names.ts';
import { FilePool } from '../file-pool.ts';
import { IndexCache } from '../index-cache.ts';
import { Segment, type SegmentContext, type SegmentFiles } from '../segment.ts';
import { BatchFilter, type FilterContext } from './batch-filter.ts';
import { buildMap } from './build-map.ts';
import type { CleanedGroup, CleanResult, CleanTask } from './clean-task.ts';
import { groupSegments } from './grouping.ts';
import { OffsetMap } from './offset-map.ts';
import { SegmentWriter } from './segment-writer.ts';
import { Throttle } from './throttle.ts';
import { TransactionFilter } from './transaction-filter.ts';

type World = Pick<Env, 'fs' | 'clock' | 'timers'>;

const maxOpenFiles = 16;

export async function cleanSegments(
  world: World,
  task: CleanTask,
  signal?: AbortSignal,
): Promise<CleanResult> {
  const files = new FilePool(world.fs, maxOpenFiles);
  const context = { dir: task.dir, fs: world.fs, files, indexes: new IndexCache(8 << 20) };
  const sources = task.sources.map((source) => new Segment(context, source, task.config));
  const throttle = new Throttle(world, task.maxBytesPerSecond, signal);
  try {
    const map = new OffsetMap(task.mapBytes);
    await buildMap(task, sources, map, throttle);
    const firstDirty = map.latestOffset + 1;
    const below = task.sources.filter((source) => source.baseOffset < firstDirty);
    const groups = groupSegments(below, task.config, task.firstUncleanable);
    using filter = new BatchFilter();
    const round = new Round(context, task, { map, filter, throttle });
    const cleaned: CleanedGroup[] = [];
    for (const group of groups) {
      cleaned.push(await round.cleanGroup(group, sources));
    }
    return {
      groups: cleaned,
      firstDirty,
      bytesBefore: below.reduce((sum, source) => sum + source.logBytes, 0),
      bytesAfter: cleaned.reduce((sum, group) => sum + group.bytes, 0),
      recordsRead: filter.recordsRead,
      recordsKept: filter.recordsKept,
      keys: map.count,
    };
  } finally {
    for (const segment of sources) segment.close();
  }
}

/** What the groups of one round share: the map, and transactions that span segments. */
class Round {
  readonly #context: SegmentContext;
  readonly #task: CleanTask;
  readonly #map: OffsetMap;
  readonly #filter: BatchFilter;
  readonly #throttle: Throttle;
  readonly #transactions = new TransactionFilter();
  readonly #producers: FilterContext['producers'];

  constructor(
    context: SegmentContext,
    task: CleanTask,
    parts: { map: OffsetMap; filter: BatchFilter; throttle: Throttle },
  ) {
    this.#context = context;
    this.#task = task;
    this.#map = parts.map;
    this.#filter = parts.filter;
    this.#throttle = parts.throttle;
    this.#transactions.add(task.aborted);
    this.#producers = new Map(task.producers.map((producer) => [producer.producerId, producer]));
  }

  async cleanGroup(
    group: readonly SegmentFiles[],
    segments: readonly Segment[],
  ): Promise<CleanedGroup> {
    const { config, nowMs } = this.#task;
    const baseOffset = group[0]!.baseOffset;
    const modifiedMs = group.at(-1)!.logModifiedMs;
    const target = Segment.create(this.#context, baseOffset, {
      config: { ...config, preallocate: false },
      nowMs,
      suffix: cleanedSuffix,
    });
    try {
      using writer = new SegmentWriter(target, config['index.interval.bytes']);
      this.#transactions.onRetained = (entry) => target.transactionIndex.append(entry);
      for (const { baseOffset: base } of group) {
        await this.#cleanInto(
          segments.find((segment) => segment.baseOffset === base)!,
          writer,
        );
      }
      writer.flush();
      target.finishTimeIndex();
      target.trim();
      target.syncNow();
      this.#context.fs.setModifiedTimeSync(target.path, modifiedMs);
      return {
        baseOffset,
        replaces: group.map((source) => source.baseOffset),
        bytes: target.size,
        modifiedMs,
        hasTransactionIndex: target.transactionIndex.exists,
      };
    } finally {
      target.close();
    }
  }

  async #cleanInto(source: Segment, writer: SegmentWriter): Promise<void> {
    const context: FilterContext = {
      map: this.#map,
      transactions: this.#transactions,
      producers: this.#producers,
      nowMs: this.#task.nowMs,
      deleteRetentionMs: this.#task.config['delete.retention.ms'],
      endOffset: this.#task.firstUncleanable,
      keepLegacyTombstones: source.modifiedMs > this.#legacyHorizon(),
    };
    using scanner = new BatchScanner({ verify: true });
    scanner.open(source.file.handle(), 0, source.size);
    while (scanner.next() === 'batch') {
      const { header, bytes, start, size } = scanner;
      const result = this.#filter.apply(context, header, bytes, start);
      if (result.action === 'keep') writer.add(bytes, start, size, header);
      else if (result.action === 'rewrite') {
        writer.add(result.batch.bytes, 0, result.batch.length, result.header);
      }
      if (this.#throttle.add(size * 2)) await this.#throttle.pause();
    }
    if (scanner.position !== source.size) throw scanner.damage();
  }

  /**
   * Tombstones of magic 0 and 1 go by file time: older than the last clean segment's, less the
   * delay.
   */
  #legacyHorizon(): number {
    const lastClean = this.#task.sources.findLast(
      (source) => source.baseOffset < this.#task.firstDirty,
    );
    if (lastClean === undefined) return 0;
    return lastClean.logModifiedMs - this.#task.config['delete.retention.ms'];
  }
}
