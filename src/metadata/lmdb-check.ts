/**
 * Judges an LMDB file before LMDB maps it: LMDB trusts its file, so a damaged one would end the
 * process by a signal instead of an error.
 *
 * What holds of a sound file: K1 both meta pages are whole and one transaction apart; K2 every
 * page reached from the newer one lies in the file, is reached once, and says what it is; K3 the
 * nodes of a page tile it; K4 keys ascend over each tree, and branches part them rightly; K5 the
 * counts of the meta page are the counts found; K6 a free page is not in use and free once. Values
 * have checksums of their own (`metadata-store.ts`).
 */
import { compareBytes } from '../../native-free-io/index.ts';
import * as at from './lmdb-layout.ts';
import { LmdbPages, type PageFile } from './lmdb-pages.ts';

/** What is wrong first, and where; undefined when nothing is. */
export interface LmdbDamage {
  readonly position: number;
  readonly reason: string;
}

class Damage extends Error {
  readonly position: number;
  constructor(position: number, reason: string) {
    super(reason);
    this.position = position;
  }
}

interface Tree {
  readonly kind: 'free' | 'main';
  readonly depth: number;
  readonly root: number;
  /** Pages and entries the meta page tells of, to be counted down. */
  branches: number;
  leaves: number;
  overflows: number;
  entries: number;
  /** Greatest key so far, and the least the next one may be. */
  previous: Uint8Array | undefined;
  floor: Uint8Array | undefined;
}

export function findLmdbDamage(file: PageFile): LmdbDamage | undefined {
  try {
    new Checker(new LmdbPages(file)).check();
    return undefined;
  } catch (error) {
    if (error instanceof Damage) return { position: error.position, reason: error.message };
    throw error;
  }
}

class Checker {
  readonly #file: LmdbPages;
  /** Whole pages in the file. */
  readonly #pages: number;
  /** A bit for each page that is in use, and for each that is free. */
  readonly #used: Bits;
  readonly #free: Bits;
  #freeBeyond = 0;
  #lastPage = 0;
  #transaction = 0;

  constructor(file: LmdbPages) {
    this.#file = file;
    this.#pages = file.count;
    this.#used = new Bits(file.count);
    this.#free = new Bits(file.count);
  }

  check(): void {
    this.#require(this.#pages >= 2, 0, 'shorter than two pages');
    const [even, odd] = [this.#checkMeta(0), this.#checkMeta(1)];
    const apart = Math.abs(even - odd);
    this.#require(apart <= 1, at.metaTransactionPosition, 'meta pages are not one apart');
    const newest = even >= odd ? 0 : 1;
    const meta = newest * at.pageBytes;
    this.#transaction = Math.max(even, odd);
    this.#lastPage = this.#number(meta + at.metaLastPagePosition);
    this.#walk(this.#tree('main', meta + at.metaMainTreePosition));
    this.#walk(this.#tree('free', meta + at.metaFreeTreePosition));
    const shared = this.#free.firstShared(this.#used);
    this.#require(shared < 0, meta, `page ${shared} is free`);
    // Pages at the end that were freed before they were written need not lie in the file.
    const missing = this.#lastPage + 1 - this.#pages;
    const isThere = missing <= this.#freeBeyond;
    this.#require(isThere, meta + at.metaLastPagePosition, 'the end is missing');
  }

  /** Gives the transaction that wrote it. */
  #checkMeta(page: number): number {
    const start = page * at.pageBytes;
    const file = this.#file;
    this.#checkPage(page, at.pageFlags.meta);
    const magic = file.uint32(start + at.metaMagicPosition);
    this.#require(magic === at.metaMagic, start, 'not an LMDB file');
    const version = file.uint32(start + at.metaVersionPosition) & 0xffff;
    this.#require(version === at.dataVersion, start, `data version ${version}`);
    const size = file.uint32(start + at.metaFreeTreePosition + at.treePadPosition);
    this.#require(size === at.pageBytes, start, `pages of ${size} bytes`);
    const transaction = this.#number(start + at.metaTransactionPosition);
    this.#require(transaction === 0 || transaction % 2 === page, start, 'in the wrong place');
    return transaction;
  }

