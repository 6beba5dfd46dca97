/**
 * A bump allocator: many small allocations out of one buffer, all freed at once.
 *
 * Allocations are positions, not objects, so structures built in an arena cost the collector
 * nothing and, over a SharedArrayBuffer, can be read by other threads as they are. Positions fit
 * 32 bits and can be stored in the arena itself; 0 is never given out and means "none".
 *
 * The buffer has the size of the budget from the start. The system provides its pages when they
 * are first touched, so an arena costs resident memory for what was allocated, not for its budget.
 *
 * Lifetime: after `reset` every position given out before is void; in checked mode the bytes
 * behind it are poisoned. An arena is used by one thread at a time as far as `allocate` goes.
 */
import { InvalidArgumentError, LimitError } from '../errors.ts';
import { poisonByte } from './pool.ts';

export interface ArenaOptions {
  /** Size of the buffer, 16 bytes to 2 GiB. */
  readonly budgetBytes: number;
  /** 'shared' puts it into a SharedArrayBuffer, for other threads to read. Default 'own'. */
  readonly memory?: 'own' | 'shared';
  /** Poison what `reset` frees. Default false. */
  readonly checked?: boolean;
}

const leastBudgetBytes = 16;
const largestBudgetBytes = 2 ** 31;
/** Keeps 0 from being given out, and the first allocation aligned for anything. */
const firstPosition = 8;
const largestAlignment = 8;

export class Arena {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly budgetBytes: number;
  readonly #checked: boolean;
  #next = firstPosition;

  constructor(options: ArenaOptions) {
    const { budgetBytes } = options;
    const isFit = Number.isInteger(budgetBytes) && budgetBytes <= largestBudgetBytes;
    if (!isFit || budgetBytes < leastBudgetBytes) {
      throw new InvalidArgumentError(
        'IO_INVALID_ARGUMENT',
        `budgetBytes is ${budgetBytes}, not an integer of 16 to ${largestBudgetBytes}`,
      );
    }
    this.buffer =
      options.memory === 'shared'
        ? new SharedArrayBuffer(budgetBytes)
        : new ArrayBuffer(budgetBytes);
    this.bytes = new Uint8Array(this.buffer);
    this.view = new DataView(this.buffer);
    this.budgetBytes = budgetBytes;
    this.#checked = options.checked ?? false;
  }

  /** Bytes given out, alignment gaps included. */
  get allocatedBytes(): number {
    return this.#next - firstPosition;
  }

  /** Bytes an unaligned allocation could still get. */
  get availableBytes(): number {
    return this.budgetBytes - this.#next;
  }

  /** Position of `length` new bytes, aligned to 1, 2, 4 or 8; BUFFER_EXHAUSTED past the budget. */
  allocate(length: number, alignment = 1): number {
    const position = this.tryAllocate(length, alignment);
    if (position !== 0) return position;
    throw new LimitError(
      'BUFFER_EXHAUSTED',
      `${length} bytes asked for, ${this.availableBytes} of ${this.budgetBytes} left`,
    );
  }

  /** As `allocate`, but 0 instead of an error when the budget is used up. */
  tryAllocate(length: number, alignment = 1): number {
    if (!Number.isInteger(length) || length < 0) {
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', `${length} is no length`);
    }
    if (alignment > largestAlignment || (alignment & (alignment - 1)) !== 0 || alignment < 1) {
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', `${alignment} is no alignment`);
    }
    const position = Math.ceil(this.#next / alignment) * alignment;
    if (position + length > this.budgetBytes) return 0;
    this.#next = position + length;
    return position;
  }

  /** Copies `source[start..end]` in; returns where it lies. */
  store(source: Uint8Array, start = 0, end: number = source.length): number {
    const position = this.allocate(end - start);
    const whole = start === 0 && end === source.length;
    this.bytes.set(whole ? source : source.subarray(start, end), position);
    return position;
  }

  /** Frees everything. Bytes are not zeroed. */
  reset(): void {
    if (this.#checked) this.bytes.fill(poisonByte, firstPosition, this.#next);
    this.#next = firstPosition;
  }
}
