/**
 * Sorted records as groups: runs of records whose keys the grouping comparator finds equal, each
 * against the one before it.
 *
 * While values are walked, `key` is the key of the value at hand, as upstream; values that the
 * function does not take are passed over before the next group.
 *
 * Lifetime: `values` of a group end with the group.
 */
import type { RawComparator, WritableType } from '../../hadoop/index.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';

export interface GroupTypes {
  readonly key: WritableType;
  readonly value: WritableType;
  readonly group: RawComparator;
}

export class Groups implements Iterable<unknown> {
  /** Records given out or passed over. */
  records = 0;
  readonly #source: SortedSource;
  readonly #types: GroupTypes;
  readonly #iterator: ValueIterator;
  /** The key before the one at hand. */
  #previous: Uint8Array = new Uint8Array(64);
  #previousLength = 0;
  #isAtRecord: boolean;
  /** The record at hand belongs to the current group and was not given out. */
  #isInGroup = false;

  constructor(source: SortedSource, types: GroupTypes) {
    this.#source = source;
    this.#types = types;
    this.#isAtRecord = source.next();
    this.#iterator = new ValueIterator(this);
  }

  /** Goes to the next group; false at the end. */
  nextGroup(): boolean {
    while (this.#isInGroup) this.#advance();
    if (!this.#isAtRecord) return false;
    this.#isInGroup = true;
    this.#iterator.begin();
    return true;
  }

  /** Key of the value given out last; of a group just begun, its first. */
  get key(): unknown {
    if (this.#iterator.isFresh) {
      const { bytes, keyStart, keyEnd } = this.#source;
      return this.#types.key.read(bytes, keyStart, keyEnd);
    }
    return this.#types.key.read(this.#previous, 0, this.#previousLength);
  }

  /** The values of the group, once. */
  get values(): Iterable<unknown> {
    return this;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#iterator;
  }

  get hasValue(): boolean {
    return this.#isInGroup;
  }

  /** The value at hand; goes on to the next record. */
  take(): unknown {
    const { bytes, valueStart, valueEnd } = this.#source;
    const value = this.#types.value.read(bytes, valueStart, valueEnd);
    this.#advance();
    return value;
  }

  /** To the next record, which may begin another group. */
  #advance(): void {
    this.#keepKey();
    this.records++;
    this.#isAtRecord = this.#source.next();
    const { bytes, keyStart, keyEnd } = this.#source;
    this.#isInGroup =
      this.#isAtRecord &&
      this.#types.group(this.#previous, 0, this.#previousLength, bytes, keyStart, keyEnd) === 0;
  }

  #keepKey(): void {
    const { bytes, keyStart, keyEnd } = this.#source;
    const length = keyEnd - keyStart;
    if (length > this.#previous.length) this.#previous = new Uint8Array(length * 2);
    for (let at = 0; at < length; at++) this.#previous[at] = bytes[keyStart + at]!;
    this.#previousLength = length;
  }
}

/** One for all groups: an iterator per group would cost more than short groups do. */
class ValueIterator implements Iterator<unknown> {
  isFresh = true;
  readonly #groups: Groups;

  constructor(groups: Groups) {
    this.#groups = groups;
  }

  begin(): void {
    this.isFresh = true;
  }

  next(): IteratorResult<unknown> {
    if (!this.#groups.hasValue) return { done: true, value: undefined };
    this.isFresh = false;
    return { done: false, value: this.#groups.take() };
  }
}
