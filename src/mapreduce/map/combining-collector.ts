/**
 * Combines while it maps: values are held by key in a table and combined before they reach the sort
 * buffer, so that a key that comes often costs a look-up instead of a record to be written, sorted
 * and read again.
 *
 * A combiner may be run any number of times on any of a key's values; that is all this relies on.
 * Keys are strings and values numbers: what a caller cannot change once it was emitted, and of a
 * size that is known. Everything else passes through. The combiner of spills runs all the same.
 *
 *     a key's values       the first one with how often it came, then those that differ; combined
 *                          when there are `mostDifferent` of these
 *     the table            emptied into the sort buffer when it holds `mostKeys` or `mostKeyBytes`
 *     not worth it         passed through for good, when what comes out is more than half of it
 *
 * Counters are Hadoop's: MAP_OUTPUT_* count what the mapper emitted, COMBINE_INPUT_RECORDS each of
 * those once before the spill, COMBINE_OUTPUT_RECORDS what the combiner of spills puts out.
 */
import { hadoopVIntSize } from '../../../native-free-io/index.ts';
import type { ReduceFunction, TaskContext } from '../functions/context.ts';
import { requireSynchronous } from '../functions/reducer.ts';
import type { Counters } from '../job/counters.ts';
import type { Collector } from './collector.ts';
import { noRoom, notAscii, WordTable } from './word-table.ts';

const mostDifferent = 16;
/** How often the first value of a key is counted. */
const mostTimes = 1 << 20;
const mostKeys = 1 << 16;
const mostKeyBytes = 4 << 20;
/** A longer key is hardly one that comes again. */
const longestKey = 256;
/** From this length on a part of a string may keep the whole of it alive. */
const sliceLength = 13;

/** Types of values that are held: their size, and the numbers they take as they are. */
const heldTypes: Readonly<Record<string, HeldType>> = {
  int: { bytes: 4, holds: (value) => (value | 0) === value },
  long: { bytes: 8, holds: (value) => Number.isSafeInteger(value) },
  double: { bytes: 8, holds: () => true },
};

interface HeldType {
  readonly bytes: number;
  readonly holds: (value: number) => boolean;
}

/** How the combiner is called: what it emits goes to `emit`. */
export interface CombineStep {
  readonly combine: ReduceFunction;
  readonly contextOf: (emit: (key: unknown, value: unknown) => void) => TaskContext;
}

export interface CombiningOptions extends CombineStep {
  readonly into: Collector;
  readonly keyType: string;
  readonly valueType: string;
  readonly counters: Counters;
}

/** Undefined when keys and values are of types that are not held. */
export function combiningCollector(options: CombiningOptions): CombiningCollector | undefined {
  const type = Object.hasOwn(heldTypes, options.valueType)
    ? heldTypes[options.valueType]
    : undefined;
  if (options.keyType !== 'text' || type === undefined) return undefined;
  return new CombiningCollector(options, type);
}

export class CombiningCollector implements Collector {
  readonly #into: Collector;
  readonly #counters: Counters;
  readonly #combine: ReduceFunction;
  readonly #context: TaskContext;
  readonly #type: HeldType;
  readonly #table = new WordTable(mostKeys, mostKeyBytes);
  readonly #encoder = new TextEncoder();
  readonly #key = new Uint8Array(longestKey * 3);
  /**
   * By number of the key in the table, whose count says how often the first value came: below 0
   * once there are others.
   */
  readonly #keys: string[] = [];
  readonly #firsts: number[] = [];
  readonly #others: (number[] | undefined)[] = [];
  /** The key being combined, and what the combiner emitted for others. */
  #combining = 0;
  readonly #astray: [unknown, unknown][] = [];
  #isOff = false;
  #records = 0;
  #recordBytes = 0;
  /** `#records` when the table was last empty. */
  #emptyAt = 0;
  /** What went into the combiner less what came out. */
  #combinedAway = 0;

  constructor(options: CombiningOptions, type: HeldType) {
    this.#into = options.into;
    this.#counters = options.counters;
    this.#combine = options.combine;
    this.#type = type;
    this.#context = options.contextOf((key, value) => this.#emitted(key, value));
  }

