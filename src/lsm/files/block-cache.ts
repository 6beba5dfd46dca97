/**
 * Keeps blocks of all files in memory, up to a number of bytes: S3-FIFO, which scans cannot flush.
 *
 * A block enters a small queue (a tenth of the budget); used again while there, it moves on to the
 * main queue, else it goes, and its slot remembers that for a while: coming back soon, it enters
 * the main queue at once. The main queue gives used blocks another round. Finding a block needs no
 * queue and no map: it hangs in a slot of the index block that leads to it.
 *
 * Invariants: B1 bytes held <= budget after every `add`; B2 a block is in its slot exactly while it
 * is held. Lifetime: a block that left stays readable for whoever still has it.
 * Algorithm: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';

/** Where blocks hang: one place for each child of an index block. */
export class BlockSlots<T extends CachedBlock> {
  readonly blocks: (T | undefined)[];
  /** When the block of a slot was dropped last, on the cache's own clock. */
  readonly droppedAt: Float64Array;

  constructor(count: number) {
    this.blocks = Array.from<T | undefined>({ length: count }).fill(undefined);
    this.droppedAt = new Float64Array(count).fill(-Infinity);
  }
}

/** What every kept block carries for the cache. */
export class CachedBlock {
  /** Uses since it entered or was spared, at most three. */
  uses = 0;
  next: CachedBlock | undefined = undefined;
  isInMain = false;
  slots: BlockSlots<CachedBlock> | undefined = undefined;
  slot = 0;
  heldBytes = 0;
}

/** First in, first out, linked through the blocks. */
class Queue {
  head: CachedBlock | undefined = undefined;
  tail: CachedBlock | undefined = undefined;
  bytes = 0;
  count = 0;

  push(block: CachedBlock): void {
    block.next = undefined;
    if (this.tail === undefined) this.head = block;
    else this.tail.next = block;
    this.tail = block;
    this.bytes += block.heldBytes;
    this.count++;
  }

  shift(): CachedBlock | undefined {
    const block = this.head;
    if (block === undefined) return undefined;
    this.head = block.next;
    if (this.head === undefined) this.tail = undefined;
    block.next = undefined;
    this.bytes -= block.heldBytes;
    this.count--;
    return block;
  }
}

export interface BlockCacheFigures {
  readonly heldBytes: number;
  readonly blocks: number;
  /** Blocks that had to be read, and blocks that had to go, since the cache was made. */
  readonly misses: number;
  readonly evictions: number;
}

const smallShare = 0.1;
/** A use counts up to here. */
export const mostUses = 3;

export class BlockCache {
  readonly budgetBytes: number;
  readonly #small = new Queue();
  readonly #main = new Queue();
  #misses = 0;
  #evictions = 0;

  /** Keeps up to `budgetBytes`; 0 keeps nothing. */
  constructor(budgetBytes: number) {
    if (!(budgetBytes >= 0)) {
      throw new InvalidArgumentError('OPTION_INVALID', `a cache of ${budgetBytes} bytes`);
    }
    this.budgetBytes = budgetBytes;
  }

  get figures(): BlockCacheFigures {
    return {
      heldBytes: this.#small.bytes + this.#main.bytes,
      blocks: this.#small.count + this.#main.count,
      misses: this.#misses,
      evictions: this.#evictions,
    };
  }

  /** Keeps a block that was just read, in its slot, unless it is larger than the whole cache. */
  add<T extends CachedBlock>(block: T, slots: BlockSlots<T>, slot: number, bytes: number): void {
    this.#misses++;
    if (bytes > this.budgetBytes) return;
    block.slots = slots as unknown as BlockSlots<CachedBlock>;
    block.slot = slot;
    block.heldBytes = bytes;
    slots.blocks[slot] = block;
    const isBackSoon = this.#evictions - slots.droppedAt[slot]! <= this.#main.count;
    block.isInMain = isBackSoon;
    (isBackSoon ? this.#main : this.#small).push(block);
    while (this.#small.bytes + this.#main.bytes > this.budgetBytes) this.#evictOne();
  }

  /** Lets go of the blocks in these slots, whose file is closed; `visit` sees each. */
  drop<T extends CachedBlock>(slots: BlockSlots<T>, visit?: (block: T) => void): void {
    for (const [slot, block] of slots.blocks.entries()) {
      if (block === undefined) continue;
      visit?.(block);
      slots.blocks[slot] = undefined;
      // It stays in its queue until it comes to the front, but no longer counts.
      this.#discount(block);
    }
  }

  #discount(block: CachedBlock): void {
    (block.isInMain ? this.#main : this.#small).bytes -= block.heldBytes;
    block.heldBytes = 0;
    block.slots = undefined;
  }

  #evictOne(): void {
    const fromSmall = this.#small.bytes > this.budgetBytes * smallShare || this.#main.count === 0;
    const block = (fromSmall ? this.#small : this.#main).shift();
    if (block === undefined) return;
    const { slots } = block;
    if (slots === undefined) return;
    if (block.uses > 0) {
      block.uses = fromSmall ? 0 : block.uses - 1;
      block.isInMain = true;
      this.#main.push(block);
      return;
    }
    this.#evictions++;
    slots.blocks[block.slot] = undefined;
    slots.droppedAt[block.slot] = this.#evictions;
    block.slots = undefined;
  }
}
