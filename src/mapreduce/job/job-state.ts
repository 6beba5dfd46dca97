/**
 * What a job remembers of itself on disk, so that after a crash it goes on from what is finished.
 *
 *     job            {"id", "fingerprint"}: of the plan and the splits
 *     map/<index>    {"attempt"}: its output is whole; its counters lie beside it
 *     reduce/<index> {"attempt"}: its output is committed
 *
 * Entries are durable before the job relies on them. State needs the real disk; on any other file
 * system a job has none and begins anew.
 */
import { atomicReplace, joinPath, type FileSystem } from '../../../native-free-io/index.ts';
import { MetadataStore } from '../../metadata/index.ts';
import type { CounterValues } from './counters.ts';

export type TaskKind = 'map' | 'reduce';

export interface FinishedTask {
  readonly index: number;
  readonly attempt: number;
}

/** What a state is of. */
export interface JobEntry {
  readonly id: string;
  readonly fingerprint: string;
}

const fileName = 'state.lmdb';
const countersName = 'counters.json';

export class JobState implements AsyncDisposable {
  readonly #store: MetadataStore | undefined;
  readonly #fs: FileSystem;

  private constructor(fs: FileSystem, store: MetadataStore | undefined) {
    this.#fs = fs;
    this.#store = store;
  }

  static async open(fs: FileSystem, dir: string): Promise<JobState> {
    if (fs.name !== 'node') return new JobState(fs, undefined);
    return new JobState(fs, await MetadataStore.open({ fs, path: joinPath(dir, fileName) }));
  }

  static exists(fs: FileSystem, dir: string): boolean {
    return fs.name === 'node' && fs.statSync(joinPath(dir, fileName)) !== undefined;
  }

  /** Of the job that left this state; undefined in a new one. */
  get job(): JobEntry | undefined {
    return read(this.#store?.get('job')) as JobEntry | undefined;
  }

  async begin(id: string, fingerprint: string): Promise<void> {
    await this.#store?.put('job', written({ id, fingerprint }));
  }

  finished(kind: TaskKind): FinishedTask[] {
    return (this.#store?.entries(`${kind}/`) ?? []).map(({ key, value }) => ({
      index: Number(key.split('/')[1]),
      ...(read(value) as { readonly attempt: number }),
    }));
  }

  /** `dir` is where the task's counters are kept. */
  async finish(
    kind: TaskKind,
    { index, attempt }: FinishedTask,
    kept: { readonly dir: string; readonly counters: CounterValues },
  ): Promise<void> {
    if (this.#store === undefined) return;
    await this.#fs.makeDirectory(kept.dir);
    const bytes = written(kept.counters);
    await atomicReplace(this.#fs, joinPath(kept.dir, `${kind}-${index}-${countersName}`), bytes);
    await this.#store.put(`${kind}/${index}`, written({ attempt }));
  }

  async forget(kind: TaskKind, index: number): Promise<void> {
    await this.#store?.remove(`${kind}/${index}`);
  }

  /** Counters that `finish` kept. */
  countersOf(kind: TaskKind, index: number, dir: string): CounterValues {
    const file = this.#fs.openSync(joinPath(dir, `${kind}-${index}-${countersName}`), 'read');
    try {
      const bytes = new Uint8Array(file.sizeSync());
      file.readSync(bytes, 0, bytes.length, 0);
      return read(bytes) as CounterValues;
    } finally {
      file.closeSync();
    }
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function written(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function read(bytes: Uint8Array | undefined): unknown {
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}
