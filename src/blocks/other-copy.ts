/** The hook that lets a read go on with another copy when its own is damaged. */
import type { CorruptionError } from '../../native-free-io/index.ts';

/** What a read could not give; whoever is asked returns these bytes, some of the first, or none. */
export interface CopyRequest {
  readonly id: bigint;
  readonly generationStamp: number;
  /** First byte of the block that is missing. */
  readonly start: number;
  /** Byte after the last that is missing. */
  readonly end: number;
  /** What was found here. */
  readonly cause: CorruptionError;
}
