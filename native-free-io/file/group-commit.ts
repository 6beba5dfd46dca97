/**
 * Group commit: many waiters, one sync.
 *
 * A caller of `commit` needs everything it wrote before the call to be durable, so it waits for the
 * first sync that BEGINS after the call. While one sync runs, all later callers gather for the
 * next; a thousand waiters therefore cost two syncs, not a thousand.
 *
 * Invariants: G1 at most one sync runs at a time; G2 a failed sync poisons: what the system dropped
 * from its cache cannot be synced again, so every later commit fails with the same cause.
 */
import { IoError } from '../errors.ts';

export class GroupCommit {
  readonly #sync: () => Promise<void>;
  readonly #before: (() => void) | undefined;
  /** The sync that has not begun yet and that new callers join. */
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #failure: { readonly cause: unknown } | undefined;
  #syncs = 0;

  /**
   * `sync` makes everything written before it was called durable. `before` is called right before
   * it; what it throws is for those who wait for this sync and poisons nothing.
   */
  constructor(sync: () => Promise<void>, before?: () => void) {
    this.#sync = sync;
    this.#before = before;
  }

  /** How many syncs were performed. */
  get syncs(): number {
    return this.#syncs;
  }

  /** True after a failed sync: only reopening helps. */
  get isPoisoned(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Resolves once everything written before this call is durable. Throws the sync's own error for
   * those who waited for it, and IO_POISONED (with that error as cause) ever after. Callers that
   * share a sync get the same promise.
   */
  commit(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(poisoned(this.#failure.cause));
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  async #afterRunning(): Promise<void> {
    // A failure of the running sync is its own waiters' affair; here it shows as poison.
    await this.#running.catch(() => undefined);
    this.#next = undefined;
    if (this.#failure !== undefined) throw poisoned(this.#failure.cause);
    this.#before?.();
    this.#syncs++;
    this.#running = this.#sync();
    try {
      await this.#running;
    } catch (error) {
      this.#failure ??= { cause: error };
      throw error;
    }
  }
}

function poisoned(cause: unknown): IoError {
  return new IoError('IO_POISONED', 'an earlier sync failed; reopen to recover', { cause });
}
