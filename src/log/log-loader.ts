/**
 * Opening a partition directory: finish or undo interrupted file moves, open or recover segments,
 * rebuild what is missing.
 *
 * The steps and their order are upstream's, so that a directory gives the same log here and there.
 * One thing is done more carefully: a torn or damaged tail of the last segment is cut even when
 * the directory is marked as cleanly closed, where upstream would append behind the damage. What
 * upstream reads from the directory afterwards is the same.
 *
 * Upstream:   apache/kafka: storage/.../log/LogLoader.java; behaviour kept, code our own.
 * Format doc: docs/formats/log.md, "Opening a directory".
 */
import { CorruptionError, joinPath, type DirectoryEntry } from '../../native-free-io/index.ts';
import {
  classifyFileName,
  cleanedSuffix,
  deletedSuffix,
  swapSuffix,
  type ClassifiedFile,
} from './file-names.ts';
import type { LogCore } from './log-core.ts';
import { rebuildProducerState } from './producer-rebuild.ts';
import { endOfData, firstTimestamp, indexesFit, recoverSegment } from './segment-recovery.ts';
import { splitOverflows } from './segment-split.ts';
import { Segment, type SegmentFiles } from './segment.ts';

const maxSegmentBytes = 0x7fffffff;

export interface LoadOptions {
  /** The directory was closed in order: segments are trusted as they are. */
  readonly clean: boolean;
  /** Everything below is known to be durable. */
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
}

export interface LoadReport {
  readonly segments: number;
  readonly recoveredSegments: number;
  /** Bytes of damaged or incomplete tails that were cut. */
  readonly truncatedBytes: number;
  /** Segments removed because an earlier one was damaged. */
  readonly deletedSegments: number;
}

interface Found {
  readonly name: string;
  readonly file: ClassifiedFile;
}

/** Fills `core` from its directory. */
export async function loadLog(core: LogCore, options: LoadOptions): Promise<LoadReport> {
  const report = { segments: 0, recoveredSegments: 0, truncatedBytes: 0, deletedSegments: 0 };
  finishMoves(core);
  if (!options.clean) core.snapshots.removeUnsound();
  let trusted = false;
  await splitOverflows(core, async (fresh) => {
    Object.assign(report, { recoveredSegments: 0, truncatedBytes: 0, deletedSegments: 0 });
    const doubtful = await openSegments(core, fresh);
    await recoverSegments(core, { ...options, doubtful }, report);
    trusted = options.clean && !core.segments.isEmpty;
    settleEnd(core, options, report);
  });
  core.recoveryPoint = trusted
    ? core.logEndOffset
    : Math.min(options.recoveryPoint, core.logEndOffset);
  core.epochs.truncateFromEnd(core.logEndOffset);
  core.logStartOffset = Math.max(options.logStartOffset, core.segments.first.baseOffset);
  core.epochs.truncateFromStart(core.logStartOffset);
  core.epochs.ensureFile();
  removeStraySnapshots(core);
  rebuildProducerState(core, core.logEndOffset, {
    upgradedClean: options.clean && core.snapshots.offsets.length === 0,
  });
  core.highWatermark = core.soleReplica ? core.logEndOffset : core.logStartOffset;
  core.producers.onHighWatermark(core.highWatermark);
  core.checkInvariants();
  report.segments = core.segments.count;
  return report;
}

/** Deletes what was on its way out and completes or discards interrupted replacements. */
function finishMoves(core: LogCore): void {
  const { fs, dir } = core;
  const found = listFiles(core);
  const remove = (item: Found): void => fs.removeFileSync(joinPath(dir, item.name));
  for (const item of found) {
    if (item.file.suffix === deletedSuffix && !item.name.endsWith('.checkpoint.deleted')) {
      remove(item);
    }
  }
  const cleaned = found.filter((item) => item.file.suffix === cleanedSuffix);
  const firstCleaned = Math.min(...cleaned.map((item) => item.file.offset));
  const swaps = found.filter((item) => item.file.suffix === swapSuffix);
  for (const item of swaps) if (item.file.offset >= firstCleaned) remove(item);
  for (const item of cleaned) remove(item);
  completeSwaps(
    core,
    swaps.filter((item) => item.file.offset < firstCleaned),
  );
}

