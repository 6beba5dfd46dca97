/**
 * The sort kernel without WebAssembly: what assembly/sort.ts does, told so that it can be read. It
 * is the model the kernel is tested against, and what runs where WebAssembly SIMD is missing.
 *
 * Same memory, same entries (their prefixes aside), same answers; instead of scatters and a loser
 * tree, a comparison sort and a search for the least input.
 */
import { entryBytes, frameHeaderBytes, RecordForm, type SortKernel } from './sort-contract.ts';

interface MergeInput {
  cursor: number;
  limit: number;
  isLast: boolean;
  /** Bytes of the record at the cursor; 0 after the last. */
  bytes: number;
  /** Of them, those that are compared. */
  length: number;
}

export class PlainSortKernel implements SortKernel {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #form: RecordForm = RecordForm.lines;
  #delimiter = 10;
  #recordLength = 0;
  #keyStart = 0;
  #keyLength = 0;
  #sign = 1;
  #comparesAll = false;
  #leavesBare = false;
  #endsBare = false;
  #top = 0;
  #most = 0;
  #count = 0;
  #written = 0;
  #bareBytes = 0;
  #longest = 0;
  readonly #inputs: MergeInput[] = [];
  #inputCount = 0;
  #pending: number | undefined;
  #dropsEqual = false;
  #last: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  describeRecords(...shape: Parameters<SortKernel['describeRecords']>): void {
    [this.#form, this.#delimiter, this.#recordLength, this.#keyStart, this.#keyLength] = shape;
  }

  describeOrder(...order: Parameters<SortKernel['describeOrder']>): void {
    const [descending, comparesAll, leavesBare, endsBare] = order.map(Boolean);
    this.#sign = descending === true ? -1 : 1;
    this.#comparesAll = comparesAll === true;
    this.#leavesBare = leavesBare === true;
    this.#endsBare = endsBare === true;
  }

  clear(top: number, most: number): void {
    this.#top = top;
    this.#most = most;
    this.#count = 0;
  }

  allow(most: number): void {
    this.#most = most;
  }

  entryCount(): number {
    return this.#count;
  }

  firstEntry(): number {
    return this.#top - this.#count * entryBytes;
  }

