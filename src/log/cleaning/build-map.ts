/**
 * Collects the last offset of every key in the dirty part of a log, as far as the map's memory
 * goes.
 *
 * Control batches and batches of aborted transactions do not count. Where the segments have holes,
 * the reach extends over them, so that a hole never stops the next round.
 */
import { AbortedTransactions } from '../aborted-transactions.ts';
import { BatchScanner } from '../batch-scanner.ts';
import { RecordCursor } from '../format/batch-decoder.ts';
import { findBatchPosition } from '../read.ts';
import type { Segment } from '../segment.ts';
import type { CleanTask } from './clean-task.ts';
import type { OffsetMap } from './offset-map.ts';
import type { Throttle } from './throttle.ts';

export async function buildMap(
  task: CleanTask,
  segments: readonly Segment[],
  map: OffsetMap,
  throttle: Throttle,
): Promise<void> {
  const aborted = new AbortedTransactions(
    task.aborted.filter((transaction) => transaction.lastOffset >= task.firstDirty),
  );
  map.latestOffset = task.firstDirty - 1;
  using scanner = new BatchScanner({ verify: true });
  for (const [index, segment] of segments.entries()) {
    const nextBase = segments[index + 1]?.baseOffset ?? task.firstUncleanable;
    if (nextBase <= task.firstDirty) continue;
    const from = Math.max(segment.baseOffset, task.firstDirty);
    const position = findBatchPosition(segment, from) ?? segment.size;
    scanner.open(segment.file.handle(), position, segment.size);
    while (scanner.next() === 'batch') {
      if (!takeBatch(scanner, aborted, map, task.firstDirty)) return;
      if (throttle.add(scanner.size)) await throttle.pause();
    }
    assertWhole(scanner, segment);
    map.latestOffset = nextBase - 1;
  }
}

/** False when the map is full: the rest of the batch and of the log waits for another round. */
function takeBatch(
  scanner: BatchScanner,
  aborted: AbortedTransactions,
  map: OffsetMap,
  firstDirty: number,
): boolean {
  const { header } = scanner;
  const skips = aborted.skips(scanner);
  if (!skips && !header.isControl) {
    const batch = scanner.bytes.subarray(scanner.start, scanner.start + scanner.size);
    for (const cursor = RecordCursor.open(batch); cursor.next();) {
      if (cursor.offset < firstDirty) continue;
      if (cursor.keyStart >= 0) {
        if (map.isFull) return false;
        map.put(cursor.bytes, cursor.keyStart, cursor.keyEnd, cursor.offset);
      }
      map.latestOffset = cursor.offset;
    }
  }
  map.latestOffset = Math.max(map.latestOffset, header.lastOffset);
  return true;
}

function assertWhole(scanner: BatchScanner, segment: Segment): void {
  if (scanner.position === segment.size) return;
  throw scanner.damage();
}