function completeSwaps(core: LogCore, swaps: readonly Found[]): void {
  const logs = swaps.filter((item) => item.file.type === 'log');
  if (swaps.length === 0) return;
  const { fs, dir } = core;
  if (logs.length > 0) {
    const from = Math.min(...logs.map((item) => item.file.offset));
    const to = Math.max(...logs.map((item) => swapEnd(core, item)));
    for (const item of listFiles(core)) {
      const inside = item.file.offset >= from && item.file.offset < to;
      if (item.file.suffix !== '' || !inside) continue;
      if (item.file.type === 'snapshot') core.snapshots.remove(item.file.offset);
      else fs.removeFileSync(joinPath(dir, item.name));
    }
  }
  for (const item of swaps) {
    fs.renameSync(joinPath(dir, item.name), joinPath(dir, item.name.slice(0, -swapSuffix.length)));
  }
  fs.syncDirectorySync(dir);
}

/** Next offset after the data of a `.log.swap` file. */
function swapEnd(core: LogCore, item: Found): number {
  const segment = new Segment(
    core.context,
    filesOf(core, item.file.offset, swapSuffix),
    core.config,
    swapSuffix,
  );
  try {
    return endOfData(segment, { verify: false }).nextOffset;
  } finally {
    segment.close();
  }
}

/**
 * Opens what is there; the segments that must be recovered wherever they lie are returned: those
 * whose indexes cannot be believed, and those that were just made by a split (`fresh`).
 */
async function openSegments(core: LogCore, fresh: ReadonlySet<number>): Promise<Set<Segment>> {
  const doubtful = new Set<Segment>();
  const found = listFiles(core).filter((item) => item.file.suffix === '');
  const bases = new Set(found.filter((i) => i.file.type === 'log').map((i) => i.file.offset));
  const present = new Set(found.map((item) => item.name));
  for (const item of found) {
    const orphan = isIndexType(item.file.type) && !bases.has(item.file.offset);
    if (orphan) core.fs.removeFileSync(joinPath(core.dir, item.name));
  }
  let opened = 0;
  for (const item of found) {
    if (item.file.type !== 'log') continue;
    const files = filesOf(core, item.file.offset, '', present);
    const segment = new Segment(core.context, files, core.config);
    checkSize(segment);
    core.segments.add(segment);
    const isFresh = fresh.has(segment.baseOffset);
    if (isFresh || lacksIndex(files) || !transactionIndexIsSane(segment)) doubtful.add(segment);
    if (++opened % 256 === 0) await core.env.timers.turn();
  }
  return doubtful;
}

/** No segment of ours or of a broker can be larger: index entries would not hold its positions. */
function checkSize({ path, size }: Segment): void {
  if (size <= maxSegmentBytes) return;
  throw new CorruptionError('LOG_CORRUPT_BATCH', `a segment file of ${size} bytes`, {
    context: { path, position: maxSegmentBytes },
  });
}

/** A crash while the files of a segment were renamed one by one can take any of them. */
function lacksIndex(files: SegmentFiles): boolean {
  if (files.offsetIndexBytes === undefined) return true;
  return files.timeIndexBytes === undefined && files.logBytes > 0;
}

function transactionIndexIsSane(segment: Segment): boolean {
  try {
    segment.transactionIndex.checkSanity();
    return true;
  } catch {
    return false;
  }
}

/**
 * Recovers the doubtful segments and, after an unclean stop, all from the one holding the recovery
 * point on. What follows a cut below the recovery point stays: it was promised.
 */
