/**
 * The log of a database: its files, what of them is still needed, and replay at the opening.
 *
 * A file goes to the archive once every region has in store files what the file holds of it. Files
 * of an earlier owner are replayed and stay until the regions they tell of have been flushed.
 */
import { joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import type { LogEntry, RegionLog } from '../region/region-log.ts';
import { makeDirectories } from '../region/small-files.ts';
import { WalFile, readWal } from './temporary-wal.ts';

interface OpenFile {
  readonly wal: WalFile;
  /** Highest sequence id of every region in the file. */
  readonly highest: Map<string, number>;
}

export class DatabaseLog implements RegionLog {
  readonly #env: Env;
  readonly #dir: string;
  readonly #rollBytes: number;
  #current: OpenFile;
  /** Rolled, not archived yet; oldest first. */
  #older: OpenFile[] = [];
  readonly #flushed = new Map<string, number>();
  #isFlushScheduled = false;
  #isClosed = false;

  private constructor(env: Env, dir: string, rollBytes: number) {
    this.#env = env;
    this.#dir = dir;
    this.#rollBytes = rollBytes;
    this.#current = this.#newFile();
  }

  /** A new file beside those that are there. */
  static open(env: Env, root: string, rollBytes: number): DatabaseLog {
    const dir = joinPath(root, 'WALs', 'varve');
    makeDirectories(env.fs, dir);
    return new DatabaseLog(env, dir, rollBytes);
  }

  /** Files of earlier owners, oldest first. */
  static filesOf(fs: FileSystem, root: string): string[] {
    const dir = joinPath(root, 'WALs', 'varve');
    if (fs.statSync(dir) === undefined) return [];
    return fs
      .listSync(dir)
      .filter(({ name }) => /^varve\.\d+$/.test(name))
      .map(({ name }) => joinPath(dir, name));
  }

  static replay(fs: FileSystem, path: string, visit: (entry: LogEntry) => void): void {
    readWal(fs, path, visit);
  }

  get bytes(): number {
    let bytes = this.#current.wal.position;
    for (const { wal } of this.#older) bytes += wal.position;
    return bytes;
  }

  append(entry: LogEntry): void {
    if (this.#current.wal.position >= this.#rollBytes) this.#roll();
    const { wal, highest } = this.#current;
    wal.append(entry);
    highest.set(entry.region, entry.sequenceId);
    if (!this.#isFlushScheduled) this.#flushLater();
  }

  /** Files rolled since are durable already. */
  async sync(): Promise<void> {
    await Promise.all([...this.#older.map(({ wal }) => wal.sync()), this.#current.wal.sync()]);
  }

  flushed(region: string, sequenceId: number): void {
    this.#flushed.set(region, sequenceId);
    this.#archive();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { wal } of [...this.#older, this.#current]) await wal.close();
  }

  /** What nobody waits for reaches the system at the end of the turn, in one write. */
  #flushLater(): void {
    this.#isFlushScheduled = true;
    void this.#env.timers.turn().then(() => {
      this.#isFlushScheduled = false;
      if (!this.#isClosed) this.#current.wal.flush();
    });
  }

  #roll(): void {
    this.#older.push(this.#current);
    this.#current = this.#newFile();
  }

  #newFile(): OpenFile {
    const { fs, clock } = this.#env;
    let number = clock.now();
    while (fs.statSync(joinPath(this.#dir, `varve.${number}`)) !== undefined) number++;
    const wal = WalFile.create(fs, joinPath(this.#dir, `varve.${number}`));
    return { wal, highest: new Map() };
  }

  #archive(): void {
    const stays: OpenFile[] = [];
    for (const file of this.#older) {
      const isNeeded = [...file.highest].some(
        ([region, highest]) => highest > (this.#flushed.get(region) ?? -1),
      );
      if (isNeeded) stays.push(file);
      else {
        void file.wal.close();
        this.#env.fs.removeFileSync(file.wal.path);
      }
    }
    this.#older = stays;
  }
}
