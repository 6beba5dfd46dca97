/**
 * Where cursors are kept: one file `.varve_cursors`, in the directory of a partition opened alone,
 * in the root of a log directory for all its partitions, or wherever a reader of somebody else's
 * log wants it.
 *
 * Plain files in a partition or a log root are ignored by a broker; a directory in a root would
 * keep it from starting.
 */
import { baseName, joinPath, StateError } from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../env/index.ts';
import { MetadataStore } from '../metadata/index.ts';
import type { CursorLog } from './cursor-log.ts';
import { assertScope, cursorKey, decodeCursorValue, parseCursorKey } from './cursor-value.ts';
import { LogCursors, type CursorInfo } from './cursors.ts';
import { makeDirectoryDurably } from './durable-directory.ts';

export interface CursorStoreOptions {
  /** Made if missing. */
  readonly dir: string;
  /** Cursors live on the real disk only: another `fs` is refused. */
  readonly env?: Partial<Env>;
}

/** A cursor with the log it belongs to. */
export interface ScopedCursorInfo extends CursorInfo {
  /** Name of the log's directory, or what was given instead. */
  readonly scope: string;
}

const fileName = '.varve_cursors';

export class CursorStore implements AsyncDisposable {
  readonly dir: string;
  readonly #env: Env;
  readonly #store: MetadataStore;
  readonly #logs = new Map<string, LogCursors>();
  #closing: Promise<void> | undefined = undefined;

  private constructor(dir: string, env: Env, store: MetadataStore) {
    this.dir = dir;
    this.#env = env;
    this.#store = store;
  }

  /** Opens the store of a directory, or makes it. One opener at a time: IO_LOCKED. */
  static async open(options: CursorStoreOptions): Promise<CursorStore> {
    const env = realEnv(options.env);
    const { dir } = options;
    if (env.fs.name === 'node') makeDirectoryDurably(env.fs, dir);
    const store = await MetadataStore.open({ path: joinPath(dir, fileName), fs: env.fs });
    return new CursorStore(dir, env, store);
  }

  /** Whether a directory holds a store. */
  static existsIn(dir: string, { fs }: Pick<Env, 'fs'>): boolean {
    return fs.statSync(joinPath(dir, fileName)) !== undefined;
  }

  /** The cursors of a log, known by the name of its directory unless `scope` says otherwise. */
  async of(log: CursorLog, options: { readonly scope?: string } = {}): Promise<LogCursors> {
    this.#assertOpen();
    const scope = options.scope ?? baseName(log.core.dir);
    assertScope(scope);
    const known = this.#logs.get(scope);
    if (known?.log === log) return known;
    if (known !== undefined) {
      if (!known.log.core.closing) {
        throw new StateError('LOG_BUSY', `another open log has the cursors of '${scope}'`, {
          context: { path: this.dir },
        });
      }
      await known.close();
    }
    const cursors = new LogCursors({ log, scope, store: this.#store, env: this.#env });
    this.#logs.set(scope, cursors);
    return cursors;
  }

  /** All cursors of all logs. */
  list(): ScopedCursorInfo[] {
    this.#assertOpen();
    return this.#store
      .entries()
      .map(({ key, value }) => ({
        ...parseCursorKey(key),
        ...decodeCursorValue(value, this.#store.path),
      }))
      .toSorted((a, b) => (cursorKey(a.scope, a.name) < cursorKey(b.scope, b.name) ? -1 : 1));
  }

  /** Forgets all cursors of a log that is gone; durable when it resolves. */
  async deleteScope(scope: string): Promise<void> {
    this.#assertOpen();
    await this.#logs.get(scope)?.close();
    this.#logs.delete(scope);
    const keys = this.#store.entries(cursorKey(scope, '')).map(({ key }) => key);
    await this.#store.remove(...keys);
  }

  /** Makes everything durable. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const settled = await Promise.allSettled(Array.from(this.#logs.values(), (one) => one.close()));
    await this.#store.close();
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StateError('METADATA_CLOSED', 'the store of cursors is closed', {
      context: { path: this.dir },
    });
  }
}
