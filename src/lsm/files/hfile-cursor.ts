/**
 * A cursor over the cells of one store file.
 *
 * Contract: format/cell-cursor.ts. Point reads leave their blocks in the cache; with `scan` the
 * blocks that are not there are read ahead into a buffer of the cursor's own, which `close` gives
 * back, except for the first few where `cachedBlocks` asks for that: nobody knows how long a scan
 * gets, and short ones would otherwise decode the same blocks again and again.
 */
import type { CellCursor } from '../format/cell-cursor.ts';
import { CellView } from '../format/cell-view.ts';
import type { KeyComparator } from '../format/comparator.ts';
import { kvKeyPosition } from '../format/kv-layout.ts';
import { mostUses } from './block-cache.ts';
import type { CursorSource } from './cursor-source.ts';
import type { DataBlock } from './data-block.ts';
import type { IndexBlock } from './index-block.ts';
import { defaultReadAheadBytes, ScanBuffer } from './scan-buffer.ts';

export interface CursorOptions {
  /** Reads ahead and leaves the cache alone. Default no. */
  readonly scan?: boolean;
  /** Of a scan: bytes read at once. Default 256 KiB. */
  readonly readAheadBytes?: number;
  /** Of a scan: blocks that go through the cache before it reads ahead. Default 0. */
  readonly cachedBlocks?: number;
}

/** Cells looked at one by one before a search within the block. */
const nearCells = 4;
const dataTypes = ['data', 'encodedData'] as const;

export class HFileCursor implements CellCursor {
  readonly cell: CellView = new CellView();
  readonly #file: CursorSource;
  readonly #compare: KeyComparator;
  readonly #sequenceId: number;
  readonly #scan: ScanBuffer | undefined;
  #leaf: IndexBlock;
  #entry = 0;
  #block: DataBlock | undefined;
  #index = 0;
  /** Blocks that may still go through the cache, of a scan. */
  #cachedLeft: number;

  constructor(file: CursorSource, options: CursorOptions) {
    this.#file = file;
    this.#compare = file.compare;
    this.#sequenceId = file.sequenceId;
    this.#leaf = file.root;
    this.#cachedLeft = options.cachedBlocks ?? 0;
    if (options.scan === true) {
      const readAheadBytes = options.readAheadBytes ?? defaultReadAheadBytes;
      this.#scan = new ScanBuffer(file.blocks, readAheadBytes);
    }
  }

  first(): boolean {
    const { root } = this.#file;
    if (root.count === 0) return this.#nowhere();
    this.#leaf = this.#firstLeaf(root);
    return this.#enter(0, 0);
  }

