/**
 * Log files whose contents are in store files, kept for a while: `<root>/oldWALs/<name>`.
 *
 * Upstream: apache/hbase: hbase-server/.../master/cleaner/TimeToLiveLogCleaner.java; code our own.
 */
import { baseName, joinPath, makeDirectoryDurably } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import { listWalFiles } from './wal-names.ts';

export class LogArchive {
  readonly directory: string;
  readonly #env: Pick<Env, 'fs' | 'clock'>;
  readonly #keepMs: number;

  constructor(
    env: Pick<Env, 'fs' | 'clock'>,
    root: string,
    options: { readonly logArchiveMs: number },
  ) {
    this.directory = joinPath(root, 'oldWALs');
    this.#env = env;
    this.#keepMs = options.logArchiveMs;
  }

  /** Moves a file here; its old directory is the caller's to sync. */
  takeIn(path: string): void {
    const { fs } = this.#env;
    makeDirectoryDurably(fs, this.directory);
    fs.renameSync(path, joinPath(this.directory, baseName(path)));
    fs.syncDirectorySync(this.directory);
  }

  /** Removes files that were last written so long ago; returns how many. */
  async clean(): Promise<number> {
    const { fs, clock } = this.#env;
    const untilMs = clock.now() - this.#keepMs;
    let removed = 0;
    for (const { path } of listWalFiles(fs, this.directory)) {
      const found = await fs.stat(path);
      if (found === undefined || found.mtimeMs >= untilMs) continue;
      await fs.removeFile(path);
      removed++;
    }
    if (removed > 0) await fs.syncDirectory(this.directory);
    return removed;
  }
}
