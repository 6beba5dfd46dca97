/** What opening a store found and did: nothing happens to a file without a line here. */
export interface AsideFile {
  /** Where it was. */
  readonly path: string;
  /** Where it is now. */
  readonly movedTo: string;
  readonly reason: string;
}

export interface RecoveredReplica {
  readonly id: bigint;
  readonly volume: string;
  /** Bytes kept. */
  readonly length: number;
  /** Bytes behind the last good chunk, which HDFS's rule drops. */
  readonly droppedBytes: number;
}

export interface LoadReport {
  readonly replicas: number;
  /** Replicas that were being written, now waiting for recovery. */
  readonly recovered: readonly RecoveredReplica[];
  /** Files that belong to no replica, moved to `varve/lost+found` of their volume. */
  readonly aside: readonly AsideFile[];
  /** Moves that a crash had cut and that were completed or undone, in words. */
  readonly repairs: readonly string[];
  /** Files of unfinished copies, removed as HDFS does. */
  readonly removedTemporary: number;
  /** Volumes that could not be opened. */
  readonly failedVolumes: readonly { readonly dir: string; readonly reason: string }[];
}

export class LoadNotes implements LoadReport {
  replicas = 0;
  readonly recovered: RecoveredReplica[] = [];
  readonly aside: AsideFile[] = [];
  readonly repairs: string[] = [];
  removedTemporary = 0;
  readonly failedVolumes: { dir: string; reason: string }[] = [];
}
