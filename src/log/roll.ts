/**
 * When a new segment begins: by size, by age of the records, by a full index, or because an offset
 * would no longer fit the 32-bit deltas of the indexes.
 *
 * Upstream: apache/kafka: storage/.../log/LogSegment.java (shouldRoll); behaviour kept,
 *           code our own.
 */
import type { LogCore } from './log-core.ts';
import { isCompacted } from './options.ts';

export interface IncomingBatches {
  readonly bytes: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly nowMs: number;
}

export type RollReason = 'size' | 'time' | 'offsetIndex' | 'timeIndex' | 'offsetRange';

/** Why the active segment cannot take these batches; undefined when it can. */
export function rollReason(core: LogCore, incoming: IncomingBatches): RollReason | undefined {
  const active = core.segments.active;
  if (active.size > core.config['segment.bytes'] - incoming.bytes) return 'size';
  if (active.size > 0 && ageOf(core, incoming) > maxAge(core) - core.rollJitterMs) return 'time';
  if (active.offsetIndex.isFull) return 'offsetIndex';
  if (active.timeIndex.isFull) return 'timeIndex';
  if (incoming.lastOffset - active.baseOffset > 0x7fffffff) return 'offsetRange';
  return undefined;
}

/** Rolls when `rollReason` names one. */
export function rollIfNeeded(core: LogCore, incoming: IncomingBatches): RollReason | undefined {
  const reason = rollReason(core, incoming);
  if (reason !== undefined) core.roll(Math.max(incoming.firstOffset, core.logEndOffset));
  return reason;
}

function ageOf(core: LogCore, incoming: IncomingBatches): number {
  const active = core.segments.active;
  return active.firstTimestamp >= 0
    ? incoming.maxTimestamp - active.firstTimestamp
    : incoming.nowMs - active.createdMs;
}

function maxAge(core: LogCore): number {
  const age = core.config['segment.ms'];
  return isCompacted(core.config) ? Math.min(age, core.config['max.compaction.lag.ms']) : age;
}
