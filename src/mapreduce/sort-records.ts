/**
 * Reads the records of a piece of a file into the memory of a task and enters them with the kernel,
 * until the memory, or what a run should hold, is full.
 *
 * A line belongs to the piece in which it begins; a piece that does not begin at 0 leaves out what
 * comes before the first delimiter at or after the byte before it. The last line of a file may lack
 * its delimiter.
 *
 * Room: data grows up from `memory.data`, entries and as much scratch down from `memory.end`.
 */
import {
  CorruptionError,
  entryBytes,
  frameHeaderBytes,
  LimitError,
  RecordForm,
  sortSlackBytes,
  type FileHandle,
} from '../../native-free-io/index.ts';
import { KeyEncoder, largestEncoding } from './sort-key-encoder.ts';
import type { TaskMemory } from './sort-memory.ts';
import type { RecordOrder } from './sort-order.ts';

/** A piece of an input file. */
export interface InputPiece {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const readBytes = 1 << 20;
const leastReadBytes = 4096;
const seekBytes = 64 << 10;

export class RecordReader {
  readonly #memory: TaskMemory;
  readonly #order: RecordOrder;
  readonly #encoder: KeyEncoder | undefined;
  /** Where lines are read to before they become frames. */
  readonly #raw: number;
  readonly #rawBytes: number;
  readonly #dataStart: number;
  /** Where the next record goes. */
  #next: number;
  #position = 0;
  #records = 0;

  constructor(memory: TaskMemory, order: RecordOrder) {
    this.#memory = memory;
    this.#order = order;
    const isFramed = order.form === RecordForm.frames;
    if (isFramed) this.#encoder = new KeyEncoder(order.keys, order.separator);
    this.#raw = memory.data;
    this.#rawBytes = isFramed ? Math.min(readBytes, (memory.end - memory.data) >> 2) : 0;
    this.#dataStart = memory.data + this.#rawBytes + sortSlackBytes;
    this.#next = this.#dataStart;
  }

  /** Records entered since the last `startRun`. */
  get records(): number {
    return this.#records;
  }

  startRun(): void {
    this.#next = this.#dataStart;
    this.#records = 0;
    this.#memory.kernel.clear(this.#memory.end, 0);
  }

