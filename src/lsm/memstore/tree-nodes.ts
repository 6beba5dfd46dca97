/**
 * Nodes of the tree over a memstore: columns of slots that grow together, in shared memory, because
 * a flush walks the leaves themselves in another thread.
 */
/** Slots of a node: half of them move when one is put in, so more cost more than another level. */
export const nodeSlots = 32;
/** Nodes are at least half full. */
export const leastFilled: number = nodeSlots / 2;
/** No node. */
export const noNode = 0xffff_ffff;

/** More nodes than this are not copied: the columns then take the room they may need at once. */
const fewNodes = 512;

export class TreeNodes {
  prefixes: Float64Array = prefixColumn(4);
  places: Uint32Array = column(nodeSlots * 4);
  distances: Uint32Array = column(nodeSlots * 4);
  /** Children of inner nodes; unused in leaves. */
  children: Uint32Array = column(0);
  counts: Uint32Array = column(4);
  /** Following and preceding leaf. */
  next: Uint32Array = column(4);
  previous: Uint32Array = column(4);
  used = 0;
  readonly #isInner: boolean;
  readonly #expected: () => number;

  /** `expected`: how many nodes there may be in the end, as far as can be told. */
  constructor(isInner: boolean, expected: () => number) {
    this.#isInner = isInner;
    this.#expected = expected;
    if (isInner) this.children = column(nodeSlots * 4);
  }

  add(): number {
    const node = this.used++;
    if (this.used > this.counts.length) this.#grow();
    this.next[node] = noNode;
    this.previous[node] = noNode;
    return node;
  }

  /** Makes room for one slot at `index` of the node. */
  open(node: number, index: number): number {
    const slot = node * nodeSlots + index;
    const end = node * nodeSlots + this.counts[node]!++;
    if (slot < end) this.#move(slot, end, slot + 1);
    return slot;
  }

  /** Moves the slots from `index` on to the front of `target`. */
  moveTail(node: number, index: number, target: number): void {
    const start = node * nodeSlots + index;
    const moved = this.counts[node]! - index;
    this.#move(start, start + moved, target * nodeSlots);
    this.counts[node] = index;
    this.counts[target] = moved;
  }

  /**
   * A loop, from the end on where a slot is opened: `copyWithin` of shared memory goes word by word
   * as well, and its call costs more than the few slots that move.
   */
  #move(start: number, end: number, to: number): void {
    const { prefixes, places, distances, children } = this;
    const shift = to - start;
    for (let slot = end - 1; slot >= start; slot--) {
      prefixes[slot + shift] = prefixes[slot]!;
      places[slot + shift] = places[slot]!;
      distances[slot + shift] = distances[slot]!;
    }
    if (!this.#isInner) return;
    for (let slot = end - 1; slot >= start; slot--) children[slot + shift] = children[slot]!;
  }

  #grow(): void {
    const doubled = this.counts.length * 2;
    const nodes = doubled <= fewNodes ? doubled : Math.max(doubled, this.#expected());
    this.prefixes = copied(prefixColumn(nodes), this.prefixes);
    this.places = copied(column(nodes * nodeSlots), this.places);
    this.distances = copied(column(nodes * nodeSlots), this.distances);
    if (this.#isInner) this.children = copied(column(nodes * nodeSlots), this.children);
    this.counts = copied(column(nodes), this.counts);
    this.next = copied(column(nodes), this.next);
    this.previous = copied(column(nodes), this.previous);
  }
}

function column(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}

function prefixColumn(nodes: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(nodes * nodeSlots * 8));
}

function copied<T extends Float64Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