  collect(key: unknown, value: unknown): void {
    const isHeld =
      typeof key === 'string' &&
      key.length <= longestKey &&
      typeof value === 'number' &&
      this.#type.holds(value);
    if (!isHeld || this.#isOff || !this.#hold(key, value)) this.#into.collect(key, value);
  }

  collectCombined(key: unknown, value: unknown): void {
    this.#into.collectCombined(key, value);
  }

  /** Nothing is held afterwards. */
  finish(): void {
    this.#putOut();
    this.#counters.addTask('MAP_OUTPUT_RECORDS', this.#records);
    this.#counters.addTask('MAP_OUTPUT_BYTES', this.#recordBytes);
    this.#counters.addTask('COMBINE_INPUT_RECORDS', this.#combinedAway);
  }

  #hold(key: string, value: number): boolean {
    let place = this.#placeOf(key);
    if (place === noRoom) {
      const held = this.#records - this.#emptyAt;
      this.#isOff ||= this.#putOut() * 2 > held;
      if (this.#isOff) return false;
      place = this.#placeOf(key);
    }
    const table = this.#table;
    const index = table.numberAt(place);
    if (index === this.#keys.length) this.#begin(key);
    const length = table.lengthAt(place);
    this.#records++;
    this.#recordBytes += hadoopVIntSize(length) + length + this.#type.bytes;
    if (this.#put(place, value)) this.#combineValues(index);
    return true;
  }

  #placeOf(key: string): number {
    const place = this.#table.findText(key);
    if (place !== notAscii) return place;
    const { written } = this.#encoder.encodeInto(key, this.#key);
    return this.#table.find(this.#key, 0, written);
  }

  #begin(key: string): void {
    this.#keys.push(key.length < sliceLength ? key : Buffer.from(key).toString());
    this.#firsts.push(0);
    this.#others.push(undefined);
  }

  /** True when a key has enough values to be combined. */
  #put(place: number, value: number): boolean {
    const table = this.#table;
    const times = table.countAt(place);
    const index = table.numberAt(place);
    if (times < 0) return this.#others[index]!.push(value) >= mostDifferent;
    if (times === 0) this.#firsts[index] = value;
    else if (this.#firsts[index] !== value) {
      this.#others[index] = [value];
      table.setCount(place, -times);
      return false;
    }
    table.setCount(place, times + 1);
    return times >= mostTimes;
  }

  /** Takes the values of a key out, to be walked. */
  #take(index: number): ValuesOnce {
    const place = this.#table.placeOf(index);
    const times = Math.abs(this.#table.countAt(place));
    const values = new ValuesOnce(this.#firsts[index]!, times, this.#others[index] ?? none);
    this.#table.setCount(place, 0);
    this.#others[index] = undefined;
    return values;
  }

  #combineValues(index: number): void {
    const key = this.#keys[index]!;
    const values = this.#take(index);
    const before = values.count;
    this.#combining = index;
    requireSynchronous(this.#combine(key as never, values as never, this.#context));
    const after = this.#countOf(index) + this.#astray.length;
    this.#combinedAway += before - after;
    for (const record of this.#astray.splice(0)) this.#into.collectCombined(...record);
    if (after * 2 > before && before >= mostDifferent) this.#stop();
  }

  #countOf(index: number): number {
    const times = Math.abs(this.#table.countAt(this.#table.placeOf(index)));
    return times + (this.#others[index]?.length ?? 0);
  }

  #emitted(key: unknown, value: unknown): void {
    const index = this.#combining;
    if (key === this.#keys[index] && typeof value === 'number' && this.#type.holds(value)) {
      this.#put(this.#table.placeOf(index), value);
    } else {
      // Not before the function has returned: a spill would call it again.
      this.#astray.push([key, value]);
    }
  }

  #stop(): void {
    this.#isOff = true;
    this.#putOut();
  }

  /** Empties the table; returns how many records that made. */
  #putOut(): number {
    let records = 0;
    for (const [index, key] of this.#keys.entries()) {
      if (this.#countOf(index) > 1 && !this.#isOff) this.#combineValues(index);
      const values = this.#take(index);
      records += values.count;
      for (const value of values) this.#into.collectCombined(key, value);
    }
    this.#keys.length = 0;
    this.#firsts.length = 0;
    this.#others.length = 0;
    this.#table.clear();
    this.#emptyAt = this.#records;
    return records;
  }
}

const none: readonly number[] = [];

/** Values of a key, to be walked once, as those of a reducer. */
class ValuesOnce implements Iterable<number>, Iterator<number> {
  readonly count: number;
  readonly #first: number;
  readonly #times: number;
  readonly #others: readonly number[];
  #next = 0;

  constructor(first: number, times: number, others: readonly number[]) {
    this.#first = first;
    this.#times = times;
    this.#others = others;
    this.count = times + others.length;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<number> {
    const at = this.#next++;
    if (at < this.#times) return { done: false, value: this.#first };
    if (at >= this.count) return { done: true, value: undefined };
    return { done: false, value: this.#others[at - this.#times]! };
  }
}