  enterLines(begin: number, from: number, end: number): number {
    let line = begin;
    for (let at = from; at < end; at++) {
      if (this.#bytes[at] !== this.#delimiter) continue;
      if (this.#count === this.#most) return line;
      this.#enter(line, at - line);
      line = at + 1;
    }
    return line;
  }

  enterFixed(begin: number, end: number): number {
    let at = begin;
    for (; at + this.#recordLength <= end && this.#count < this.#most; at += this.#recordLength) {
      this.#enter(at, this.#keyLength);
    }
    return at;
  }

  enterFrames(begin: number, end: number): number {
    let at = begin;
    while (at + frameHeaderBytes <= end && this.#count < this.#most) {
      const { skip, length } = this.#frame(at);
      if (at + frameHeaderBytes + length > end) break;
      this.#enter(at, this.#comparesAll ? length : skip);
      at += frameHeaderBytes + length;
    }
    return at;
  }

  sortEntries(): void {
    const entries: [position: number, length: number][] = [];
    for (let entry = this.#top - entryBytes; entry >= this.firstEntry(); entry -= entryBytes) {
      entries.push([this.#word(entry + 8), this.#word(entry + 12)]);
    }
    // Stable, as the platform's sort is: entries stand in the order in which they were entered.
    entries.sort((a, b) => this.#compare(...a, ...b));
    this.#store(entries);
  }

  keepFirsts(): void {
    const kept: [position: number, length: number][] = [];
    for (let entry = this.firstEntry(); entry < this.#top; entry += entryBytes) {
      const next: [number, number] = [this.#word(entry + 8), this.#word(entry + 12)];
      const last = kept.at(-1);
      if (last === undefined || this.#compare(...last, ...next) !== 0) kept.push(next);
    }
    this.#count = kept.length;
    this.#store(kept);
  }

  gather(from: number, to: number, out: number, outEnd: number): number {
    this.#written = out;
    for (let index = from; index < to; index++) {
      const entry = this.firstEntry() + index * entryBytes;
      if (!this.#put(this.#word(entry + 8), this.#word(entry + 12), outEnd)) return index;
    }
    return to;
  }

  writtenEnd(): number {
    return this.#written;
  }

  takeBareBytes(): number {
    const taken = this.#bareBytes;
    this.#bareBytes = 0;
    return taken;
  }

  takeLongest(): number {
    const taken = this.#longest;
    this.#longest = 0;
    return taken;
  }

  setInput(...[input, begin, end, isLast]: Parameters<SortKernel['setInput']>): void {
    const state = { cursor: begin, limit: end, isLast: Boolean(isLast), bytes: 0, length: 0 };
    this.#inputs[input] = state;
  }

  inputCursor(input: number): number {
    return this.#inputs[input]!.cursor;
  }

  startMerge(inputs: number, lastBytes: number): number {
    this.#inputCount = inputs;
    this.#dropsEqual = lastBytes !== 0;
    this.#last = undefined;
    this.#pending = undefined;
    for (let input = 0; input < inputs; input++) {
      if (!this.#meet(input)) return input + 1;
    }
    return 0;
  }

  merge(out: number, outEnd: number): number {
    this.#written = out;
    if (this.#pending !== undefined && !this.#meet(this.#pending)) return this.#pending + 2;
    this.#pending = undefined;
    for (let input = this.#least(); input !== undefined; input = this.#least()) {
      const state = this.#inputs[input]!;
      const key = this.#compared(state.cursor, state.length);
      if (this.#last === undefined || Buffer.compare(this.#last, key) !== 0) {
        if (!this.#put(state.cursor, state.length, outEnd)) return 1;
        if (this.#dropsEqual) this.#last = Uint8Array.from(key);
      }
      state.cursor += state.bytes;
      if (this.#meet(input)) continue;
      this.#pending = input;
      return input + 2;
    }
    return 0;
  }

  /** The input with the least record, the first of equal ones; undefined when all have ended. */
  #least(): number | undefined {
    let least: number | undefined;
    for (let input = 0; input < this.#inputCount; input++) {
      const state = this.#inputs[input]!;
      if (state.bytes === 0) continue;
      const best = least === undefined ? undefined : this.#inputs[least]!;
      const isLess =
        best === undefined ||
        this.#compare(state.cursor, state.length, best.cursor, best.length) < 0;
      if (isLess) least = input;
    }
    return least;
  }

  /** Finds the record at an input's cursor; false: its end is not there yet. */
  #meet(input: number): boolean {
    const state = this.#inputs[input]!;
    const { cursor, limit, isLast } = state;
    state.bytes = 0;
    if (cursor === limit && isLast) return true;
    if (this.#form === RecordForm.lines) {
      const found = this.#bytes.subarray(cursor, limit).indexOf(this.#delimiter);
      if (found < 0 && !isLast) return false;
      state.length = found < 0 ? limit - cursor : found;
      state.bytes = found < 0 ? state.length : found + 1;
      return true;
    }
    let bytes = this.#recordLength;
    state.length = this.#keyLength;
    if (this.#form !== RecordForm.fixed) {
      if (cursor + frameHeaderBytes > limit) return false;
      const { skip, length } = this.#frame(cursor);
      bytes = frameHeaderBytes + length;
      state.length = this.#comparesAll ? length : skip;
    }
    if (cursor + bytes > limit) return false;
    state.bytes = bytes;
    return true;
  }

  /** Copies a record to the output; false when it would end past `outEnd`. */
  #put(position: number, length: number, outEnd: number): boolean {
    const [begin, end, delimited] = this.#kept(position, length);
    const stop = this.#written + (end - begin) + (delimited ? 1 : 0);
    if (stop > outEnd) return false;
    this.#bytes.copyWithin(this.#written, begin, end);
    if (delimited) this.#bytes[stop - 1] = this.#delimiter;
    this.#note(position, stop - this.#written);
    this.#written = stop;
    return true;
  }

  #note(position: number, length: number): void {
    if (this.#form === RecordForm.frames) {
      if (this.#leavesBare) return;
      const { skip, length: frameLength } = this.#frame(position);
      this.#bareBytes += frameLength - skip + 1;
    }
    this.#longest = Math.max(this.#longest, length);
  }

  /** What of a record is written, and whether a delimiter follows. */
  #kept(position: number, length: number): [begin: number, end: number, delimited: boolean] {
    if (this.#form === RecordForm.lines) return [position, position + length, true];
    if (this.#form === RecordForm.fixed) return [position, position + this.#recordLength, false];
    const { skip, length: frameLength } = this.#frame(position);
    const end = position + frameHeaderBytes + frameLength;
    if (!this.#leavesBare) return [position, end, false];
    return [position + frameHeaderBytes + skip, end, this.#endsBare];
  }

  #enter(position: number, length: number): void {
    this.#count++;
    const entry = this.firstEntry();
    this.#view.setUint32(entry + 8, position, true);
    this.#view.setUint32(entry + 12, length, true);
  }

  #store(entries: readonly (readonly [position: number, length: number])[]): void {
    for (const [index, [position, length]] of entries.entries()) {
      const entry = this.firstEntry() + index * entryBytes;
      this.#view.setUint32(entry + 8, position, true);
      this.#view.setUint32(entry + 12, length, true);
    }
  }

  #compare(...[left, leftLength, right, rightLength]: [number, number, number, number]): number {
    const a = this.#compared(left, leftLength);
    return this.#sign * Buffer.compare(a, this.#compared(right, rightLength));
  }

  #compared(position: number, length: number): Uint8Array {
    const begin = position + this.#keyStart;
    return this.#bytes.subarray(begin, begin + length);
  }

  #frame(position: number): { readonly skip: number; readonly length: number } {
    return { skip: this.#word(position), length: this.#word(position + 4) };
  }

  #word(position: number): number {
    return this.#view.getUint32(position, true);
  }
}
