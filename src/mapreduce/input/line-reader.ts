/**
 * Lines of a split of a text file, each line in exactly one split.
 *
 *     delimiters            a record but the first belongs to the split that holds
 *     LF, CR, CRLF          the last byte of the delimiter before it
 *     bytes of the user's   the first byte of the delimiter before it
 *
 * The first record belongs to the first split; a record is read to its end past the split's. So a
 * record that begins exactly at a split's end belongs to the earlier split. The answer does not
 * depend on how many bytes are read at once. A byte order mark at the beginning of the file is not
 * part of the first value. An end of file after a delimiter makes no empty record.
 *
 * Upstream: apache/hadoop: mapreduce/lib/input/LineRecordReader.java, util/LineReader.java
 * (Apache-2.0); rules kept, code our own. Delimiters that overlap themselves have no answer there
 * either; here the leftmost match counts.
 */
import { LimitError } from '../../../native-free-io/index.ts';
import type { ByteSupply } from './byte-supply.ts';
import type { LineRegions, RecordBatch } from './record-reader.ts';

export interface LineReaderOptions {
  /** First byte of the split in the file, and the byte after its last. */
  readonly start: number;
  readonly end: number;
  /** Undefined: LF, CR and CRLF. */
  readonly delimiter?: Uint8Array | undefined;
  /** A line that takes so many bytes with its delimiter is left out. Default 2^31 - 1. */
  readonly maxLineBytes?: number | undefined;
  /** Bytes held at first. Default 1 MiB. */
  readonly bufferBytes?: number;
}

const lf = 10;
const cr = 13;
const mark = [0xef, 0xbb, 0xbf] as const;
const mostLines = 8192;
const longestLine = 0x7fff_ffff;
const pastEndBytes = 4096;

/** Lines of a batch: positions in the file and regions of bytes. */
export class LineBatch implements RecordBatch, LineRegions {
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  readonly positions: Float64Array = new Float64Array(mostLines);
  readonly starts: Int32Array = new Int32Array(mostLines);
  readonly ends: Int32Array = new Int32Array(mostLines);
  #text: Buffer = Buffer.alloc(0);

  get lines(): LineRegions {
    return this;
  }
  reset(bytes: Uint8Array): void {
    this.count = 0;
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  key(index: number): number {
    return this.positions[index]!;
  }
  value(index: number): string {
    return this.#text.toString('utf8', this.starts[index], this.ends[index]);
  }
}

export class LineReader {
  readonly #supply: ByteSupply;
  readonly #end: number;
  readonly #delimiter: Uint8Array | undefined;
  readonly #maxLineBytes: number;
  readonly #batch = new LineBatch();
  #bytes: Uint8Array;
  /** Held bytes not given out yet; `#scanned` of them hold no delimiter. */
  #from = 0;
  #to = 0;
  #scanned = 0;
  /** Position in the file of `#bytes[#from]`. */
  #position: number;
  #skipsFirst: boolean;
  #isWhole = false;
  #isDone = false;
  /** Bytes of the delimiter that `#findDelimiter` found. */
  #found = 0;

  constructor(supply: ByteSupply, options: LineReaderOptions) {
    this.#supply = supply;
    this.#position = options.start;
    this.#skipsFirst = options.start > 0;
    this.#end = options.end;
    this.#delimiter = options.delimiter;
    this.#maxLineBytes = options.maxLineBytes ?? longestLine;
    this.#bytes = new Uint8Array(options.bufferBytes ?? 1 << 20);
  }

  /** Where the next line begins in the file. */
  get position(): number {
    return this.#position;
  }

