/**
 * The second half of a sort: merges runs, or of every run the records between two keys, into a file
 * at the place where they belong.
 *
 * Each input has a block of memory that the kernel reads from; when it ends within a record the
 * rest moves to the front of the block and more is read behind it.
 */
import {
  mostInputs,
  RecordForm,
  sortSlackBytes,
  type FileHandle,
  type FileSystem,
} from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { taskMemory, type TaskMemory } from './sort-memory.ts';
import { describeOrder, readRecord, type RecordOrder, type RecordPlace } from './sort-order.ts';
import {
  brokenRun,
  emptyIndex,
  noteRecord,
  type CutBracket,
  type RunCut,
  type RunIndex,
} from './sort-run-index.ts';
import { seekCut } from './sort-run-cut.ts';

/** A run, or the part of it between two cuts that are still to be found. */
export interface MergeInput {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly longest: number;
  readonly bareBytes: number;
  readonly low?: CutBracket;
  readonly high?: CutBracket;
}

export interface MergeRunsInput {
  readonly order: RecordOrder;
  readonly inputs: readonly MergeInput[];
  /** Records from this key on, and before that one; absent: all. */
  readonly lowKey?: Uint8Array;
  readonly highKey?: Uint8Array;
  readonly path: string;
  readonly memoryBytes: number;
  /** Bytes of a block at most. */
  readonly blockBytes: number;
  /** The output is the sort's: lines without keys, at the place of this part. */
  readonly isFinal: boolean;
  /** This part has a file of its own. */
  readonly isAlone?: boolean;
}

export interface MergeRunsResult {
  /** Where in the file the part begins and ends. */
  readonly start: number;
  readonly end: number;
  /** Bytes the part would have had with equal records kept. */
  readonly fullBytes: number;
  readonly bareBytes: number;
  readonly index: RunIndex;
}

/** Where an input stands. */
interface Source {
  readonly file: FileHandle;
  position: number;
  readonly end: number;
  readonly block: number;
  /** End of the bytes in the block. */
  filled: number;
}

/** What a merge of these needs at least. */
export function mergeMemoryBytes(inputs: number, longest: number, outBytes: number): number {
  return (inputs + 1) * (longest + 2 * sortSlackBytes) + Math.max(outBytes, longest + 1) + 4096;
}

export function mergeRuns(input: MergeRunsInput, env: Env): MergeRunsResult {
  const longest = input.inputs.reduce((most, run) => Math.max(most, run.longest), 0);
  const memory = taskMemory(env, input.memoryBytes, longest + 1);
  describeOrder(memory.kernel, input.order, input.isFinal);
  const files = new FileSet(env.fs);
  try {
    return new Merge(input, memory, { files, longest }).run();
  } finally {
    files.close();
  }
}

class FileSet {
  readonly #fs: FileSystem;
  readonly #files = new Map<string, FileHandle>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  open(path: string, mode: 'read' | 'create'): FileHandle {
    const file = this.#files.get(path) ?? this.#fs.openSync(path, mode);
    this.#files.set(path, file);
    return file;
  }

  close(): void {
    for (const file of this.#files.values()) file.closeSync();
  }
}

class Merge {
  readonly #input: MergeRunsInput;
  readonly #memory: TaskMemory;
  readonly #files: FileSet;
  readonly #lastBytes: number;
  readonly #blocks: number;
  readonly #longest: number;

  constructor(
    input: MergeRunsInput,
    memory: TaskMemory,
    { files, longest }: { readonly files: FileSet; readonly longest: number },
  ) {
    this.#input = input;
    this.#memory = memory;
    this.#files = files;
    this.#longest = longest;
    this.#lastBytes = memory.data;
    this.#blocks = memory.data + longest + sortSlackBytes;
  }

