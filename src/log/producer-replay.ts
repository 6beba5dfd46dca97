/**
 * Feeds batches that are already stored to the producer state: recovery, reload and followers take
 * them as facts, without the checks a new append undergoes.
 */
import type { BatchScanner } from './batch-scanner.ts';
import { readEndTxnMarker } from './format/control-record.ts';
import type { AbortedTxn } from './format/index-entry.ts';
import type { ProducerState } from './producer-state.ts';

/** Feeds one stored batch to the producer state; `onAborted` gets transaction index entries. */
export function replayBatch(
  state: ProducerState,
  scanner: BatchScanner,
  onAborted?: (entry: AbortedTxn) => void,
): void {
  const header = scanner.header;
  if (!header.hasProducer) return;
  if (!header.isControl) {
    state.recordBatch(header);
    return;
  }
  if (header.recordCount === 0) return;
  const marker = readEndTxnMarker(scanner.bytes, scanner.start, scanner.size);
  if (marker === undefined) return;
  const completed = state.recordMarker(header, marker);
  if (completed === undefined) return;
  if (completed.aborted && onAborted !== undefined) {
    onAborted({
      producerId: completed.producerId,
      firstOffset: completed.firstOffset,
      lastOffset: completed.lastOffset,
      lastStableOffset: state.stableOffsetAfter(completed),
    });
  }
  state.complete(completed);
}
