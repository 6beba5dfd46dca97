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
  /** Most memory so far of the process that did it, where it is another one. */
  readonly peakBytes?: number;
}

/** What a run did. */
export interface Done {
  readonly bytes: number;
  readonly operations: number;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  readonly peakBytes?: number;
}

export interface Contender {
  readonly name: string;
  /** Before each run, not timed. */
  prepare?(): Promise<void>;
  /** One run; timing is the harness's, unless the contender is a program that timed itself. */
  run(): Promise<Done>;
  /** After each run, not timed. */
  finish?(): Promise<void>;
}

export interface Target {
  readonly contender: string;
  /** Divided by this one; absent: an absolute rate in the workload's unit. */
  readonly over?: string;
  readonly atLeast: number;
}

/** CPU time for the same bytes. */
export interface CpuTarget {
  readonly contender: string;
  readonly over: string;
  readonly cpuAtMost: number;
}

/** Most memory of the processes that did it. */
export interface MemoryTarget {
  readonly contender: string;
  readonly over: string;
  readonly memoryAtMost: number;
}

export interface Workload {
  readonly name: string;
  /** What the ratio and the rate are of. */
  readonly unit: 'MB/s' | 'GB/s' | 'records/s' | 'operations/s' | 'us' | 's' | 'bytes/byte';
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly contenders: readonly Contender[];
  readonly targets: readonly (Target | CpuTarget | MemoryTarget)[];
  /** What a reader should know of the figures: why a target is missed, what else they show. */
  readonly note?: string;
  /**
   * 'in turn': every round runs every contender once, so that a slow minute hits all. 'by
   * contender': all rounds of one before the next, where a contender is a state that cannot be
   * returned to. Default 'in turn'.
   */
  readonly order?: 'in turn' | 'by contender';
  /** Rounds at least; each runs every contender once, in turn. Default 5. */
  readonly rounds?: number;
  /** Awaited before the scratch files are removed. */
  dispose?(): Promise<void>;
}

/** Makes a workload with files of its own below `scratch`. */
export type WorkloadFactory = (scratch: string) => Promise<Workload>;