  run(): MergeRunsResult {
    const { order, isFinal, isAlone = false, path } = this.#input;
    const parts = this.#input.inputs.map((input) => this.#partOf(input));
    const start = isFinal && !isAlone ? sum(parts.map(({ low }) => low.bare)) : 0;
    const fullBytes = sum(parts.map(({ low, high }) => high.bare - low.bare));
    const sources = this.#sources(parts);
    const output = this.#files.open(path, 'create');
    const index = emptyIndex();
    const isFramed = order.form === RecordForm.frames && !isFinal;
    const { kernel, out, outBytes, bytes } = this.#memory;
    let at = start;
    let bare = 0;
    if (sources.length > 0) this.#begin(sources);
    for (let answer = sources.length === 0 ? 0 : 1; answer !== 0;) {
      answer = kernel.merge(out, out + outBytes);
      const length = kernel.writtenEnd() - out;
      if (length > 0) {
        if (!isFinal) this.#note(index, { position: at, bare }, out + length);
        output.writeSync(bytes, out, length, at);
      }
      at += length;
      bare += isFramed ? kernel.takeBareBytes() : length;
      if (answer >= 2) this.#fill(sources, answer - 2);
    }
    return { start, end: at, fullBytes, bareBytes: bare, index };
  }

  /** The cuts of one input. */
  #partOf(input: MergeInput): { file: FileHandle; low: RunCut; high: RunCut } {
    const { order, lowKey, highKey } = this.#input;
    const { low, high, longest, start, end, bareBytes } = input;
    const file = this.#files.open(input.path, 'read');
    const find = (bracket: CutBracket, key: Uint8Array): RunCut =>
      seekCut(file, bracket, order, { key, longest });
    return {
      file,
      low:
        low === undefined || lowKey === undefined
          ? { position: start, bare: 0 }
          : find(low, lowKey),
      high:
        high === undefined || highKey === undefined
          ? { position: end, bare: bareBytes }
          : find(high, highKey),
    };
  }

  #sources(parts: readonly { file: FileHandle; low: RunCut; high: RunCut }[]): Source[] {
    const used = parts.filter(({ low, high }) => high.position > low.position);
    const blockBytes = this.#blockBytes(Math.min(used.length, mostInputs));
    return used.map(({ file, low, high }, input) => {
      const block = this.#blocks + input * (blockBytes + sortSlackBytes);
      return { file, position: low.position, end: high.position, block, filled: block };
    });
  }

  #blockBytes(inputs: number): number {
    const room = Math.floor((this.#memory.end - this.#blocks) / Math.max(1, inputs));
    const fitting = room - sortSlackBytes;
    return Math.max(this.#longest, Math.min(fitting, this.#input.blockBytes));
  }

  #begin(sources: readonly Source[]): void {
    const { kernel } = this.#memory;
    for (const [input, source] of sources.entries()) {
      kernel.setInput(input, source.block, source.block, false);
      this.#fill(sources, input);
    }
    const missing = kernel.startMerge(
      sources.length,
      this.#input.order.unique ? this.#lastBytes : 0,
    );
    if (missing !== 0) throw this.#broken(sources[missing - 1]!);
  }

  /** Moves the unread bytes of an input to the front of its block and reads more. */
  #fill(sources: readonly Source[], input: number): void {
    const { kernel, bytes } = this.#memory;
    const source = sources[input]!;
    const blockBytes = this.#blockBytes(sources.length);
    const cursor = kernel.inputCursor(input);
    const kept = source.filled - cursor;
    bytes.copyWithin(source.block, cursor, source.filled);
    const wanted = Math.min(blockBytes - kept, source.end - source.position);
    const got = source.file.readSync(bytes, source.block + kept, wanted, source.position);
    if (got < wanted || wanted === 0) throw this.#broken(source);
    source.position += got;
    source.filled = source.block + kept + got;
    kernel.setInput(input, source.block, source.filled, source.position === source.end);
  }

  /** Puts the record at the start of the output into the index. */
  #note(index: RunIndex, cut: RunCut, limit: number): void {
    const { bytes, out } = this.#memory;
    const place: RecordPlace = { end: 0, keyStart: 0, keyEnd: 0, bareBytes: 0 };
    if (!readRecord(this.#input.order, bytes, { at: out, limit }, place)) return;
    noteRecord(index, cut, bytes.subarray(place.keyStart, place.keyEnd));
  }

  #broken(source: Source): Error {
    return brokenRun(source.file.path, source.position);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
