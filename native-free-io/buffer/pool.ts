/**
 * Slabs in size classes (powers of two from 4 KiB), recycled, within a byte budget.
 *
 * Slabs lie in this thread's kernel memory when asked and while there is room, so that a file read
 * lands where the kernels compute and where a socket write starts; otherwise in buffers of their
 * own. In checked mode released bytes are poisoned, and whoever still holds slabs is named.
 */
import { LimitError, StateError } from '../errors.ts';
import { kernelMemory, pageBytes } from '../kernel/memory.ts';
import type { Slab } from './slab.ts';

export interface SlabPoolOptions {
  /** For messages. */
  readonly name?: string;
  /** Most bytes leased at once. Default 256 MiB. */
  readonly budgetBytes?: number;
  /** 'kernel': in kernel memory as far as it goes; 'heap': always own buffers. Default 'kernel'. */
  readonly location?: 'kernel' | 'heap';
  /** Poison released bytes and remember who leased what. Costs time. Default false. */
  readonly checked?: boolean;
}

/** What released bytes are overwritten with in checked mode. */
export const poisonByte = 0xdb;
const defaultBudgetBytes = 256 << 20;

/**
 * Regions of kernel memory that no pool uses now, by size class; shared by all pools of the thread.
 */
const freeRegions = new Map<number, number[]>();

class PooledSlab implements Slab {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly length: number;
  /** Position in kernel memory, -1 when the slab has a buffer of its own. */
  readonly kernelPosition: number;
  readonly pool: SlabPool;
  isLeased: boolean;
  leasedBy: string;

  constructor(pool: SlabPool, length: number, kernelPosition: number) {
    const buffer = kernelPosition < 0 ? new ArrayBuffer(length) : kernelMemory().buffer;
    const start = Math.max(0, kernelPosition);
    this.bytes = new Uint8Array(buffer, start, length);
    this.view = new DataView(buffer, start, length);
    this.length = length;
    this.kernelPosition = kernelPosition;
    this.pool = pool;
    this.isLeased = true;
    this.leasedBy = '';
  }

  release(): void {
    this.pool.take(this);
  }

  [Symbol.dispose](): void {
    this.pool.take(this);
  }
}

export class SlabPool {
  readonly name: string;
  readonly budgetBytes: number;
  readonly #location: 'kernel' | 'heap';
  readonly #checked: boolean;
  readonly #idle = new Map<number, PooledSlab[]>();
  readonly #leased = new Set<PooledSlab>();
  #leasedBytes = 0;

  constructor(options: SlabPoolOptions = {}) {
    this.name = options.name ?? 'slabs';
    this.budgetBytes = options.budgetBytes ?? defaultBudgetBytes;
    this.#location = options.location ?? 'kernel';
    this.#checked = options.checked ?? false;
  }

  /** Bytes out on lease now. */
  get leasedBytes(): number {
    return this.#leasedBytes;
  }

  /** A slab of at least `length` bytes. BUFFER_EXHAUSTED when the budget does not allow it. */
  lease(length: number): Slab {
    const slab = this.tryLease(length);
    if (slab !== undefined) return slab;
    throw new LimitError(
      'BUFFER_EXHAUSTED',
      `${this.name}: ${length} bytes asked for, ${this.#leasedBytes} of ${this.budgetBytes} leased`,
      { retryable: true },
    );
  }

  /** As `lease`, but undefined instead of an error when the budget is used up. */
  tryLease(length: number): Slab | undefined {
    const size = sizeClass(length);
    if (this.#leasedBytes + size > this.budgetBytes) return undefined;
    const slab = this.#idle.get(size)?.pop() ?? this.#make(size);
    slab.isLeased = true;
    this.#leasedBytes += size;
    if (this.#checked) {
      slab.leasedBy = new Error('leased here').stack ?? '';
      this.#leased.add(slab);
    }
    return slab;
  }

  /** Takes a slab back; called by the slab itself. */
  take(slab: PooledSlab): void {
    if (!slab.isLeased) {
      throw new StateError('BUFFER_RELEASED', `${this.name}: a slab was released twice`);
    }
    slab.isLeased = false;
    this.#leasedBytes -= slab.length;
    if (this.#checked) {
      slab.bytes.fill(poisonByte);
      this.#leased.delete(slab);
    }
    const idle = this.#idle.get(slab.length);
    if (idle === undefined) this.#idle.set(slab.length, [slab]);
    else idle.push(slab);
  }

  /** In checked mode: throws BUFFER_LEAKED naming who leased what was never released. */
  assertNoLeaks(): void {
    if (this.#leased.size === 0) return;
    const holders = Array.from(this.#leased, (slab) => `${slab.length} bytes ${slab.leasedBy}`);
    throw new StateError('BUFFER_LEAKED', `${this.name}: ${holders.join('\n')}`);
  }

  /** Drops idle slabs; their kernel regions may then serve other pools. */
  trim(): void {
    for (const [size, slabs] of this.#idle) {
      for (const slab of slabs) {
        if (slab.kernelPosition < 0) continue;
        const free = freeRegions.get(size) ?? [];
        free.push(slab.kernelPosition);
        freeRegions.set(size, free);
      }
    }
    this.#idle.clear();
  }

  #make(size: number): PooledSlab {
    if (this.#location === 'heap') return new PooledSlab(this, size, -1);
    const reused = freeRegions.get(size)?.pop();
    if (reused !== undefined) return new PooledSlab(this, size, reused);
    const memory = kernelMemory();
    const position = memory.availableBytes >= size ? memory.allocate(size) : -1;
    return new PooledSlab(this, size, position);
  }
}

function sizeClass(length: number): number {
  let size = pageBytes;
  while (size < length) size *= 2;
  return size;
}
