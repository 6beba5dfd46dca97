/**
 * What a map task has put out since the last spill, to be sorted by partition and key.
 *
 * Where the order of keys is that of some of their bytes, records lie in the sort arena of the
 * kernel; any other order sorts indexes with a comparator. Equal keys stay in the order of `add`.
 */
import { SortArena } from '../../../native-free-io/index.ts';
import { textStart, writables, type RawComparator, type WritableType } from '../../hadoop/index.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';
import { FrameCursor } from './frame-cursor.ts';
import type { RecordEncoder } from './record-encoder.ts';

export interface SortBuffer {
  readonly count: number;
  /** False when there is no room: the buffer is to be spilled, or the record is larger than it. */
  add(partition: number, record: RecordEncoder): boolean;
  sort(): void;
  /** Index of a partition's first record. */
  firstOf(partition: number): number;
  /** Frames of records [from, to) in order, in pieces of whole records. */
  gather(from: number, to: number, write: WriteFrames): void;
  /** Records [from, to) in order. */
  source(from: number, to: number): SortedSource;
  reset(): void;
}

export type WriteFrames = (bytes: Uint8Array, start: number, end: number) => void;

export interface SortBufferOptions {
  readonly memoryBytes: number;
  readonly partitions: number;
  readonly keyType: WritableType;
  readonly compare: RawComparator;
}

export function sortBuffer(options: SortBufferOptions): SortBuffer {
  const place = sortKeyPlaces.get(options.keyType);
  if (place !== undefined && options.compare === options.keyType.compare) {
    return new ArenaBuffer(options, place);
  }
  return new PlainBuffer(options);
}

/** Puts into `region` the bytes that sort, unsigned, as the key does. */
type SortKeyPlace = (record: RecordEncoder, region: SortKeyRegion) => void;

interface SortKeyRegion {
  bytes: Uint8Array;
  keyStart: number;
  keyEnd: number;
  start: number;
  end: number;
}

const within =
  (skip: (record: RecordEncoder) => number): SortKeyPlace =>
  (record, region) => {
    region.bytes = record.bytes;
    region.keyStart = skip(record);
    region.keyEnd = record.keyEnd;
  };

const textPlace = within((record) => textStart(record.bytes, record.keyStart, record.keyEnd));
const wholePlace = within((record) => record.keyStart);

/** Whole numbers sort as bytes once the sign bit is turned: turned for the copy, then back. */
const signed: SortKeyPlace = wholePlace;

const sortKeyPlaces = new Map<WritableType, SortKeyPlace>([
  [writables.text, textPlace],
  [writables.textBytes, textPlace],
  [writables.bytes, within((record) => record.keyStart + 4)],
  [writables.typedBytes, within((record) => record.keyStart + 4)],
  [writables.int, signed],
  [writables.long, signed],
  [writables.short, signed],
  [writables.byte, signed],
  [writables.null, wholePlace],
  [writables.md5, wholePlace],
]);

const signTypes = new Set<WritableType>([
  writables.int,
  writables.long,
  writables.short,
  writables.byte,
]);

class ArenaBuffer implements SortBuffer {
  readonly #arena: SortArena;
  readonly #place: SortKeyPlace;
  readonly #isSigned: boolean;
  readonly #region: SortKeyRegion;
  readonly #key = new Uint8Array(8);

  constructor(options: SortBufferOptions, place: SortKeyPlace) {
    this.#arena = new SortArena(options);
    this.#place = place;
    this.#isSigned = signTypes.has(options.keyType);
    this.#region = { bytes: this.#key, keyStart: 0, keyEnd: 0, start: 0, end: 0 };
  }

  get count(): number {
    return this.#arena.count;
  }

  add(partition: number, record: RecordEncoder): boolean {
    const region = this.#region;
    this.#place(record, region);
    region.start = record.frameStart;
    region.end = record.valueEnd;
    if (!this.#isSigned) return this.#arena.addRange(partition, region);
    const length = record.keyEnd - record.keyStart;
    for (let at = 0; at < length; at++) this.#key[at] = record.bytes[record.keyStart + at]!;
    this.#key[0]! ^= 0x80;
    const frame = record.bytes.subarray(record.frameStart, record.valueEnd);
    return this.#arena.add(partition, this.#key.subarray(0, length), frame);
  }

  sort(): void {
    this.#arena.sort();
  }
  firstOf(partition: number): number {
    return this.#arena.firstOf(partition);
  }
  gather(from: number, to: number, write: WriteFrames): void {
    this.#arena.gather(from, to, write);
  }
  source(from: number, to: number): SortedSource {
    const arena = this.#arena;
    return new FrameCursor(arena.bytes, from, to, (index) => arena.frameStart(index));
  }
  reset(): void {
    this.#arena.reset();
  }
}

/** Beside a record's bytes: where it lies, its partition, its place in the order. */
const plainRecordBytes = 16;

class PlainBuffer implements SortBuffer {
  readonly #bytes: Uint8Array;
  readonly #compare: RawComparator;
  readonly #memoryBytes: number;
  #frames: number[] = [];
  #keys: number[] = [];
  #keyEnds: number[] = [];
  #partitions: number[] = [];
  #order = new Uint32Array(0);
  #end = 0;

  constructor(options: SortBufferOptions) {
    this.#memoryBytes = options.memoryBytes;
    this.#bytes = new Uint8Array(options.memoryBytes);
    this.#compare = options.compare;
  }

  get count(): number {
    return this.#frames.length;
  }

  add(partition: number, record: RecordEncoder): boolean {
    const length = record.valueEnd - record.frameStart;
    const used = this.#end + length + (this.count + 1) * plainRecordBytes;
    if (used > this.#memoryBytes) return false;
    this.#bytes.set(record.bytes.subarray(record.frameStart, record.valueEnd), this.#end);
    this.#frames.push(this.#end);
    this.#keys.push(this.#end + record.keyStart - record.frameStart);
    this.#keyEnds.push(this.#end + record.keyEnd - record.frameStart);
    this.#partitions.push(partition);
    this.#end += length;
    return true;
  }

  sort(): void {
    const bytes = this.#bytes;
    this.#order = Uint32Array.from(this.#frames.keys()).sort((a, b) => {
      const difference = this.#partitions[a]! - this.#partitions[b]!;
      if (difference !== 0) return difference;
      const [aStart, bStart] = [this.#keys[a]!, this.#keys[b]!];
      return this.#compare(bytes, aStart, this.#keyEnds[a]!, bytes, bStart, this.#keyEnds[b]!);
    });
  }

  firstOf(partition: number): number {
    const found = this.#order.findIndex((record) => this.#partitions[record]! >= partition);
    return found < 0 ? this.count : found;
  }

  gather(from: number, to: number, write: WriteFrames): void {
    for (let index = from; index < to; index++) {
      const record = this.#order[index]!;
      write(this.#bytes, this.#frames[record]!, this.#frames[record + 1] ?? this.#end);
    }
  }

  source(from: number, to: number): SortedSource {
    return new FrameCursor(this.#bytes, from, to, (index) => this.#frames[this.#order[index]!]!);
  }

  reset(): void {
    this.#frames = [];
    this.#keys = [];
    this.#keyEnds = [];
    this.#partitions = [];
    this.#end = 0;
  }
}
