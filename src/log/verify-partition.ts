/**
 * Checks all segments of a partition directory, in this thread or spread over worker threads, and
 * the order between them.
 */
import { joinPath, NotFoundError, throwIfAborted } from '../../native-free-io/index.ts';
import { realEnv, workerPool, type Env } from '../env/index.ts';
import {
  listSegments,
  verifySegment,
  verifySmallFiles,
  type Problem,
  type SegmentReport,
} from './verify.ts';
import { logFileName } from './file-names.ts';

export interface VerifyOptions {
  readonly dir: string;
  /** Decompress and walk every record. Default true. */
  readonly deep?: boolean;
  /** Worker threads; 0 (default) checks in this thread. Workers always use the real file system. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onSegment?: (report: SegmentReport) => void;
  readonly env?: Partial<Env>;
}

export interface PartitionReport {
  readonly dir: string;
  readonly segments: readonly SegmentReport[];
  readonly bytes: number;
  readonly batches: number;
  readonly records: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly problems: readonly Problem[];
}

/** What a worker is asked for; plain data. */
export interface VerifyTask {
  readonly dir: string;
  readonly baseOffset: number;
  readonly deep: boolean;
}

export async function verifyPartition(options: VerifyOptions): Promise<PartitionReport> {
  const env = realEnv(options.env);
  const { dir, signal } = options;
  const deep = options.deep ?? true;
  const bases = listSegments(env.fs, dir);
  if (bases.length === 0) {
    throw new NotFoundError('LOG_NOT_FOUND', 'no segment in this directory', {
      context: { path: dir },
    });
  }
  const segments: SegmentReport[] = [];
  const take = (report: SegmentReport): void => {
    segments.push(report);
    options.onSegment?.(report);
  };
  if ((options.threads ?? 0) > 0) {
    await using pool = workerPool<VerifyTask, SegmentReport>({
      module: new URL('./verify-task.js', import.meta.url),
      task: 'verifySegmentTask',
      threads: options.threads!,
    });
    const reports = bases.map((baseOffset) => pool.run({ dir, baseOffset, deep }, signal));
    for (const report of reports) take(await report);
  } else {
    for (const baseOffset of bases) {
      throwIfAborted(signal);
      take(verifySegment(env.fs, dir, baseOffset, { deep }));
      await env.timers.turn();
    }
  }
  return summarise(dir, segments, verifySmallFiles(env.fs, dir));
}

function summarise(
  dir: string,
  segments: readonly SegmentReport[],
  smallFiles: readonly Problem[],
): PartitionReport {
  const problems = segments.flatMap((segment) => segment.problems).concat(smallFiles);
  let bytes = 0;
  let batches = 0;
  let records = 0;
  let end = 0;
  for (const segment of segments) {
    bytes += segment.bytes;
    batches += segment.batches;
    records += segment.records;
    if (segment.firstOffset < end) {
      const path = joinPath(dir, logFileName(segment.baseOffset));
      problems.push({ path, position: 0, reason: `the segment before ends at offset ${end - 1}` });
    }
    end = Math.max(end, segment.nextOffset);
  }
  const logStartOffset = segments[0]!.baseOffset;
  return { dir, segments, bytes, batches, records, logStartOffset, logEndOffset: end, problems };
}