  #checkPage(page: number, flags: number): void {
    const start = page * at.pageBytes;
    this.#require(page < this.#pages, start, 'beyond the end of the file');
    this.#require(this.#number(start) === page, start, 'another page lies here');
    const found = this.#file.uint16(start + at.pageFlagsPosition);
    this.#require(found === flags, start, `page flags ${found}`);
  }

  #tree(kind: Tree['kind'], start: number): Tree {
    const flags = this.#file.uint16(start + at.treeFlagsPosition);
    const fits = kind === 'main' ? flags === 0 : (flags & 0xff) === at.freeTreeFlags;
    this.#require(fits, start, `flags ${flags} of the ${kind} tree`);
    const empty = this.#file.uint64(start + at.treeRootPosition) === noPage;
    const depth = this.#file.uint16(start + at.treeDepthPosition);
    this.#require(empty === (depth === 0), start, 'a root without depth');
    return {
      kind,
      depth,
      root: empty ? 0 : this.#number(start + at.treeRootPosition),
      branches: this.#number(start + at.treeBranchPagesPosition),
      leaves: this.#number(start + at.treeLeafPagesPosition),
      overflows: this.#number(start + at.treeOverflowPagesPosition),
      entries: this.#number(start + at.treeEntriesPosition),
      previous: undefined,
      floor: undefined,
    };
  }

  #walk(tree: Tree): void {
    if (tree.depth > 0) this.#walkPage(tree, tree.root, 1);
    const { branches, leaves, overflows, entries } = tree;
    const left = Math.abs(branches) + Math.abs(leaves) + Math.abs(overflows) + Math.abs(entries);
    this.#require(left === 0, 0, `counts of the ${tree.kind} tree`);
  }

  #walkPage(tree: Tree, page: number, level: number): void {
    const isLeaf = level === tree.depth;
    this.#use(page);
    this.#checkPage(page, isLeaf ? at.pageFlags.leaf : at.pageFlags.branch);
    const start = page * at.pageBytes;
    this.#require(this.#number(start + 8) <= this.#transaction, start, 'from the future');
    if (isLeaf) tree.leaves--;
    else tree.branches--;
    const nodes = this.#nodes(page, isLeaf);
    nodes.forEach((node, index) => {
      const key = this.#keyOf(node);
      if (isLeaf) {
        this.#leafKey(tree, key, node);
        if (tree.kind === 'free') this.#freeList(tree, node);
        else this.#require(this.#nodeFlags(node) === 0, node, 'flags of a node');
        return;
      }
      // The first key of a branch is not used.
      if (index > 0) {
        const { previous } = tree;
        this.#require(previous !== undefined && less(tree, previous, key), node, 'a branch key');
        tree.floor = key;
      }
      this.#walkPage(tree, this.#childOf(node), level + 1);
    });
  }

  /** Positions of the nodes, which must fill the used part of the page without a gap. */
  #nodes(page: number, isLeaf: boolean): number[] {
    const start = page * at.pageBytes;
    const base = start + at.pageHeaderBytes;
    const room = at.pageBytes - at.pageHeaderBytes;
    const lower = this.#file.uint16(start + at.pageLowerPosition);
    const upper = this.#file.uint16(start + at.pageUpperPosition);
    const fits = lower % 2 === 0 && lower >= (isLeaf ? 2 : 4) && lower <= upper && upper <= room;
    this.#require(fits, start, 'bounds of the free space');
    const nodes: number[] = [];
    for (let index = 0; index < lower; index += 2) {
      const pointer = this.#file.uint16(base + index);
      const inside = pointer >= upper && pointer + at.nodeHeaderBytes <= room;
      this.#require(inside && pointer % 2 === 0, base + index, 'a node pointer');
      nodes.push(base + pointer);
    }
    let next = base + upper;
    for (const node of nodes.toSorted((a, b) => a - b)) {
      this.#require(node === next, node, 'nodes overlap or leave a gap');
      const size = this.#nodeSize(node, isLeaf);
      next += size + (size % 2);
    }
    this.#require(next === base + room, start, 'nodes do not fill the page');
    return nodes;
  }

  #nodeSize(node: number, isLeaf: boolean): number {
    const keyed = at.nodeHeaderBytes + this.#file.uint16(node + at.nodeKeySizePosition);
    if (!isLeaf) return keyed;
    if ((this.#nodeFlags(node) & at.nodeBigData) !== 0) return keyed + at.overflowReferenceBytes;
    return keyed + this.#file.uint32(node);
  }

  #leafKey(tree: Tree, key: Uint8Array, node: number): void {
    tree.entries--;
    const { previous, floor } = tree;
    const wellMade = tree.kind === 'main' ? key.length > 0 : key.length === 8;
    const ascends = previous === undefined || less(tree, previous, key);
    const above = floor === undefined || !less(tree, key, floor);
    this.#require(wellMade && ascends && above, node, 'keys do not ascend');
    tree.previous = key;
    tree.floor = undefined;
  }

  /** A count, then pages: 0 is a hole, a negative number says how many begin at the next one. */
  #freeList(tree: Tree, node: number): void {
    const flags = this.#nodeFlags(node);
    this.#require(flags === 0 || flags === at.nodeBigData, node, 'flags of a node');
    const size = this.#file.uint32(node);
    const inPage = node + at.nodeHeaderBytes + 8;
    const list = flags === 0 ? inPage : this.#overflow(tree, inPage, size);
    this.#require(size >= 8, node, 'a free list without count');
    const count = this.#number(list);
    this.#require((count + 1) * 8 <= size, list, 'a free list longer than its room');
    for (let index = 1; index <= count; index++) {
      const entry = Number(this.#file.int64(list + index * 8));
      if (entry === 0) continue;
      const run = entry < 0 ? -entry : 1;
      if (entry < 0) index++;
      this.#require(index <= count, list, 'a free run without beginning');
      const first = entry < 0 ? this.#number(list + index * 8) : entry;
      this.#require(first >= 2 && first + run - 1 <= this.#lastPage, list, 'a free page');
      for (let page = first; page < first + run; page++) this.#noteFree(page, list);
    }
  }

  /** Where the data of a node on overflow pages begin. */
  #overflow(tree: Tree, reference: number, size: number): number {
    const first = this.#number(reference);
    const count = this.#number(reference + 16);
    this.#require(first + count - 1 <= this.#lastPage, reference, 'overflow pages');
    this.#require(first + count <= this.#pages, reference, 'overflow pages beyond the file');
    for (let page = first; page < first + count; page++) this.#use(page);
    this.#checkPage(first, at.pageFlags.overflow);
    const start = first * at.pageBytes;
    const told = this.#file.uint32(start + at.overflowCountPosition);
    const fits = told === count && size <= count * at.pageBytes - at.pageHeaderBytes;
    this.#require(fits, start, 'size of overflow pages');
    tree.overflows -= count;
    return start + at.pageHeaderBytes;
  }

  /** Of pages beyond the file only how many are free is looked at. */
  #noteFree(page: number, list: number): void {
    if (page >= this.#pages) this.#freeBeyond++;
    else this.#require(this.#free.add(page), list, 'a page is free twice');
  }

  #use(page: number): void {
    const start = page * at.pageBytes;
    this.#require(page >= 2 && page <= this.#lastPage, start, `no page ${page}`);
    this.#require(page < this.#pages, start, 'beyond the end of the file');
    this.#require(this.#used.add(page), start, 'a page is reached twice');
  }

  #keyOf(node: number): Uint8Array {
    const start = node + at.nodeHeaderBytes;
    const size = this.#file.uint16(node + at.nodeKeySizePosition);
    return this.#file.bytes(start, start + size);
  }

  #childOf(node: number): number {
    const high = this.#file.uint16(node + at.nodeFlagsPosition);
    return high * 2 ** 32 + this.#file.uint32(node);
  }

  #nodeFlags(node: number): number {
    return this.#file.uint16(node + at.nodeFlagsPosition);
  }

  /** An unsigned number that must be a safe one. */
  #number(position: number): number {
    const value = this.#file.uint64(position);
    this.#require(value <= maxNumber, position, 'a number out of range');
    return Number(value);
  }

  #require(condition: boolean, position: number, reason: string): asserts condition {
    if (!condition) throw new Damage(position, reason);
  }
}

