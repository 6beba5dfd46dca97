/**
 * What a workload is to the harness: some contenders that do the same work, one of them the raw
 * limit or peer the others are divided by.
 */

/** One measured run. */
export interface Sample {
  readonly seconds: number;
  /** Bytes of payload moved, 0 when the workload counts operations only. */
  readonly bytes: number;
  /** Records, lookups, calls. */
  readonly operations: number;
  /** CPU seconds of this process, user and system. */
  readonly cpuSeconds: number;
}

export interface Contender {
  readonly name: string;
  /** One run; timing is the harness's. Returns what was done. */
  run(): Promise<{ readonly bytes: number; readonly operations: number }>;
}

export interface Target {
  readonly contender: string;
  /** Divided by this one; absent: an absolute rate in the workload's unit. */
  readonly over?: string;
  readonly atLeast: number;
}

export interface Workload {
  readonly name: string;
  /** What the ratio and the rate are of. */
  readonly unit: 'MB/s' | 'records/s' | 'operations/s' | 'us' | 's';
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** Rounds at least; each runs every contender once, in turn. Default 5. */
  readonly rounds?: number;
  /** Awaited before the scratch files are removed. */
  dispose?(): Promise<void>;
}

/** Makes a workload with files of its own below `scratch`. */
export type WorkloadFactory = (scratch: string) => Promise<Workload>;
