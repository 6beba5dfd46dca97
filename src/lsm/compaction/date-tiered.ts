/**
 * Compaction of data that comes in by time: files are gathered in windows, small ones for the
 * newest data, four times as large per tier; each window ends as one file and is left alone then.
 *
 * Upstream: apache/hbase: .../compactions/DateTieredCompactionPolicy.java,
 * ExponentialCompactionWindowFactory.java; base window 6 h, 4 windows per tier, 6 files in the
 * incoming window.
 */
import { explore, type Candidate, type PolicySettings } from './policy.ts';

export const baseWindowMs: number = 6 * 3_600_000;
export const windowsPerTier = 4;
export const incomingMin = 6;

export interface TimeWindow {
  /** Inclusive, milliseconds. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

export interface TieredSelection<File extends Candidate> {
  readonly files: readonly File[];
  /** Ascending: the output is cut at these timestamps. */
  readonly boundaries: readonly number[];
}

/** The window that time lies in, and those before it, newest first. */
export function* windowsFrom(nowMs: number): IterableIterator<TimeWindow> {
  let sizeMs = baseWindowMs;
  let startMs = Math.floor(nowMs / sizeMs) * sizeMs;
  yield { startMs, endMs: startMs + sizeMs };
  for (;;) {
    // A tier ends where the next one's windows begin.
    if ((startMs / sizeMs) % windowsPerTier === 0 && sizeMs < Number.MAX_SAFE_INTEGER / 8) {
      const larger = sizeMs * windowsPerTier;
      sizeMs = larger;
    }
    if (startMs <= 0) return;
    const endMs = startMs;
    startMs = Math.floor((endMs - 1) / sizeMs) * sizeMs;
    yield { startMs, endMs };
  }
}

/** The newest window with enough files; files are given oldest first. */
export function selectTiered<File extends Candidate>(
  files: readonly File[],
  settings: PolicySettings,
  nowMs: number,
): TieredSelection<File> | undefined {
  if (files.some((file) => file.isCompacting)) return undefined;
  let isIncoming = true;
  for (const { startMs, endMs } of windowsFrom(nowMs)) {
    const inside = files.filter(
      (file) => file.maxTimestamp >= startMs && (file.maxTimestamp < endMs || isIncoming),
    );
    const least = isIncoming ? incomingMin : settings.compactionMin;
    isIncoming = false;
    if (inside.length < least) continue;
    const chosen = explore(contiguous(files, inside), settings, false);
    if (chosen.length >= Math.min(least, settings.compactionMin) && chosen.length > 1) {
      return { files: chosen, boundaries: boundariesOf(chosen, nowMs) };
    }
  }
  return undefined;
}

/** The longest run of neighbours: a gap must not be compacted over. */
function contiguous<File extends Candidate>(
  files: readonly File[],
  inside: readonly File[],
): readonly File[] {
  const first = files.indexOf(inside[0]!);
  const last = files.indexOf(inside.at(-1)!);
  const run = files.slice(first, last + 1);
  return run.length === inside.length ? run : inside.slice(0, 1);
}

/** Borders of windows strictly within the times of the files. */
function boundariesOf(files: readonly Candidate[], nowMs: number): number[] {
  const oldest = Math.min(...files.map((file) => file.minTimestamp));
  const newest = Math.max(...files.map((file) => file.maxTimestamp));
  const borders: number[] = [];
  for (const { startMs, endMs } of windowsFrom(nowMs)) {
    if (endMs <= oldest) break;
    if (startMs > oldest && startMs <= newest) borders.push(startMs);
  }
  return borders.toReversed();
}
