/** A partition directory in a standing world, opened as often as a test likes. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PartitionLog, type LogConfigInput, type OpenOptions } from '../../src/log/index.ts';
import { manualEnv, type ManualEnv } from './manual-env.ts';
import { ObservedFileSystem } from './observed-fs.ts';
import { temporaryFolder } from './temporary-folder.ts';

export class LogWorld {
  readonly dir: string;
  readonly env: ManualEnv;
  readonly observed: ObservedFileSystem = new ObservedFileSystem();

  constructor(dir: string = join(temporaryFolder(), 'orders-0'), env: ManualEnv = manualEnv()) {
    this.dir = dir;
    this.env = env;
  }

  /** Opens the log; it is closed when the test ends, if the test has not done so. */
  async open(
    config: LogConfigInput = {},
    options: Partial<Omit<OpenOptions, 'dir' | 'config'>> = {},
  ): Promise<PartitionLog> {
    const { clock, timers, random, logger } = this.env;
    const env = { fs: this.observed.fs, clock, timers, random, logger };
    const log = await PartitionLog.open({ dir: this.dir, config, env, ...options });
    onTestFinished(() => log.close().catch(() => undefined));
    return log;
  }

  /** What a machine would find after the process died now: a copy, without the lock. */
  crashed(): LogWorld {
    const copy = new LogWorld(join(temporaryFolder(), 'orders-0'), this.env);
    cpSync(this.dir, copy.dir, { recursive: true, preserveTimestamps: true });
    rmSync(join(copy.dir, '.varve_lock'), { recursive: true, force: true });
    return copy;
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** Names in the directory, sorted; the two files of varve's own left out. */
  names(): string[] {
    return readdirSync(this.dir)
      .filter((name) => !name.startsWith('.varve_'))
      .sort();
  }

  namesEnding(ending: string): string[] {
    return this.names().filter((name) => name.endsWith(ending));
  }

  bytesOf(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }
}

/** `count` records with their number in the value. */
export function numbered(count: number, from = 0): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `k${from + index}`,
    value: `value ${from + index}`,
  }));
}

/** Name of a segment's file. */
export function segmentFile(baseOffset: number, type: string): string {
  return `${String(baseOffset).padStart(20, '0')}.${type}`;
}
