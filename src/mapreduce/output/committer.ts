/**
 * Makes the output of tasks, and then of the job, visible: by renaming what is whole and durable.
 *
 *     <out>/_temporary/0/_temporary/<attempt>/   what an attempt writes
 *     <out>/_temporary/0/<task>/                 the attempt that was committed
 *     <out>/part-r-00000 …, <out>/_SUCCESS       after the job's commit
 *
 * Invariants: O1 a part in <out> is whole; O2 `_SUCCESS` is there only when all parts are, durably;
 * O3 committing again what was committed in part changes nothing else: after a crash the same calls
 * finish it. `_SUCCESS` is written before `_temporary` goes, upstream after it. A crash between the
 * two leaves a job that is done, with leftovers that readers pass over; the other way round it
 * would leave every part and neither the marker nor the job's memory: nobody could tell that all is
 * there.
 *
 * Upstream: apache/hadoop: mapreduce/lib/output/FileOutputCommitter.java, algorithm 1 (Apache-2.0);
 * paths and rules kept, code our own.
 */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { removeTree } from './remove-tree.ts';

export const temporaryName = '_temporary';
export const successName = '_SUCCESS';

export class OutputCommitter {
  readonly #fs: FileSystem;
  readonly dir: string;

  constructor(fs: FileSystem, dir: string) {
    this.#fs = fs;
    this.dir = dir;
  }

  get temporaryDir(): string {
    return joinPath(this.dir, temporaryName);
  }
  get #jobDir(): string {
    return joinPath(this.temporaryDir, '0');
  }

  attemptDir(attempt: string): string {
    return joinPath(this.#jobDir, temporaryName, attempt);
  }

  async setUp(): Promise<void> {
    await this.#fs.makeDirectory(joinPath(this.#jobDir, temporaryName));
  }

  /** A second commit of a task takes the place of the first. */
  async commitTask(attempt: string, task: string): Promise<void> {
    const from = this.attemptDir(attempt);
    if ((await this.#fs.stat(from)) === undefined) return;
    await this.#syncTree(from);
    const to = joinPath(this.#jobDir, task);
    await removeTree(this.#fs, to);
    await this.#fs.rename(from, to);
    await this.#fs.syncDirectory(this.#jobDir);
  }

  async abortTask(attempt: string): Promise<void> {
    await removeTree(this.#fs, this.attemptDir(attempt));
  }

  async isTaskCommitted(task: string): Promise<boolean> {
    return (await this.#fs.stat(joinPath(this.#jobDir, task))) !== undefined;
  }

  async commitJob(): Promise<void> {
    const fs = this.#fs;
    for (const { name, kind } of await fs.list(this.#jobDir)) {
      if (name === temporaryName || kind !== 'directory') continue;
      await this.#mergeInto(joinPath(this.#jobDir, name), this.dir);
    }
    await fs.syncDirectory(this.dir);
    const path = joinPath(this.dir, successName);
    const file = await fs.open(path, 'create');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.syncDirectory(this.dir);
    await removeTree(fs, this.temporaryDir);
  }

  /** Takes away all that is not committed; the directory too when nothing else is in it. */
  async abortJob(): Promise<void> {
    const fs = this.#fs;
    await removeTree(fs, this.temporaryDir);
    if ((await fs.stat(this.dir)) === undefined) return;
    if ((await fs.list(this.dir)).length === 0) await fs.removeDirectory(this.dir);
  }

  /** Files take the place of others, directories join; where kinds differ the source wins. */
  async #mergeInto(from: string, to: string): Promise<void> {
    const fs = this.#fs;
    for (const { name, kind } of await fs.list(from)) {
      const source = joinPath(from, name);
      const target = joinPath(to, name);
      const there = await fs.stat(target);
      if (kind === 'directory' && there?.kind === 'directory') {
        await this.#mergeInto(source, target);
        await fs.syncDirectory(target);
        continue;
      }
      if (there?.kind === 'directory') await removeTree(fs, target);
      await fs.rename(source, target);
    }
  }

  /** Names within an attempt's directory, durable before it moves. */
  async #syncTree(dir: string): Promise<void> {
    for (const { name, kind } of await this.#fs.list(dir)) {
      if (kind === 'directory') await this.#syncTree(joinPath(dir, name));
    }
    await this.#fs.syncDirectory(dir);
  }
}
