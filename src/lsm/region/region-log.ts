/**
 * What a region asks of the write-ahead log it shares with the other regions of a database.
 */
export interface LogEntry {
  /** Encoded name of the region. */
  readonly region: string;
  readonly table: string;
  readonly sequenceId: number;
  readonly writeTimeMs: number;
  /** Cells one after another, each behind its length: `bytes[start..end]`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly cellCount: number;
}

export interface RegionLog {
  /**
   * LSM_POISONED after a failure. What was appended last may come to be durable all the same: so
   * nothing must be done that this would contradict.
   */
  assertUsable(): void;
  /** Takes the entry over; throws when it cannot be written, and then nothing of it is. */
  append(entry: LogEntry): void;
  /** Resolves when everything appended before is durable. */
  sync(): Promise<void>;
  /** Everything of the region up to this sequence id is in store files. */
  flushed(region: string, sequenceId: number): void;
}
