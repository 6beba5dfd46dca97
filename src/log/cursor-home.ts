/**
 * Opens the cursors of a log when they are first asked for, in the log's own directory or in the
 * store of the log directory it belongs to, and closes them with the log. A log nobody asks for a
 * cursor never loads what stands below.
 */
import { StateError } from '../../native-free-io/index.ts';
import type { CursorLog } from './cursor-log.ts';
import { CursorStore } from './cursor-store.ts';
import type { LogCursors } from './cursors.ts';

/** The store of a log directory, and the name of the log in it. */
export interface SharedCursors {
  readonly open: () => Promise<CursorStore>;
  readonly scope: string;
}

interface Home {
  readonly cursors: LogCursors;
  /** To be closed with the log; undefined when it is shared. */
  readonly own: CursorStore | undefined;
}

export class CursorHome {
  readonly #log: CursorLog;
  readonly #shared: SharedCursors | undefined;
  #opening: Promise<Home> | undefined = undefined;

  /** `sync` works also while the log closes, unlike the log's own. */
  constructor(log: CursorLog, sync: () => Promise<void>, shared: SharedCursors | undefined) {
    const { core, readOnly } = log;
    this.#log = { core, readOnly, read: (options) => log.read(options), sync };
    this.#shared = shared;
  }

  async cursors(): Promise<LogCursors> {
    if (this.#log.readOnly) {
      throw new StateError(
        'LOG_READ_ONLY',
        'the log was opened read-only; keep its cursors elsewhere: CursorStore.open({ dir })',
        { context: { path: this.#log.core.dir } },
      );
    }
    this.#opening ??= this.#open();
    try {
      return (await this.#opening).cursors;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** Makes what was committed durable. */
  async close(): Promise<void> {
    const home = await this.#opening?.catch(() => undefined);
    if (home === undefined) return;
    try {
      await home.cursors.close();
    } finally {
      await home.own?.close();
    }
  }

  async #open(): Promise<Home> {
    const shared = this.#shared;
    if (shared !== undefined) {
      const store = await shared.open();
      return { cursors: await store.of(this.#log, { scope: shared.scope }), own: undefined };
    }
    const own = await CursorStore.open({ dir: this.#log.core.dir, env: this.#log.core.env });
    // The directory may be renamed and moved: within it the log needs no name.
    return { cursors: await own.of(this.#log, { scope: '' }), own };
  }
}
