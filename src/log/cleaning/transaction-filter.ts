/**
 * Which transactional batches a cleaning pass may drop: data of aborted transactions at once,
 * markers when no data of their transaction is left.
 *
 * Batches must be shown in offset order; state carries across segments and groups of one pass.
 * Upstream: apache/kafka: storage/.../log/CleanedTransactionMetadata.java; behaviour kept, code our
 *           own.
 */
import type { BatchHeader } from '../format/batch-header.ts';
import { readEndTxnMarker } from '../format/control-record.ts';
import type { AbortedTxn } from '../format/index-entry.ts';

interface OpenAbort {
  readonly transaction: AbortedTxn;
  /** Data of it was seen in this pass. */
  hasData: boolean;
}

export class TransactionFilter {
  /** Not yet reached, by first offset. */
  #pending: AbortedTxn[] = [];
  readonly #aborting = new Map<bigint, OpenAbort>();
  readonly #committing = new Set<bigint>();
  /** Gets the transactions whose entries the new transaction index needs. */
  onRetained: (transaction: AbortedTxn) => void = () => undefined;

  add(transactions: readonly AbortedTxn[]): void {
    this.#pending = [...this.#pending, ...transactions].sort(
      (a, b) => a.firstOffset - b.firstOffset,
    );
  }

  /** True when the data batch belongs to an aborted transaction. */
  dropsData(header: BatchHeader): boolean {
    this.#reach(header.lastOffset);
    if (!header.isTransactional) return false;
    const aborting = this.#aborting.get(header.producerId);
    if (aborting === undefined) {
      this.#committing.add(header.producerId);
      return false;
    }
    aborting.hasData = true;
    return true;
  }

  /**
   * True when the control batch serves no data any more; it goes once its delete horizon is past.
   */
  dropsMarker(header: BatchHeader, bytes: Uint8Array, start: number): boolean {
    this.#reach(header.lastOffset);
    if (header.recordCount === 0) return true;
    const marker = readEndTxnMarker(bytes, start, header.size);
    if (marker === undefined) return false;
    if (!marker.aborted) return !this.#committing.delete(header.producerId);
    const aborting = this.#aborting.get(header.producerId);
    this.#aborting.delete(header.producerId);
    if (aborting?.hasData !== true) return true;
    this.onRetained(aborting.transaction);
    return false;
  }

  #reach(offset: number): void {
    while (this.#pending.length > 0 && this.#pending[0]!.firstOffset <= offset) {
      const transaction = this.#pending.shift()!;
      if (!this.#aborting.has(transaction.producerId)) {
        this.#aborting.set(transaction.producerId, { transaction, hasData: false });
      }
    }
  }
}
