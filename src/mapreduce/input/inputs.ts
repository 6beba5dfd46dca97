/**
 * Inputs of a job: what `runJob` is given, and from which it gets its splits.
 *
 * An input is asked for its splits once, in the thread that runs the job; readers are made from
 * splits in the workers.
 */
import { InvalidArgumentError, type FileSystem } from '../../../native-free-io/index.ts';
import { SequenceFileReader } from '../../hadoop/index.ts';
import { fileSplits, type FileInputOptions, type Range } from './file-splits.ts';
import type { InputFile } from './input-paths.ts';
import { openSupply } from './byte-supply.ts';
import { LineReader } from './line-reader.ts';
import type { InputSplit } from './record-reader.ts';

export interface JobInput {
  splits(fs: FileSystem): Promise<InputSplit[]>;
}

export interface TextInputOptions extends FileInputOptions {
  /** Ends a record, as UTF-8; not empty. Default: LF, CR and CRLF. */
  readonly delimiter?: string;
  /** Lines that take so many bytes or more are left out. Default: none is. */
  readonly maxLineBytes?: number;
}

/** What a text split's reader needs besides the range. */
export interface TextDetail {
  readonly delimiter: Uint8Array | undefined;
  readonly maxLineBytes: number | undefined;
  /** Of key-value text. */
  readonly separator: number;
}

type Paths = string | readonly string[];

/** Lines: key is the byte where the line begins (long), value the line (text). */
export function TextInput(paths: Paths, options: TextInputOptions = {}): JobInput {
  const detail = textDetail(options, 0);
  return { splits: (fs) => fileSplits(fs, listOf(paths), options, each('text', detail)) };
}

/** Lines cut at the first separator: key before (text), value after it (text), or nothing. */
export function KeyValueTextInput(
  paths: Paths,
  options: TextInputOptions & { readonly separator?: string } = {},
): JobInput {
  const separator = new TextEncoder().encode(options.separator ?? '\t');
  if (separator.length !== 1) {
    throw new InvalidArgumentError('OPTION_INVALID', 'a separator has one byte');
  }
  const detail = textDetail(options, separator[0]!);
  return { splits: (fs) => fileSplits(fs, listOf(paths), options, each('keyValue', detail)) };
}

/** As text, with so many lines to a split, whatever their length. */
export function NLineInput(
  paths: Paths,
  options: Omit<TextInputOptions, 'splitBytes'> & { readonly lines?: number } = {},
): JobInput {
  const lines = options.lines ?? 1;
  if (!(Number.isSafeInteger(lines) && lines >= 1)) {
    throw new InvalidArgumentError('OPTION_INVALID', `${lines} lines to a split`);
  }
  const detail = textDetail(options, 0);
  return {
    async splits(fs) {
      const files = await fileSplits(fs, listOf(paths), options, each('lines', detail));
      const seen = [...new Set(files.map(({ path }) => path))];
      const found: InputSplit[] = [];
      for (const path of seen) {
        const size = fs.statSync(path)!.size;
        for (const range of await lineRanges(fs, { path, size }, detail, lines)) {
          found.push({ reader: 'lines', path, ...range, detail });
        }
      }
      return found;
    },
  };
}

/** Records of SequenceFiles; a directory with a file `data` is a MapFile and stands for that. */
export function SequenceFileInput(paths: Paths, options: FileInputOptions = {}): JobInput {
  return {
    async splits(fs) {
      const resolved = listOf(paths).map((path) => mapFileData(fs, path));
      const found = await fileSplits(fs, resolved, options, each('sequence', undefined));
      // A file that is none should not be found out by the last attempt of a task.
      for (const path of new Set(found.map((split) => split.path))) {
        SequenceFileReader.headerOf(fs, path);
      }
      return found;
    },
  };
}

/** Several inputs as one. */
export function inputsOf(...inputs: readonly JobInput[]): JobInput {
  return {
    async splits(fs) {
      const all: InputSplit[] = [];
      for (const input of inputs) all.push(...(await input.splits(fs)));
      return all;
    },
  };
}

function listOf(paths: Paths): readonly string[] {
  return typeof paths === 'string' ? [paths] : paths;
}

function each(reader: string, detail: unknown) {
  return ({ path }: InputFile, ranges: readonly Range[]): InputSplit[] =>
    ranges.map((range) => ({ reader, path, ...range, detail }));
}

function textDetail(options: TextInputOptions, separator: number): TextDetail {
  const { delimiter, maxLineBytes } = options;
  if (delimiter === '') throw new InvalidArgumentError('OPTION_INVALID', 'an empty delimiter');
  const bytes = delimiter === undefined ? undefined : new TextEncoder().encode(delimiter);
  return { delimiter: bytes, maxLineBytes, separator };
}

function mapFileData(fs: FileSystem, path: string): string {
  if (fs.statSync(path)?.kind !== 'directory') return path;
  return fs.statSync(`${path}/data`)?.kind === 'file' ? `${path}/data` : path;
}

/**
 * A reader drops the first line of a split that does not begin the file, so a split begins one byte
 * early: at the last byte of the delimiter before its first line.
 */
async function lineRanges(
  fs: FileSystem,
  { path, size }: InputFile,
  detail: TextDetail,
  lines: number,
): Promise<Range[]> {
  const supply = openSupply(fs, path, { start: 0 });
  try {
    const reader = new LineReader(supply, {
      start: 0,
      end: Number.MAX_SAFE_INTEGER,
      delimiter: detail.delimiter,
    });
    const early = detail.delimiter?.length ?? 1;
    const begins: number[] = [];
    let seen = 0;
    for (let batch = await reader.nextBatch(); batch !== undefined;) {
      for (let index = 0; index < batch.count; index++) {
        if (seen++ % lines === 0) begins.push(Math.max(0, batch.key(index) - early));
      }
      batch = await reader.nextBatch();
    }
    const last = Math.max(size, reader.position);
    return begins.map((start, index) => ({ start, length: (begins[index + 1] ?? last) - start }));
  } finally {
    await supply.close();
  }
}