  /** The next lines; undefined once none is left. */
  async nextBatch(): Promise<LineBatch | undefined> {
    for (;;) {
      this.#batch.reset(this.#bytes);
      while (!this.#isDone && this.#batch.count < mostLines && this.#takeLine());
      if (this.#batch.count > 0) return this.#batch;
      if (this.#isDone) return undefined;
      await this.#fill();
    }
  }

  /** Gives out one line that is whole; false when more bytes are needed. */
  #takeLine(): boolean {
    const at = this.#findDelimiter();
    if (at < 0 && !this.#isWhole) return false;
    const isLast = at < 0;
    if (isLast && this.#from === this.#to) return this.#done();
    const textEnd = isLast ? this.#to : at;
    const next = isLast ? this.#to : at + this.#found;
    if (this.#skipsFirst) this.#skipsFirst = false;
    else if (this.#isPastEnd()) return this.#done();
    else this.#giveOut(textEnd, next - this.#from);
    this.#position += next - this.#from;
    this.#from = next;
    this.#scanned = 0;
    if (this.#isPastEnd()) return this.#done();
    return true;
  }

  #done(): false {
    this.#isDone = true;
    return false;
  }

  /** The delimiter before the line at hand lies past the split. */
  #isPastEnd(): boolean {
    if (this.#position === 0) return false;
    return this.#delimiter === undefined
      ? this.#position > this.#end
      : this.#position - this.#delimiter.length >= this.#end;
  }

  #giveOut(textEnd: number, consumed: number): void {
    if (consumed >= this.#maxLineBytes) return;
    const batch = this.#batch;
    const index = batch.count++;
    batch.positions[index] = this.#position;
    batch.starts[index] = this.#from + (this.#position === 0 ? this.#markLength(textEnd) : 0);
    batch.ends[index] = textEnd;
  }

  #markLength(textEnd: number): number {
    const isMark = mark.every((byte, index) => this.#bytes[this.#from + index] === byte);
    return isMark && textEnd - this.#from >= mark.length ? mark.length : 0;
  }

  /** Index of the next delimiter, its length in `#found`; -1 when none is held. */
  #findDelimiter(): number {
    return this.#delimiter === undefined ? this.#findLineEnd() : this.#findBytes(this.#delimiter);
  }

  #findLineEnd(): number {
    const bytes = this.#bytes;
    const to = this.#to;
    for (let at = this.#from + this.#scanned; at < to; at++) {
      const byte = bytes[at]!;
      if (byte > cr || (byte !== lf && byte !== cr)) continue;
      if (byte === cr && at + 1 === to && !this.#isWhole) {
        // What follows decides whether the delimiter has one byte or two.
        this.#scanned = at - this.#from;
        return -1;
      }
      this.#found = byte === cr && at + 1 < to && bytes[at + 1] === lf ? 2 : 1;
      return at;
    }
    this.#scanned = to - this.#from;
    return -1;
  }

  #findBytes(delimiter: Uint8Array): number {
    const last = this.#to - delimiter.length;
    const bytes = this.#bytes;
    for (let at = this.#from + this.#scanned; at <= last; at++) {
      if (bytes[at] !== delimiter[0] || !startsAt(bytes, at, delimiter)) continue;
      this.#found = delimiter.length;
      return at;
    }
    this.#scanned = Math.max(0, last + 1 - this.#from);
    return -1;
  }

  /** Little past the end of the split: the rest of one record is there, and others' records. */
  #wanted(held: number): number {
    const room = this.#bytes.length - held;
    const left = this.#end - this.#position - held;
    return Math.min(room, left > 0 ? left : pastEndBytes);
  }

  async #fill(): Promise<void> {
    const held = this.#to - this.#from;
    if (held > longestLine) {
      throw new LimitError('MAPREDUCE_RECORD_TOO_LARGE', 'a line passes 2^31 - 1 bytes', {
        context: { position: this.#position },
      });
    }
    if (held > this.#bytes.length / 2) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes.subarray(this.#from, this.#to));
      this.#bytes = grown;
    } else {
      this.#bytes.copyWithin(0, this.#from, this.#to);
    }
    this.#from = 0;
    this.#to = held;
    const got = await this.#supply.read(this.#bytes, held, this.#wanted(held));
    if (got === 0) this.#isWhole = true;
    this.#to += got;
  }
}

function startsAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 1; index < wanted.length; index++) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}
