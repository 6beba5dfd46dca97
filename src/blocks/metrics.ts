/** What a store counted since it was opened. */
export interface BlockMetrics {
  readonly bytesWritten: number;
  readonly bytesRead: number;
  /** Of these, verified. */
  readonly bytesVerified: number;
  readonly blocksFinalized: number;
  readonly blocksDeleted: number;
  readonly flushes: number;
  readonly syncs: number;
  /** Damage met by reads and scans. */
  readonly corruptions: number;
  /** Reads that went on with another copy. */
  readonly otherCopies: number;
  readonly blocksScanned: number;
  readonly bytesScanned: number;
  readonly volumesFailed: number;
}

/** Counters, written by everyone who works for the store. */
export class StoreMetrics implements BlockMetrics {
  bytesWritten = 0;
  bytesRead = 0;
  bytesVerified = 0;
  blocksFinalized = 0;
  blocksDeleted = 0;
  flushes = 0;
  syncs = 0;
  corruptions = 0;
  otherCopies = 0;
  blocksScanned = 0;
  bytesScanned = 0;
  volumesFailed = 0;

  snapshot(): BlockMetrics {
    return Object.freeze(Object.assign({}, this));
  }
}