  seek(target: CellView): boolean {
    const entry = this.#findEntry(target);
    if (entry < 0) return this.first();
    const block = this.#load(entry);
    const index = block.lowerBound(target, 0, this.#compare);
    return index < block.count ? this.#stand(block, index) : this.#nextBlock();
  }

  reseek(target: CellView): boolean {
    const block = this.#block;
    if (block === undefined) return this.seek(target);
    let index = this.#index;
    const near = Math.min(block.count, index + nearCells);
    for (; index < near; index++) {
      if (this.#orderAt(block, index, target) >= 0) return this.#stand(block, index);
    }
    if (index < block.count && this.#orderAt(block, block.count - 1, target) >= 0) {
      return this.#stand(block, block.lowerBound(target, index, this.#compare));
    }
    if (!this.#nextBlock()) return false;
    const next = this.#block!;
    if (this.#orderAt(next, next.count - 1, target) < 0) return this.seek(target);
    return this.#stand(next, next.lowerBound(target, 0, this.#compare));
  }

  next(): boolean {
    const block = this.#block;
    if (block === undefined) return false;
    const index = this.#index + 1;
    if (index >= block.count) return this.#nextBlock();
    this.#index = index;
    block.read(this.cell, index);
    if (this.#sequenceId >= 0) this.cell.sequenceId = this.#sequenceId;
    return true;
  }

  seekBefore(target: CellView): boolean {
    const entry = this.#findEntry(target);
    if (entry < 0) return this.#nowhere();
    const block = this.#load(entry);
    const index = block.lowerBound(target, 0, this.#compare);
    if (index > 0) return this.#stand(block, index - 1);
    if (!this.#toPreviousEntry()) return this.#nowhere();
    const previous = this.#load(this.#entry);
    return this.#stand(previous, previous.count - 1);
  }

  close(): void {
    this.#nowhere();
    this.#scan?.release();
  }

  /** Goes down to the lowest index block for the target; returns its entry, -1 if before all. */
  #findEntry(target: CellView): number {
    const { bytes, keyPosition, keyLength } = target;
    let index = this.#file.root;
    this.#block = undefined;
    for (;;) {
      const entry = index.find(bytes, keyPosition, keyLength, this.#compare);
      if (entry < 0 || index.level === 1) {
        this.#leaf = index;
        return entry;
      }
      index = this.#file.childIndex(index, entry);
    }
  }

  #orderAt(block: DataBlock, index: number, target: CellView): number {
    const start = block.starts[index]!;
    return this.#compare(
      block.bytes,
      start + kvKeyPosition,
      block.view.getInt32(start),
      target.bytes,
      target.keyPosition,
      target.keyLength,
    );
  }

  #enter(entry: number, index: number): boolean {
    return this.#stand(this.#load(entry), index);
  }

  #nextBlock(): boolean {
    this.#block = undefined;
    if (this.#entry + 1 < this.#leaf.count) return this.#enter(this.#entry + 1, 0);
    let index: IndexBlock | undefined = this.#leaf;
    while (index?.parent !== undefined && index.parentEntry + 1 >= index.parent.count) {
      index = index.parent;
    }
    if (index?.parent === undefined) return false;
    const sibling = this.#file.childIndex(index.parent, index.parentEntry + 1);
    this.#leaf = this.#firstLeaf(sibling);
    return this.#enter(0, 0);
  }

  /** Sets leaf and entry to those before; false at the beginning of the file. */
  #toPreviousEntry(): boolean {
    if (this.#entry > 0) {
      this.#entry--;
      return true;
    }
    let index: IndexBlock | undefined = this.#leaf;
    while (index?.parent !== undefined && index.parentEntry === 0) index = index.parent;
    if (index?.parent === undefined) return false;
    let leaf = this.#file.childIndex(index.parent, index.parentEntry - 1);
    while (leaf.level > 1) leaf = this.#file.childIndex(leaf, leaf.count - 1);
    this.#leaf = leaf;
    this.#entry = leaf.count - 1;
    return true;
  }

  #firstLeaf(from: IndexBlock): IndexBlock {
    let index = from;
    while (index.level > 1) index = this.#file.childIndex(index, 0);
    return index;
  }

  /** The block of an entry of the leaf; the cursor stands nowhere until `#stand`. */
  #load(entry: number): DataBlock {
    this.#block = undefined;
    this.#entry = entry;
    const leaf = this.#leaf;
    const scan = this.#scan;
    if (scan === undefined || this.#cachedLeft-- > 0) return this.#file.dataBlock(leaf, entry);
    const cached = leaf.data.blocks[entry];
    if (cached !== undefined) {
      if (cached.uses < mostUses) cached.uses++;
      return cached;
    }
    const place = leaf.place(entry);
    return this.#file.decode(scan.block(place, dataTypes), place.position);
  }

  #stand(block: DataBlock, index: number): boolean {
    const { cell } = this;
    this.#block = block;
    this.#index = index;
    cell.bytes = block.bytes;
    cell.view = block.view;
    block.read(cell, index);
    if (this.#sequenceId >= 0) cell.sequenceId = this.#sequenceId;
    return true;
  }

  #nowhere(): boolean {
    this.#block = undefined;
    return false;
  }
}
