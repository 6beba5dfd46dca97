/** Whether the records of one input are in order already: `varve sort -c`. */
import {
  nodeFileSystem,
  RecordForm,
  throwIfAborted,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { KeyEncoder, largestEncoding } from './sort-key-encoder.ts';
import { recordOrder, type OrderOptions } from './sort-options.ts';
import { compareKeys, readRecord, type RecordOrder, type RecordPlace } from './sort-order.ts';
import type { SortInput } from './sort-file.ts';

export interface CheckOptions extends OrderOptions {
  readonly fs?: FileSystem;
  readonly signal?: AbortSignal;
}

/** The first record that comes before the one it follows, or equals it where that is refused. */
export interface Disorder {
  /** Counted from 1. */
  readonly record: number;
  /** Byte where it begins. */
  readonly position: number;
  /** The record without its delimiter. */
  readonly bytes: Uint8Array;
}

const pieceBytes = 1 << 20;

/** Undefined when every record is in its place; with `unique`, equal neighbours are not. */
export async function checkSorted(
  input: SortInput,
  options: CheckOptions = {},
): Promise<Disorder | undefined> {
  const checker = new Checker(recordOrder(options));
  const { fs = nodeFileSystem } = options;
  const pieces = typeof input === 'string' ? filePieces(fs, input) : input;
  for await (const piece of pieces) {
    throwIfAborted(options.signal);
    const found = checker.take(piece);
    if (found !== undefined) return found;
  }
  throwIfAborted(options.signal);
  return checker.end();
}

class Checker {
  readonly #order: RecordOrder;
  readonly #encoder: KeyEncoder;
  /** Bytes of a record that did not end yet. */
  #rest: Uint8Array = new Uint8Array();
  #last: Uint8Array | undefined;
  #records = 0;
  #position = 0;

  constructor(order: RecordOrder) {
    this.#order = order;
    this.#encoder = new KeyEncoder(order.keys, order.separator);
  }

  take(piece: Uint8Array): Disorder | undefined {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const place: RecordPlace = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
    // As they come records are lines or fixed; frames are made of lines.
    const { form } = this.#order;
    const stored =
      form === RecordForm.frames ? { ...this.#order, form: RecordForm.lines } : this.#order;
    let at = 0;
    while (at < bytes.length && readRecord(stored, bytes, { at, limit: bytes.length }, place)) {
      const isLate = !this.#follows(bytes.subarray(place.keyStart, place.keyEnd));
      if (isLate) return this.#disorder(bytes, at, place);
      this.#position += place.end - at;
      at = place.end;
    }
    this.#rest = Uint8Array.from(bytes.subarray(at));
    return undefined;
  }

  end(): Disorder | undefined {
    if (this.#rest.length === 0 || this.#order.form === RecordForm.fixed) return undefined;
    return this.take(Uint8Array.of(this.#order.delimiter));
  }

  #follows(compared: Uint8Array): boolean {
    const key = this.#order.form === RecordForm.frames ? this.#encoded(compared) : compared;
    const order = this.#last === undefined ? -1 : compareKeys(this.#order, this.#last, key);
    this.#records++;
    this.#last = key === compared ? Uint8Array.from(key) : key;
    return order < 0 || (order === 0 && (this.#records === 1 || !this.#order.unique));
  }

  #encoded(line: Uint8Array): Uint8Array {
    const { keys, lastResort } = this.#order;
    const bytes = new Uint8Array(largestEncoding(keys.length, line.length) + line.length);
    const end = this.#encoder.encode(line, 0, line.length, { bytes, at: 0 });
    if (lastResort) bytes.set(line, end);
    return bytes.subarray(0, lastResort ? end + line.length : end);
  }

  #disorder(bytes: Uint8Array, at: number, { end }: RecordPlace): Disorder {
    const isFixed = this.#order.form === RecordForm.fixed;
    return {
      record: this.#records,
      position: this.#position,
      bytes: Uint8Array.from(bytes.subarray(at, isFixed ? end : end - 1)),
    };
  }
}

function* filePieces(fs: FileSystem, path: string): Generator<Uint8Array> {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(pieceBytes);
    for (let position = 0; ;) {
      const got = file.readSync(bytes, 0, pieceBytes, position);
      if (got === 0) return;
      yield bytes.subarray(0, got);
      position += got;
    }
  } finally {
    file.closeSync();
  }
}
