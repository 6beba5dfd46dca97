/** Memory of large requests over all connections, given in the order of asking. */
import type { MemoryBudget } from './connection.ts';

interface Waiter {
  readonly bytes: number;
  readonly whenFree: () => void;
}

export class RequestMemory implements MemoryBudget {
  readonly #limitBytes: number;
  readonly #waiters: Waiter[] = [];
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** A single request may pass the limit when it is alone: else it could never be read. */
  reserve(bytes: number, whenFree: () => void): boolean {
    if (this.#waiters.length === 0 && this.#fits(bytes)) {
      this.#usedBytes += bytes;
      return true;
    }
    this.#waiters.push({ bytes, whenFree });
    return false;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
    while (this.#waiters.length > 0 && this.#fits(this.#waiters[0]!.bytes)) {
      const { bytes: wanted, whenFree } = this.#waiters.shift()!;
      this.#usedBytes += wanted;
      whenFree();
    }
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limitBytes;
  }
}
