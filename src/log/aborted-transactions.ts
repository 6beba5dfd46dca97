/**
 * What a read_committed reader leaves out: transactional batches of a producer from the first
 * offset of an aborted transaction until that producer's ABORT marker.
 */
import type { BatchScanner } from './batch-scanner.ts';
import { readEndTxnMarker } from './format/control-record.ts';
import type { AbortedTxn } from './format/index-entry.ts';

export class AbortedTransactions {
  /** By first offset, ascending; consumed from the front. */
  readonly #pending: AbortedTxn[];
  readonly #active = new Set<bigint>();

  constructor(transactions: readonly AbortedTxn[]) {
    this.#pending = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /**
   * True when the scanner's current batch belongs to an aborted transaction. Call in offset order.
   */
  skips(scanner: BatchScanner): boolean {
    if (this.#pending.length === 0 && this.#active.size === 0) return false;
    const header = scanner.header;
    while (this.#pending.length > 0 && this.#pending[0]!.firstOffset <= header.lastOffset) {
      this.#active.add(this.#pending.shift()!.producerId);
    }
    if (!header.hasProducer || !header.isTransactional) return false;
    if (header.isControl) {
      const marker = readEndTxnMarker(scanner.bytes, scanner.start, scanner.size);
      if (marker?.aborted === true) this.#active.delete(header.producerId);
      return false;
    }
    return this.#active.has(header.producerId);
  }
}
