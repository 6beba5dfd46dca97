/**
 * The cursors of one log: opened by name, listed, deleted. Each name has one object, so that all
 * who commit to it see one position.
 */
import { StateError } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import type { MetadataStore } from '../metadata/index.ts';
import { LogCursor } from './cursor.ts';
import type { CursorLog } from './cursor-log.ts';
import { assertCursorName, cursorKey, decodeCursorValue, parseCursorKey } from './cursor-value.ts';

/** A cursor as it is stored. */
export interface CursorInfo {
  readonly name: string;
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly committedAtMs: number;
}

export interface LogCursorsParts {
  readonly log: CursorLog;
  readonly scope: string;
  readonly store: MetadataStore;
  readonly env: Env;
}

export class LogCursors implements AsyncDisposable {
  readonly log: CursorLog;
  readonly #parts: LogCursorsParts;
  readonly #open = new Map<string, LogCursor>();
  #closing: Promise<void> | undefined = undefined;

  constructor(parts: LogCursorsParts) {
    this.log = parts.log;
    this.#parts = parts;
  }

  /** The cursor of that name; the same object each time. Nothing is stored before its commit. */
  cursor(name: string): LogCursor {
    this.#assertOpen();
    assertCursorName(name);
    let cursor = this.#open.get(name);
    if (cursor === undefined) {
      const { log, scope, store, env } = this.#parts;
      const assertOpen = (): void => this.#assertOpen();
      cursor = new LogCursor({ name, key: cursorKey(scope, name), log, store, env, assertOpen });
      this.#open.set(name, cursor);
    }
    return cursor;
  }

  /** Those that have a position, by name. */
  list(): CursorInfo[] {
    this.#assertOpen();
    const { store, scope } = this.#parts;
    return store
      .entries(cursorKey(scope, ''))
      .map(({ key, value }) => ({
        name: parseCursorKey(key).name,
        ...decodeCursorValue(value, store.path),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Forgets a cursor, durably; no error if there is none. */
  async delete(name: string): Promise<void> {
    await this.cursor(name).delete();
  }

  /** Makes what was committed durable; cursors refuse work from then on. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const settled = await Promise.allSettled(
      Array.from(this.#open.values(), (one) => one.settle()),
    );
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new StateError('LOG_CLOSED', 'the log or its store of cursors is closed', {
      context: { path: this.log.core.dir },
    });
  }
}
