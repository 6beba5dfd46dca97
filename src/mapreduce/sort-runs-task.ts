/**
 * The first half of a sort, for one share of the input: reads records into memory, sorts them and
 * writes them as a run, as often as the share needs.
 *
 * All runs of a share lie in one file, one after the other. A share that makes one run only may be
 * the whole sort: then it is written as the output.
 */
import { entryBytes, RecordForm, type FileHandle } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { taskMemory, type TaskMemory } from './sort-memory.ts';
import { describeOrder, readRecord, type RecordOrder, type RecordPlace } from './sort-order.ts';
import { RecordReader, type InputPiece } from './sort-records.ts';
import { emptyIndex, noteRecord, type Run, type RunIndex } from './sort-run-index.ts';

export interface SortRunsInput {
  readonly order: RecordOrder;
  readonly pieces: readonly InputPiece[];
  readonly path: string;
  readonly memoryBytes: number;
  /** A run ends when it holds this much, or when the memory is full. */
  readonly runBytes: number;
  /** The input is in order already: its runs are one. */
  readonly presorted: boolean;
  /** Lines are written without their keys: this is the whole input. */
  readonly bare: boolean;
}

export interface SortRunsResult {
  readonly runs: readonly Run[];
  readonly records: number;
}

export function sortRuns(input: SortRunsInput, env: Env): SortRunsResult {
  const memory = taskMemory(env, input.memoryBytes);
  describeOrder(memory.kernel, input.order, input.bare);
  const file = env.fs.openSync(input.path, 'create');
  try {
    return new RunMaker(input, memory, file).run(env);
  } finally {
    file.closeSync();
  }
}

class RunMaker {
  readonly #input: SortRunsInput;
  readonly #memory: TaskMemory;
  readonly #file: FileHandle;
  readonly #reader: RecordReader;
  readonly #runs: Run[] = [];
  #records = 0;
  #position = 0;
  #bare = 0;

  constructor(input: SortRunsInput, memory: TaskMemory, file: FileHandle) {
    this.#input = input;
    this.#memory = memory;
    this.#file = file;
    this.#reader = new RecordReader(memory, input.order);
  }

  run({ fs }: Env): SortRunsResult {
    this.#reader.startRun();
    for (const piece of this.#input.pieces) {
      const source = fs.openSync(piece.path, 'read');
      try {
        this.#reader.seek(source, piece);
        while (!this.#reader.fill(source, piece, this.#input.runBytes)) this.#endRun();
      } finally {
        source.closeSync();
      }
    }
    this.#endRun();
    const { presorted } = this.#input;
    return { runs: presorted ? joined(this.#runs) : this.#runs, records: this.#records };
  }

  #endRun(): void {
    const { kernel } = this.#memory;
    if (this.#reader.records === 0) return;
    this.#records += this.#reader.records;
    kernel.sortEntries();
    if (this.#input.order.unique) kernel.keepFirsts();
    const start = this.#position;
    const { path } = this.#input;
    this.#bare = 0;
    const index = emptyIndex();
    const longest = this.#writeRun(index);
    this.#runs.push({ path, start, end: this.#position, bareBytes: this.#bare, longest, index });
    this.#reader.startRun();
  }

  /** Returns the bytes of the longest record. */
  #writeRun(index: RunIndex): number {
    const { kernel, out, outBytes } = this.#memory;
    let longest = 0;
    const count = kernel.entryCount();
    for (let entry = 0; entry < count;) {
      const next = kernel.gather(entry, count, out, out + outBytes);
      if (next > entry) this.#writePiece(index, out, kernel.writtenEnd());
      else longest = Math.max(longest, this.#writeLarge(index, entry));
      entry = Math.max(next, entry + 1);
    }
    return Math.max(longest, kernel.takeLongest());
  }

  #writePiece(index: RunIndex, start: number, end: number): void {
    const { bytes, kernel } = this.#memory;
    this.#note(index, start, end);
    this.#file.writeSync(bytes, start, end - start, this.#position);
    const isFramed = this.#input.order.form === RecordForm.frames && !this.#input.bare;
    this.#bare += isFramed ? kernel.takeBareBytes() : end - start;
    this.#position += end - start;
  }

  /** A record larger than the buffer is written from where it lies; returns its bytes. */
  #writeLarge(index: RunIndex, entry: number): number {
    const { bytes, view, kernel } = this.#memory;
    const at = view.getUint32(kernel.firstEntry() + entry * entryBytes + 8, true);
    const { order, bare } = this.#input;
    const place = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
    readRecord(order, bytes, { at, limit: bytes.length }, place);
    this.#note(index, at, bytes.length);
    const isBared = bare && order.form === RecordForm.frames;
    const start = isBared ? place.end - place.bareBytes + 1 : at;
    this.#file.writeSync(bytes, start, place.end - start, this.#position);
    this.#position += place.end - start;
    if (isBared) this.#file.writeSync(Uint8Array.of(order.delimiter), 0, 1, this.#position++);
    this.#bare += place.bareBytes;
    return place.end - at;
  }

  /** Puts the record at `start` into the index. */
  #note(index: RunIndex, start: number, limit: number): void {
    const { order, bare } = this.#input;
    if (bare) return;
    const { bytes } = this.#memory;
    const place: RecordPlace = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
    if (!readRecord(order, bytes, { at: start, limit }, place)) return;
    const cut = { position: this.#position, bare: this.#bare };
    noteRecord(index, cut, bytes.subarray(place.keyStart, place.keyEnd));
  }
}

/** Sorted pieces that follow each other in a file, taken as one. */
function joined(runs: readonly Run[]): Run[] {
  const [first, ...rest] = runs;
  if (first === undefined) return [];
  return [rest.reduce(append, first)];
}

function append(left: Run, right: Run): Run {
  const index = {
    positions: [...left.index.positions, ...right.index.positions],
    bares: [...left.index.bares, ...right.index.bares.map((bare) => bare + left.bareBytes)],
    keys: [...left.index.keys, ...right.index.keys],
  };
  const longest = Math.max(left.longest, right.longest);
  const bareBytes = left.bareBytes + right.bareBytes;
  return { ...left, end: right.end, bareBytes, longest, index };
}
