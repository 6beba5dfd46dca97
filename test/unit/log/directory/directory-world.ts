/** A log root in memory, in a world that stands still, opened as often as a test likes. */
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import type { FileSystem } from '../../../../native-free-io/index.ts';
import { LogDirectory, type LogDirectoryOptions } from '../../../../src/log/index.ts';
import { manualEnv, type ManualEnv } from '../../../helpers/manual-env.ts';
import { ObservedFileSystem } from '../../../helpers/observed-fs.ts';

export class DirectoryWorld {
  readonly dir = '/data';
  readonly disk: MemoryFileSystem;
  readonly observed: ObservedFileSystem;
  readonly env: ManualEnv = manualEnv();

  constructor(disk: MemoryFileSystem = new MemoryFileSystem()) {
    this.disk = disk;
    this.observed = new ObservedFileSystem(disk);
  }

  get fs(): FileSystem {
    return this.observed.fs;
  }

  open(options: Partial<LogDirectoryOptions> = {}): Promise<LogDirectory> {
    const { clock, timers, random, logger } = this.env;
    const env = { fs: this.fs, clock, timers, random, logger };
    return LogDirectory.open({ dir: this.dir, env, maintenance: false, ...options });
  }

  /** What another process would find after this one was killed. */
  killed(): DirectoryWorld {
    const copy = new DirectoryWorld(this.disk.clone());
    copy.env.time.set(this.env.time.now());
    return copy;
  }

  path(name: string): string {
    return `${this.dir}/${name}`;
  }

  names(): string[] {
    return this.disk
      .listSync(this.dir)
      .map(({ name }) => name)
      .sort();
  }

  text(name: string): string {
    const file = this.disk.openSync(this.path(name), 'read');
    try {
      const bytes = new Uint8Array(file.sizeSync());
      file.readSync(bytes, 0, bytes.length, 0);
      return new TextDecoder().decode(bytes);
    } finally {
      file.closeSync();
    }
  }

  put(name: string, text: string): void {
    const file = this.disk.openSync(this.path(name), 'create');
    try {
      const bytes = new TextEncoder().encode(text);
      file.truncateSync(0);
      file.writeSync(bytes, 0, bytes.length, 0);
    } finally {
      file.closeSync();
    }
  }

  makeDirectory(name: string): void {
    this.disk.makeDirectorySync(this.path(name));
  }

  /** Lets everything run that needs turns of the loop only. */
  async settle(turns = 50): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await this.env.time.turn();
  }
}