async function recoverSegments(
  core: LogCore,
  options: LoadOptions & { readonly doubtful: ReadonlySet<Segment> },
  report: { recoveredSegments: number; truncatedBytes: number; deletedSegments: number },
): Promise<void> {
  const { clean, recoveryPoint, doubtful } = options;
  const suspects = clean ? [] : core.segments.overlapping(recoveryPoint, Number.POSITIVE_INFINITY);
  for (const segment of doubtful) {
    if (suspects.includes(segment)) continue;
    report.truncatedBytes += recoverSegment(core, segment);
    report.recoveredSegments++;
    await core.env.timers.turn();
  }
  for (const [index, segment] of suspects.entries()) {
    const later = suspects.slice(index + 1);
    // After the cut nothing would tell that the later segments do not follow this one any more.
    const truncated = recoverSegment(core, segment, () => {
      if (later.length === 0) return;
      core.deleteSegments(later, 'later');
      core.fs.syncDirectorySync(core.dir);
    });
    report.recoveredSegments++;
    report.truncatedBytes += truncated;
    if (truncated > 0) {
      report.deletedSegments += later.length;
      return;
    }
    await core.env.timers.turn();
  }
}

/** Finds the log end, cuts a damaged tail, and makes sure there is an active segment. */
function settleEnd(
  core: LogCore,
  options: LoadOptions,
  report: { truncatedBytes: number; deletedSegments: number; recoveredSegments: number },
): void {
  if (!core.segments.isEmpty) {
    const active = core.segments.active;
    const end = endOfData(active, { verify: true, splitIn: core });
    if (end.position < active.size) {
      report.truncatedBytes += active.size - end.position;
      active.cut(end.position, end.nextOffset, core.env.clock.now());
    }
    if (!indexesFit(active, end)) {
      report.truncatedBytes += recoverSegment(core, active);
      report.recoveredSegments++;
    }
    active.raiseMaxTimestamp(end.maxTimestamp, end.maxTimestampOffset);
    active.firstTimestamp = firstTimestamp(active);
    core.logEndOffset = end.nextOffset;
    if (core.logEndOffset < options.logStartOffset) {
      report.deletedSegments += core.segments.count;
      core.deleteSegments(core.segments.toArray(), 'now');
      core.epochs.clear();
      core.snapshots.removeWhere(() => true);
    }
  }
  if (core.segments.isEmpty) {
    core.addSegment(options.logStartOffset);
    core.logEndOffset = options.logStartOffset;
    // For the reason given in retention.ts.
    core.fs.syncDirectorySync(core.dir);
  }
}

/** Keeps the snapshots that belong to a segment, and the newest one above the last base offset. */
function removeStraySnapshots(core: LogCore): void {
  const bases = new Set(core.segments.toArray().map((segment) => segment.baseOffset));
  const latest = core.snapshots.latestOffset;
  const keepLatest = latest > core.segments.active.baseOffset && latest <= core.logEndOffset;
  core.snapshots.removeWhere((offset) => !bases.has(offset) && !(keepLatest && offset === latest));
}

function listFiles(core: LogCore): Found[] {
  const found: Found[] = [];
  for (const entry of core.fs.listSync(core.dir)) {
    const file = isFile(entry) ? classifyFileName(entry.name) : undefined;
    if (file !== undefined) found.push({ name: entry.name, file });
  }
  return found;
}

function isFile(entry: DirectoryEntry): boolean {
  return entry.kind === 'file';
}

function isIndexType(type: ClassifiedFile['type']): boolean {
  return type === 'index' || type === 'timeindex' || type === 'txnindex';
}

/** Sizes of a segment's files; `present` saves asking for files a listing did not show. */
function filesOf(
  core: LogCore,
  baseOffset: number,
  suffix: '' | '.swap',
  present?: ReadonlySet<string>,
): SegmentFiles {
  const name = (type: string): string => `${String(baseOffset).padStart(20, '0')}.${type}${suffix}`;
  const stat = (type: string) =>
    present === undefined || present.has(name(type))
      ? core.fs.statSync(joinPath(core.dir, name(type)))
      : undefined;
  const log = stat('log');
  return {
    baseOffset,
    logBytes: log?.size ?? 0,
    logModifiedMs: log?.mtimeMs ?? core.env.clock.now(),
    offsetIndexBytes: stat('index')?.size,
    timeIndexBytes: stat('timeindex')?.size,
    hasTransactionIndex: stat('txnindex') !== undefined,
  };
}
