/** Many sorted sources as one; equal keys in the order of the sources. */
import { LoserTree } from '../../base/index.ts';
import type { RawComparator } from '../../hadoop/index.ts';
import { emptySource, SourceView, type SortedSource } from './sorted-source.ts';

/** Merges sources that were not read yet. */
export function mergeSources(
  sources: readonly SortedSource[],
  compare: RawComparator,
): SortedSource {
  const alive = sources.filter((source) => source.next());
  if (alive.length === 0) return emptySource;
  if (alive.length === 1) return new Begun(alive[0]!);
  return new MergeStream(alive, compare);
}

/** A source whose first record was gone to already. */
class Begun extends SourceView {
  #isFirst = true;

  next(): boolean {
    if (!this.#isFirst) return this.source.next();
    this.#isFirst = false;
    return true;
  }
}

class MergeStream implements SortedSource {
  bytes: Uint8Array = emptySource.bytes;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  frameStart = 0;
  readonly #sources: readonly SortedSource[];
  readonly #ended: boolean[];
  readonly #tree: LoserTree;
  #left: number;
  #isFirst = true;

  constructor(sources: readonly SortedSource[], compare: RawComparator) {
    this.#sources = sources;
    this.#ended = sources.map(() => false);
    this.#left = sources.length;
    this.#tree = new LoserTree(sources.length, (left, right) => {
      if (this.#ended[left] === true) return this.#ended[right] === true ? 0 : 1;
      if (this.#ended[right] === true) return -1;
      const a = sources[left]!;
      const b = sources[right]!;
      return compare(a.bytes, a.keyStart, a.keyEnd, b.bytes, b.keyStart, b.keyEnd);
    });
  }

  next(): boolean {
    if (this.#left === 0) return false;
    if (this.#isFirst) this.#isFirst = false;
    else this.#advance();
    if (this.#left === 0) return false;
    const winner = this.#sources[this.#tree.winner]!;
    this.bytes = winner.bytes;
    this.keyStart = winner.keyStart;
    this.keyEnd = winner.keyEnd;
    this.valueStart = winner.valueStart;
    this.valueEnd = winner.valueEnd;
    this.frameStart = winner.frameStart;
    return true;
  }

  #advance(): void {
    const { winner } = this.#tree;
    if (!this.#sources[winner]!.next()) {
      this.#ended[winner] = true;
      this.#left--;
    }
    this.#tree.replay();
  }
}
