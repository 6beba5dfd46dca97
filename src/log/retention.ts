/**
 * Deleting old segments: by log start offset, by total size, by age.
 *
 * Only whole segments go, oldest first, and only below the high watermark; the log start offset is
 * raised before any file is touched, so a crash in between leaves too much, never too little.
 *
 * Upstream: apache/kafka: core/.../log/UnifiedLog.scala (deleteOldSegments); behaviour kept, code
 *           our own.
 */
import type { LogCore } from './log-core.ts';
import { isDeleting } from './options.ts';
import type { Segment } from './segment.ts';

export interface RetentionResult {
  readonly segments: number;
  readonly bytes: number;
  readonly reasons: readonly ('logStart' | 'size' | 'time')[];
}

type Predicate = (segment: Segment, next: Segment | undefined) => boolean;

/** `keepStart` makes the raised log start durable; it is called before a file is touched. */
export function applyRetention(core: LogCore, keepStart: () => void): RetentionResult {
  core.assertWritable();
  core.removeExpiredProducers();
  const reasons: ('logStart' | 'size' | 'time')[] = [];
  let segments = 0;
  let bytes = 0;
  const run = (reason: 'logStart' | 'size' | 'time', predicate: Predicate): void => {
    const doomed = collect(core, predicate);
    if (doomed.length === 0) return;
    reasons.push(reason);
    segments += doomed.length;
    for (const segment of doomed) bytes += segment.size;
    core.guardWrite(() => remove(core, doomed, keepStart));
  };
  if (isDeleting(core.config)) {
    run('size', sizeBreach(core));
    run('time', timeBreach(core));
  }
  run('logStart', (_segment, next) => next !== undefined && next.baseOffset <= core.logStartOffset);
  return { segments, bytes, reasons };
}

/** The leading segments the predicate holds for, as far as the high watermark allows. */
function collect(core: LogCore, predicate: Predicate): Segment[] {
  const doomed: Segment[] = [];
  const all = core.segments.toArray();
  for (const [index, segment] of all.entries()) {
    const next = all[index + 1];
    const upper = next?.baseOffset ?? core.logEndOffset;
    const emptyActive = next === undefined && segment.size === 0;
    if (emptyActive || core.highWatermark < upper || !predicate(segment, next)) break;
    doomed.push(segment);
  }
  return doomed;
}

function remove(core: LogCore, doomed: readonly Segment[], keepStart: () => void): void {
  if (doomed.length === core.segments.count) core.roll(core.logEndOffset);
  const last = doomed[doomed.length - 1]!;
  const newStart = core.segments.next(last)?.baseOffset ?? core.logEndOffset;
  if (newStart > core.logStartOffset) {
    core.logStartOffset = newStart;
    core.epochs.truncateFromStart(newStart);
    keepStart();
  }
  core.deleteSegments(doomed, 'later');
  // A log root forgets a start that is the first segment's: the old ones must not come back then.
  core.fs.syncDirectorySync(core.dir);
}

function sizeBreach(core: LogCore): Predicate {
  const limit = core.config['retention.bytes'];
  let excess = limit < 0 ? -1 : core.segments.sizeBytes - limit;
  return (segment) => {
    if (excess < 0 || excess - segment.size < 0) return false;
    excess -= segment.size;
    return true;
  };
}

function timeBreach(core: LogCore): Predicate {
  const limit = core.config['retention.ms'];
  const now = core.env.clock.now();
  return (segment) => limit >= 0 && now - segment.largestTimestamp > limit;
}