  /** Goes to the first record of a piece. */
  seek(file: FileHandle, piece: InputPiece): void {
    this.#position = piece.start;
    if (piece.start === 0 || this.#order.form === RecordForm.fixed) return;
    this.#position = this.#lineAfter(file, piece.start - 1) ?? Number.MAX_SAFE_INTEGER;
  }

  /** Enters records of the piece; true when it is read through, false when the run is full. */
  fill(file: FileHandle, piece: InputPiece, runBytes: number): boolean {
    while (this.#position < piece.end) {
      if (this.#next - this.#dataStart >= runBytes) return false;
      const entered = this.#enterSome(file, piece);
      if (entered > 0) continue;
      if (this.#records > 0) return false;
      throw new LimitError(
        'SORT_RECORD_TOO_LARGE',
        'a record does not fit the memory of the sort',
        {
          context: { path: file.path, position: this.#position },
        },
      );
    }
    return true;
  }

  #enterSome(file: FileHandle, piece: InputPiece): number {
    const { form } = this.#order;
    const before = this.#records;
    if (form === RecordForm.lines) this.#enterLines(file, piece);
    else if (form === RecordForm.fixed) this.#enterFixed(file, piece);
    else this.#enterFrames(file, piece);
    return this.#records - before;
  }

  /** Bytes between data and entries. */
  #room(): number {
    const taken = this.#records * 2 * entryBytes;
    return this.#memory.end - taken - this.#next - 2 * sortSlackBytes;
  }

  /** Allows as many entries as fit above `dataEnd`. */
  #allow(dataEnd: number): void {
    const room = this.#memory.end - dataEnd - sortSlackBytes;
    this.#memory.kernel.allow(Math.floor(room / (2 * entryBytes)));
  }

  #enterLines(file: FileHandle, piece: InputPiece): void {
    const { kernel } = this.#memory;
    const begin = this.#next;
    const room = this.#room();
    const wanted = Math.min(readBytes, room >> 1, piece.end - this.#position);
    if (wanted < Math.min(leastReadBytes, piece.end - this.#position)) return;
    const got = this.#read(file, { begin, wanted, end: piece.end });
    this.#allow(begin + got);
    let line = kernel.enterLines(begin, begin, begin + got);
    const isCut = line < begin + got && this.#position + got >= piece.end;
    const isWhole = kernel.entryCount() === this.#records;
    if (line < begin + got && (isCut || isWhole)) {
      // The last line goes on behind what was read.
      line = this.#finishLine(file, line, begin + got);
    }
    this.#records = kernel.entryCount();
    this.#position += line - begin;
    this.#next = line;
  }

  /** Reads until the line that began at `line` ends, if there is room; returns what comes next. */
  #finishLine(file: FileHandle, line: number, readEnd: number): number {
    const { bytes, kernel, end: top } = this.#memory;
    const limit = top - (kernel.entryCount() + 1) * 2 * entryBytes - 3 * sortSlackBytes;
    let end = readEnd;
    for (let from = line; ;) {
      const found = bytes.subarray(from, end).indexOf(this.#order.delimiter);
      if (found >= 0) {
        this.#allow(end);
        return kernel.enterLines(line, from + found, from + found + 1);
      }
      from = end;
      const wanted = Math.min(readBytes, limit - end);
      if (wanted <= 0) return line;
      const got = file.readSync(bytes, end, wanted, this.#position + (end - this.#next));
      if (got === 0) {
        bytes[end] = this.#order.delimiter;
        this.#allow(end + 1);
        const next = kernel.enterLines(line, end, end + 1);
        // The delimiter is not in the file.
        if (next > line) this.#position--;
        return next;
      }
      end += got;
    }
  }

  #enterFixed(file: FileHandle, piece: InputPiece): void {
    const { recordLength } = this.#order;
    const { kernel } = this.#memory;
    const begin = this.#next;
    const most = Math.floor(this.#room() / (recordLength + 2 * entryBytes));
    const records = Math.min(most, Math.max(1, Math.floor(readBytes / recordLength)));
    const wanted = Math.min(records * recordLength, piece.end - this.#position);
    if (wanted < recordLength) return;
    const got = this.#read(file, { begin, wanted, end: piece.end });
    this.#allow(begin + got);
    const next = kernel.enterFixed(begin, begin + got);
    this.#records = kernel.entryCount();
    this.#position += next - begin;
    this.#next = next;
  }

  /** Lines are read aside and go over with their keys before them. */
  #enterFrames(file: FileHandle, piece: InputPiece): void {
    const { bytes } = this.#memory;
    const raw = this.#raw;
    const wanted = Math.min(this.#rawBytes, file.sizeSync() - this.#position);
    if (wanted <= 0) throw shrunk(file.path, this.#position, piece.end);
    const got = this.#read(file, { begin: raw, wanted, end: this.#position + wanted });
    const isLast = got < this.#rawBytes;
    const begin = this.#next;
    let at = raw;
    while (at < raw + got && this.#position < piece.end) {
      const found = bytes.subarray(at, raw + got).indexOf(this.#order.delimiter);
      if (found < 0 && !isLast) break;
      const end = found < 0 ? raw + got : at + found;
      if (!this.#frameLine(at, end)) break;
      const length = end - at + (found < 0 ? 0 : 1);
      this.#position += length;
      at += length;
    }
    this.#allow(this.#next);
    this.#memory.kernel.enterFrames(begin, this.#next);
  }

  #frameLine(start: number, end: number): boolean {
    const { bytes, view } = this.#memory;
    const length = end - start;
    const most = frameHeaderBytes + length + largestEncoding(this.#order.keys.length, length);
    if (most + 2 * entryBytes > this.#room()) return false;
    const at = this.#next;
    const keys = at + frameHeaderBytes;
    const line = this.#encoder!.encode(bytes, start, end, { bytes, at: keys });
    bytes.copyWithin(line, start, end);
    view.setUint32(at, line - keys, true);
    view.setUint32(at + 4, line - keys + length, true);
    this.#next = line + length;
    this.#records++;
    return true;
  }

  #read(
    file: FileHandle,
    {
      begin,
      wanted,
      end,
    }: { readonly begin: number; readonly wanted: number; readonly end: number },
  ): number {
    const got = file.readSync(this.#memory.bytes, begin, wanted, this.#position);
    if (got < wanted) throw shrunk(file.path, this.#position + got, end);
    return got;
  }

  /** Where the line after the first delimiter at or behind `position` begins. */
  #lineAfter(file: FileHandle, position: number): number | undefined {
    // Not into the memory: a run goes on from piece to piece.
    const bytes = new Uint8Array(seekBytes);
    for (let from = position; ;) {
      const got = file.readSync(bytes, 0, seekBytes, from);
      const found = bytes.subarray(0, got).indexOf(this.#order.delimiter);
      if (found >= 0) return from + found + 1;
      if (got < seekBytes) return undefined;
      from += got;
    }
  }
}

function shrunk(path: string, position: number, end: number): CorruptionError {
  return new CorruptionError('SORT_INPUT_CHANGED', `the input ended before byte ${end}`, {
    context: { path, position },
  });
}
