/**
 * Bringing the producer state to an offset: newest valid snapshot, then replay of what follows.
 *
 * Upstream: apache/kafka: core/.../log/UnifiedLog.scala (rebuildProducerState); behaviour kept,
 *           code our own.
 */
import { BatchScanner } from './batch-scanner.ts';
import type { LogCore } from './log-core.ts';
import { replayBatch } from './producer-replay.ts';
import { findBatchPosition } from './read.ts';

/** State as of `offset`, with the snapshots upstream would leave behind. */
export function rebuildProducerState(
  core: LogCore,
  offset: number,
  options: { upgradedClean?: boolean } = {},
): void {
  const bases = core.segments.toArray().map((segment) => segment.baseOffset);
  const wanted = new Set([...bases.slice(-2), offset]);
  if (options.upgradedClean === true) {
    // A directory of before snapshots existed, closed in order: upstream begins with no producers.
    core.producers.clear(offset);
    for (const at of [...wanted].sort((a, b) => a - b)) {
      // Nothing can have happened before offset 0, so upstream writes no snapshot there.
      if (at > 0 && at <= offset) core.snapshots.write(core.producers, at);
    }
    return;
  }
  if (core.producers.endOffset !== offset || offset === 0) load(core, offset);
  replay(core, offset, wanted);
  core.producers.endOffset = offset;
  if (offset > core.logStartOffset) core.snapshots.take(core.producers);
}

/** State as of `baseOffset`, before the segment that begins there is recovered. */
export function rebuildStateBefore(core: LogCore, baseOffset: number): void {
  if (core.producers.endOffset === baseOffset && baseOffset > 0) return;
  load(core, baseOffset);
  replay(core, baseOffset, new Set());
  core.producers.endOffset = baseOffset;
}

function load(core: LogCore, offset: number): void {
  core.producers.clear(0);
  core.snapshots.loadNewest(core.producers, offset);
}

/**
 * Replays batches from the state's end offset up to `offset`, snapshotting at the wanted offsets.
 */
function replay(core: LogCore, offset: number, wanted: ReadonlySet<number>): void {
  const from = Math.max(core.producers.endOffset, core.logStartOffset);
  if (from >= offset || core.segments.isEmpty) return;
  using scanner = new BatchScanner({ verify: false });
  for (const segment of core.segments.overlapping(from, offset)) {
    const base = segment.baseOffset;
    if (base > from && wanted.has(base)) {
      core.producers.endOffset = base;
      core.snapshots.take(core.producers);
    }
    const position = from > base ? (findBatchPosition(segment, from) ?? segment.size) : 0;
    scanner.open(segment.file.handle(), position, segment.size);
    while (scanner.next() === 'batch') {
      const header = scanner.header;
      if (header.baseOffset >= offset) break;
      if (header.magic >= 2) replayBatch(core.producers, scanner);
      core.producers.endOffset = header.lastOffset + 1;
    }
  }
}
