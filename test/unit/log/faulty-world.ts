/** A log on a disk that fails by script and can lose its power, and what tests ask of it. */
import { onTestFinished } from 'vitest';
import {
  CrashFileSystem,
  FaultFileSystem,
  type Fault,
  type FaultRule,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import {
  PartitionLog,
  verifyPartition,
  type LogConfigInput,
  type OpenOptions,
} from '../../../src/log/index.ts';
import { buildBatch, collect } from '../../helpers/batches.ts';
import { numbered } from '../../helpers/log-world.ts';
import { manualEnv, type ManualEnv } from '../../helpers/manual-env.ts';

export const dir = '/data/orders-0';
/** Of a batch of three numbered records. */
export const batchBytes: number = buildBatch(numbered(3)).length;
/** Settings for segments of two such batches. */
export const twoBatches: LogConfigInput = { 'segment.bytes': 2 * batchBytes };

export function failing(errno: string): Fault {
  return { kind: 'error', errno };
}

/** A failing file system over a disk that can lose its power, with a log on it. */
export class FaultyWorld {
  readonly disk: CrashFileSystem;
  readonly env: ManualEnv = manualEnv();
  readonly fs: FaultFileSystem;

  constructor(disk: CrashFileSystem = new CrashFileSystem()) {
    this.disk = disk;
    this.fs = new FaultFileSystem(disk, { timers: this.env.time });
  }

  async open(
    config: LogConfigInput = {},
    options: Partial<OpenOptions> = {},
  ): Promise<PartitionLog> {
    const { clock, timers, random, logger } = this.env;
    const env = { fs: this.fs, clock, timers, random, logger };
    const log = await PartitionLog.open({ dir, config, env, ...options });
    onTestFinished(() => log.close().catch(() => undefined));
    return log;
  }

  rule(on: FaultRule['on'], path: string | RegExp, fault: Fault): void {
    this.fs.addRule({ on, path, fault });
  }

  /** The machine loses its power and starts again, with a disk in order. */
  powerCut(): FaultyWorld {
    return new FaultyWorld(this.disk.afterCrash('lose-all'));
  }

  /** The process dies; the machine keeps what it wrote. */
  killed(): FaultyWorld {
    return new FaultyWorld(this.disk.clone());
  }
}

export async function offsetsOf(log: PartitionLog): Promise<number[]> {
  return (await collect(log.read())).map(({ offset }) => offset);
}

export function range(to: number): number[] {
  return Array.from({ length: to }, (_, at) => at);
}

export async function problemsIn(fs: FileSystem): Promise<readonly unknown[]> {
  return (await verifyPartition({ dir, env: { fs } })).problems;
}
