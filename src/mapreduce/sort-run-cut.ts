/**
 * Finds where a run is cut by a key, within the stretch that its index leaves open.
 *
 * Where records can be found from any byte on, the stretch is halved until little is left: reading
 * it through for every part of every run took a tenth of a sort. Frames are read through.
 */
import { RecordForm, type FileHandle } from '../../native-free-io/index.ts';
import { compareKeys, readRecord, type RecordOrder, type RecordPlace } from './sort-order.ts';
import { brokenRun, type CutBracket, type RunCut } from './sort-run-index.ts';

const pieceBytes = 64 << 10;
/** Read at once where a record is looked for. */
const probeBytes = 2048;
/** A stretch of this is read through. */
const nearBytes = 8192;

interface Wanted {
  readonly key: Uint8Array;
  /** Bytes of the longest record of the run. */
  readonly longest: number;
}

/** The first record at or after `key` in a bracket, or its end. */
export function seekCut(
  file: FileHandle,
  bracket: CutBracket,
  order: RecordOrder,
  wanted: Wanted,
): RunCut {
  const { from, end } = new Narrowing(file, order, wanted.key).of(bracket);
  const place: RecordPlace = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
  const room = Math.max(pieceBytes, wanted.longest);
  const bytes = new Uint8Array(Math.min(end - from.position, room));
  let { position, bare } = from;
  while (position < end) {
    const got = file.readSync(bytes, 0, Math.min(bytes.length, end - position), position);
    let at = 0;
    while (readRecord(order, bytes, { at, limit: got }, place)) {
      const found = bytes.subarray(place.keyStart, place.keyEnd);
      if (compareKeys(order, found, wanted.key) >= 0) return { position: position + at, bare };
      bare += place.bareBytes;
      at = place.end;
    }
    if (at === 0) throw brokenRun(file.path, position);
    position += at;
  }
  return { position, bare };
}

class Narrowing {
  readonly #file: FileHandle;
  readonly #order: RecordOrder;
  readonly #key: Uint8Array;
  readonly #place: RecordPlace = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
  #bytes = new Uint8Array(probeBytes);
  /** Where `#bytes` were read, and how many. */
  #position = 0;
  #length = 0;

  constructor(file: FileHandle, order: RecordOrder, key: Uint8Array) {
    this.#file = file;
    this.#order = order;
    this.#key = key;
  }

  /** Records before it are less, the one at its end is not: as with the bracket given. */
  of({ from, end }: CutBracket): CutBracket {
    if (this.#order.form === RecordForm.frames) return { from, end };
    let low = from;
    let high = end;
    while (high - low.position > nearBytes) {
      const middle = low.position + Math.floor((high - low.position) / 2);
      const start = this.#startFrom(low.position, middle, high);
      // One record covers the rest: what is left is read through.
      if (start >= high || !this.#load(start, high)) break;
      const { keyStart, keyEnd } = this.#place;
      const found = this.#bytes.subarray(keyStart, keyEnd);
      if (compareKeys(this.#order, found, this.#key) >= 0) high = start;
      else low = { position: start, bare: low.bare + (start - low.position) };
    }
    return { from: low, end: high };
  }

  /** Where the first record at or behind `middle` begins; `high` when none does before that. */
  #startFrom(low: number, middle: number, high: number): number {
    const { form, recordLength, delimiter } = this.#order;
    if (form === RecordForm.fixed) {
      return low + Math.ceil((middle - low) / recordLength) * recordLength;
    }
    for (let position = middle - 1; position < high; position += this.#length) {
      this.#read(position, high);
      if (this.#length === 0) return high;
      const found = this.#bytes.subarray(0, this.#length).indexOf(delimiter);
      if (found >= 0) return position + found + 1;
    }
    return high;
  }

  /** Brings the record at `start` into `#bytes`; false when it does not end before `high`. */
  #load(start: number, high: number): boolean {
    for (;;) {
      const at = start - this.#position;
      const isRead = at >= 0 && at < this.#length;
      const span = { at, limit: this.#length };
      if (isRead && readRecord(this.#order, this.#bytes, span, this.#place)) return true;
      if (this.#position === start) {
        if (start + this.#length >= high) return false;
        this.#bytes = new Uint8Array(this.#bytes.length * 2);
      }
      this.#read(start, high);
    }
  }

  #read(position: number, high: number): void {
    const wanted = Math.min(this.#bytes.length, high - position);
    this.#position = position;
    this.#length = this.#file.readSync(this.#bytes, 0, wanted, position);
  }
}
