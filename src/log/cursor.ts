/**
 * A named, durable place in a log: what one consumer has done, and where it goes on.
 *
 * Invariants: C1 a synced commit is never lost and never goes back, except by `reset` or `delete`;
 * C2 no position becomes durable before the records below it are: after a crash of the machine a
 * cursor never lies beyond the log's end, where it would skip records written later; C3 changes
 * become durable in the order of the calls. Commits that arrive while one is being written share
 * the next one.
 */
import { InvalidArgumentError, StateError } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import type { MetadataStore } from '../metadata/index.ts';
import type { CommitOptions, CursorLog, CursorTarget } from './cursor-log.ts';
import { readFromCursor, type CursorReadOptions } from './cursor-read.ts';
import { decodeCursorValue, encodeCursorValue } from './cursor-value.ts';
import type { LogBatch } from './log-batch.ts';
import type { LogCore } from './log-core.ts';
import { checkReadOffset } from './read.ts';

/** What a cursor is made of. */
export interface CursorParts {
  readonly name: string;
  readonly key: string;
  readonly log: CursorLog;
  readonly store: MetadataStore;
  readonly env: Pick<Env, 'clock' | 'logger'>;
  /** Throws when the log or the store is closed. */
  readonly assertOpen: () => void;
}

export class LogCursor {
  readonly name: string;
  readonly #parts: CursorParts;
  #position: number | undefined;
  #syncedPosition: number | undefined;
  /** Counts changes: the newest, and the newest that is durable. */
  #version = 0;
  #syncedVersion = 0;
  #writing: Promise<void> | undefined = undefined;

  constructor(parts: CursorParts) {
    this.name = parts.name;
    this.#parts = parts;
    const stored = parts.store.get(parts.key);
    if (stored === undefined) return;
    this.#position = decodeCursorValue(stored, parts.store.path).position;
    this.#syncedPosition = this.#position;
  }

  /** Offset of the first record not consumed, as committed last; undefined before any commit. */
  get position(): number | undefined {
    return this.#position;
  }

  /** The position that a crash now would leave. */
  get syncedPosition(): number | undefined {
    return this.#syncedPosition;
  }

  /** Offsets between the position (or the log's start) and the end that readers see. */
  get lag(): number {
    const { core } = this.#parts.log;
    const from = Math.max(this.#position ?? core.logStartOffset, core.logStartOffset);
    return Math.max(0, core.highWatermark - from);
  }

  /**
   * Everything below `offset` is done: after a batch, its `lastOffset + 1`. Forward only; a
   * position lower than the last one is refused with LOG_CURSOR_BEHIND.
   */
  async commit(offset: number, options: CommitOptions = {}): Promise<void> {
    const { log, assertOpen } = this.#parts;
    assertOpen();
    const { durability = 'synced' } = options;
    if (durability !== 'synced' && durability !== 'buffered') {
      throw new InvalidArgumentError('OPTION_INVALID', 'durability: not buffered or synced');
    }
    if (this.#position !== undefined && offset < this.#position) {
      throw new InvalidArgumentError(
        'LOG_CURSOR_BEHIND',
        `offset ${offset} lies below the position ${this.#position} of cursor '${this.name}'`,
        { context: { path: log.core.dir, offset } },
      );
    }
    // Retention may have passed what is being committed, so only the end bounds it.
    checkReadOffset(log.core, Math.max(offset, log.core.logStartOffset));
    if (offset !== this.#position) this.#change(offset);
    const settled = this.#settle(this.#version);
    if (durability === 'synced') return settled;
    settled.catch((error: unknown) => this.#tell(error));
  }

  /**
   * Batches from the position on, each valid until the next pull; the batch that holds the position
   * is given whole. Nothing is committed unless `commit` is given.
   */
  read(options: CursorReadOptions = {}): AsyncIterableIterator<LogBatch> {
    this.#parts.assertOpen();
    return readFromCursor(this, this.#parts.log, options);
  }

  /** Puts the cursor anywhere in the log, also back. Durable when it resolves. */
  async reset(to: CursorTarget): Promise<void> {
    const { log, assertOpen } = this.#parts;
    assertOpen();
    const offset = resolveTarget(log.core, to);
    checkReadOffset(log.core, offset);
    this.#change(offset);
    await this.#settle(this.#version);
  }

  /** Forgets the position. Durable when it resolves; the next commit begins anew. */
  async delete(): Promise<void> {
    this.#parts.assertOpen();
    this.#change(undefined);
    await this.#settle(this.#version);
  }

  /** Waits until everything committed so far is durable. */
  async settle(): Promise<void> {
    await this.#settle(this.#version);
  }

  #change(position: number | undefined): void {
    this.#position = position;
    this.#version++;
  }

  async #settle(version: number): Promise<void> {
    while (this.#syncedVersion < version) {
      this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    const { store, key, env } = this.#parts;
    const version = this.#version;
    const position = this.#position;
    if (position === undefined) {
      await store.remove(key);
    } else {
      await this.#makeRecordsDurable(position);
      const committedAtMs = env.clock.now();
      await store.put(key, encodeCursorValue({ position, committedAtMs }));
    }
    this.#syncedVersion = version;
    this.#syncedPosition = position;
  }

  /** C2. Of a log opened read-only nothing can be made durable: its writer must. */
  async #makeRecordsDurable(position: number): Promise<void> {
    const { log } = this.#parts;
    if (log.readOnly) return;
    const { core } = log;
    while (core.recoveryPoint < position) {
      if (position > core.logEndOffset) {
        throw new StateError('LOG_CURSOR_LOST', 'the records were truncated before the commit', {
          context: { path: core.dir, position, logEndOffset: core.logEndOffset },
        });
      }
      await log.sync();
    }
  }

  #tell(error: unknown): void {
    const { log, env } = this.#parts;
    env.logger.log('error', 'a buffered commit of a cursor failed', {
      dir: log.core.dir,
      cursor: this.name,
      error: String(error),
    });
  }
}

function resolveTarget(core: LogCore, to: CursorTarget): number {
  if (to === 'earliest') return core.logStartOffset;
  return to === 'latest' ? core.highWatermark : to;
}
