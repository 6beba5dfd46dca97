/**
 * A loser tree: the least of many sorted sources, with one comparison per level for each step.
 *
 * Nodes hold the loser of the match played there, the root the winner of all. After the winner's
 * source moved on, only the matches on its path are played again: ceil(log2 count) comparisons.
 *
 * Invariants: T1 `winner` compares less than or equal to every other source; T2 of equal sources
 * the one with the least number wins, so merges are stable. An exhausted source must compare
 * greater than all others.
 * Upstream: Knuth, The Art of Computer Programming, volume 3, 5.4.1.
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

export class LoserTree {
  /** Index 0: the winner; 1 to count - 1: losers. */
  readonly #nodes: Int32Array;
  readonly #count: number;
  readonly #compare: (left: number, right: number) => number;

  /** `compare` is asked for numbers of sources, 0 to count - 1. */
  constructor(count: number, compare: (left: number, right: number) => number) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new InvalidArgumentError('OPTION_INVALID', `${count} sources to merge`);
    }
    this.#count = count;
    this.#compare = compare;
    this.#nodes = new Int32Array(count);
    this.#nodes[0] = this.#play(1);
  }

  /** Number of the source whose record is next. */
  get winner(): number {
    return this.#nodes[0]!;
  }

  /** To be called when the winner's source moved on, or ended. */
  replay(): void {
    let winner = this.#nodes[0]!;
    for (let node = (winner + this.#count) >> 1; node > 0; node >>= 1) {
      const other = this.#nodes[node]!;
      if (!this.#isBefore(other, winner)) continue;
      this.#nodes[node] = winner;
      winner = other;
    }
    this.#nodes[0] = winner;
  }

  /** Plays all matches below a node; leaves stand at count to 2 count - 1. */
  #play(node: number): number {
    if (node >= this.#count) return node - this.#count;
    const left = this.#play(2 * node);
    const right = this.#play(2 * node + 1);
    const leftWins = this.#isBefore(left, right);
    this.#nodes[node] = leftWins ? right : left;
    return leftWins ? left : right;
  }

  #isBefore(left: number, right: number): boolean {
    const order = this.#compare(left, right);
    return order < 0 || (order === 0 && left < right);
  }
}