class Bits {
  readonly #bytes: Uint8Array;

  constructor(count: number) {
    this.#bytes = new Uint8Array(Math.ceil(count / 8));
  }

  /** False when it was there already. */
  add(index: number): boolean {
    const bit = 1 << (index & 7);
    const byte = this.#bytes[index >> 3] ?? 0xff;
    this.#bytes[index >> 3] = byte | bit;
    return (byte & bit) === 0;
  }

  /** -1 when they have none in common. */
  firstShared(other: Bits): number {
    const found = this.#bytes.findIndex((byte, index) => (byte & other.#bytes[index]!) !== 0);
    if (found < 0) return -1;
    const both = this.#bytes[found]! & other.#bytes[found]!;
    return found * 8 + Math.log2(both & -both);
  }
}

const noPage = 2n ** 64n - 1n;
/** No store of ours comes near, and sums of such numbers stay safe. */
const maxNumber = 2n ** 48n;

function less(tree: Tree, a: Uint8Array, b: Uint8Array): boolean {
  if (tree.kind === 'main') return compareBytes(a, 0, a.length, b, 0, b.length) < 0;
  return integerKey(a) < integerKey(b);
}

function integerKey(key: Uint8Array): bigint {
  return key.length === 8 ? new DataView(key.buffer, key.byteOffset, 8).getBigUint64(0, true) : -1n;
}
