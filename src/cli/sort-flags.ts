/** The flags of `varve sort`, named as GNU sort names them, and the options they stand for. */
import type { SortOptions } from '../mapreduce/index.ts';
import { wholeNumber } from './arguments.ts';
import { UsageError, type Invocation, type OptionSpec } from './command.ts';

type Specs = Readonly<Record<string, OptionSpec>>;

/** Letters that go into keys without their own. */
const orderings: Readonly<Record<string, string>> = {
  'ignore-leading-blanks': 'b',
  'dictionary-order': 'd',
  'ignore-case': 'f',
  'general-numeric-sort': 'g',
  'human-numeric-sort': 'h',
  'ignore-nonprinting': 'i',
  'month-sort': 'M',
  'numeric-sort': 'n',
  reverse: 'r',
};

export const memoryFlag: OptionSpec = {
  type: 'string',
  short: 'S',
  value: 'SIZE',
  help: 'memory (default 256M)',
};
export const parallelFlag: OptionSpec = {
  type: 'string',
  value: 'N',
  help: 'worker threads (default: cores, at most 8)',
};

export const sortFlags: Specs = {
  key: {
    type: 'string',
    short: 'k',
    value: 'KEY',
    repeats: true,
    help: 'sort by F[.C][bdfghiMnr][,F[.C][bdfghiMnr]]; may be given again',
  },
  'field-separator': { type: 'string', short: 't', value: 'BYTE', help: 'between fields' },
  'ignore-leading-blanks': { type: 'boolean', short: 'b', help: 'skip blanks before a key' },
  'dictionary-order': { type: 'boolean', short: 'd', help: 'blanks, letters and digits only' },
  'ignore-case': { type: 'boolean', short: 'f', help: 'small letters as capitals' },
  'general-numeric-sort': { type: 'boolean', short: 'g', help: 'as floating-point numbers' },
  'human-numeric-sort': { type: 'boolean', short: 'h', help: 'as sizes like 2K and 1G' },
  'ignore-nonprinting': { type: 'boolean', short: 'i', help: 'printable bytes only' },
  'month-sort': { type: 'boolean', short: 'M', help: 'JAN before FEB, anything else first' },
  'numeric-sort': { type: 'boolean', short: 'n', help: 'as numbers of any length' },
  reverse: { type: 'boolean', short: 'r', help: 'the other way round' },
  stable: { type: 'boolean', short: 's', help: 'lines with equal keys keep their order' },
  unique: { type: 'boolean', short: 'u', help: 'only the first of equal lines' },
  'zero-terminated': { type: 'boolean', short: 'z', help: 'lines end with a zero byte' },
  record: { type: 'string', value: 'BYTES', help: 'records of that length instead of lines' },
  'key-start': { type: 'string', value: 'N', help: 'with --record: bytes before the key' },
  'key-bytes': { type: 'string', value: 'N', help: 'with --record: bytes of the key' },
  merge: { type: 'boolean', short: 'm', help: 'the files are sorted: merge them' },
  check: { type: 'boolean', short: 'c', help: 'do not sort, tell the first line out of order' },
  'check-silent': { type: 'boolean', short: 'C', help: 'the same, by the exit code alone' },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'instead of standard output' },
  'buffer-size': memoryFlag,
  parallel: parallelFlag,
  'batch-size': { type: 'string', value: 'N', help: 'merge so many runs at once at most' },
  'temporary-directory': { type: 'string', short: 'T', value: 'DIR', help: 'for runs' },
  sync: { type: 'boolean', help: 'the output survives a power cut' },
  json: { type: 'boolean', help: 'with -o: print the result as JSON' },
  quiet: { type: 'boolean', help: 'no progress' },
};

const units: Readonly<Record<string, number>> = {
  b: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};
const leastMemoryBytes = 1 << 20;
const leastThreadBytes = 256 << 10;
const mostThreadBytes = 2040 << 20;
const mostThreads = 64;
const defaultThreads = 2;
const mostDefaultThreads = 8;

export function sortOptions(invocation: Invocation): SortOptions {
  const { flags, lists, io } = invocation;
  const has = (name: string): boolean => flags[name] === true;
  const threads = parallelOf(invocation);
  const letters = Object.keys(orderings).filter(has);
  const directory = flags['temporary-directory'] ?? io.temporaryDirectory;
  return {
    key: lists['key'] ?? [],
    order: letters.map((name) => orderings[name]).join(''),
    stable: has('stable'),
    unique: has('unique'),
    merge: has('merge'),
    delimiter: has('zero-terminated') ? 'nul' : 'newline',
    parallel: threads,
    memoryBytes: memoryOf(invocation, threads),
    mergeFactor: Math.min(512, wholeNumber(invocation, 'batch-size', { fallback: 512, min: 2 })),
    durability: has('sync') ? 'synced' : 'written',
    ...separator(flags['field-separator']),
    ...record(invocation),
    ...(typeof directory === 'string' ? { temporaryDirectory: directory } : {}),
  };
}

export function parallelOf(invocation: Invocation): number {
  const cores = Math.min(mostDefaultThreads, invocation.io.cores ?? defaultThreads);
  const wanted = wholeNumber(invocation, 'parallel', { fallback: cores, min: 1 });
  return Math.min(wanted, mostThreads);
}

/** A bare number counts KiB, as GNU sort's does; too little becomes the least there is. */
export function memoryOf({ flags }: Invocation, threads: number): number {
  const flag = flags['buffer-size'];
  if (typeof flag !== 'string') return 256 << 20;
  const match = /^(\d+)([bKMGT]?)$/.exec(flag.replace(/k$/, 'K'));
  if (match === null) {
    throw new UsageError(`--buffer-size: expected a size like 256M or 2G, got '${flag}'`);
  }
  const unit = match[2] === '' ? 'K' : match[2]!;
  const least = Math.max(leastMemoryBytes, threads * leastThreadBytes);
  return Math.min(threads * mostThreadBytes, Math.max(least, Number(match[1]) * units[unit]!));
}

function separator(flag: string | boolean | undefined): { readonly separator?: string } {
  if (typeof flag !== 'string') return {};
  if (flag === '\\0') return { separator: '\0' };
  if (Buffer.byteLength(flag) !== 1) {
    throw new UsageError(`--field-separator: expected one byte, got '${flag}'`);
  }
  return { separator: flag };
}

function record(invocation: Invocation): Pick<SortOptions, 'record'> {
  const { flags } = invocation;
  const length = wholeNumber(invocation, 'record', { fallback: 0, min: 1 });
  const keyStart = wholeNumber(invocation, 'key-start', { fallback: 0 });
  if (length === 0) {
    const stray = ['key-start', 'key-bytes'].find((name) => flags[name] !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} needs --record`);
    return {};
  }
  const most = Math.max(0, length - keyStart);
  const keyLength = wholeNumber(invocation, 'key-bytes', { fallback: most, max: most });
  return { record: { length, keyStart, keyLength } };
}
