/** What a sort may be asked for, with defaults and bounds, and the order that follows from it. */
import { InvalidArgumentError, RecordForm } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { parseKeys } from './sort-key.ts';
import type { RecordOrder } from './sort-order.ts';
import type { Executor } from './worker/executor.ts';

/** Records of fixed length without delimiters. */
export interface FixedRecord {
  /** Bytes of a record, 1 to 64 MiB. */
  readonly length: number;
  /** First byte that is compared. Default 0. */
  readonly keyStart?: number;
  /** Bytes that are compared; records equal in them keep their order. Default: to the end. */
  readonly keyLength?: number;
}

export interface OrderOptions {
  /** Keys as GNU sort has them, the first first: `2,2n`, `3.2,3.5r`. Default: whole lines. */
  readonly key?: string | readonly string[];
  /** Letters of b d f g h i M n r for keys that have none, or for whole lines. Default none. */
  readonly order?: string;
  /** One byte between fields; default: where blanks begin. */
  readonly separator?: string;
  /** What ends a line. Default 'newline'. */
  readonly delimiter?: 'newline' | 'nul';
  /** Records of fixed length instead of lines; excludes keys, letters but r, and separators. */
  readonly record?: FixedRecord;
  /** Of records that compare equal only the first stays. Default false. */
  readonly unique?: boolean;
  /** Lines with equal keys keep their order; else they are compared whole. Default false. */
  readonly stable?: boolean;
}

export interface SortProgress {
  /** Bytes read or merged so far, and in all. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface SortOptions extends OrderOptions {
  /**
   * Memory for records, all workers together: at least 1 MiB, and 256 KiB to 2,040 MiB for each.
   * Default 256 MiB. The process takes up to a quarter more, and 60 MiB.
   */
  readonly memoryBytes?: number;
  /** Worker threads, 1 to 64. Default 2. */
  readonly parallel?: number;
  /** Every input is in order: they are merged. Default false. */
  readonly merge?: boolean;
  /** Runs merged at once at most, 2 to 512; memory may allow fewer. Default 512. */
  readonly mergeFactor?: number;
  /** For runs. Default: where the output goes, else the current directory. */
  readonly temporaryDirectory?: string;
  /**
   * 'written': a killed process leaves the old output or the new, a power cut may leave neither.
   * 'synced': a power cut leaves the old or the new, too. Default 'written'.
   */
  readonly durability?: 'written' | 'synced';
  /** Where tasks run; the caller closes it. Default: a pool of `parallel` threads. */
  readonly executor?: Executor;
  /** The world, for tests: files are reached through it. */
  readonly env?: Env;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SortProgress) => void;
}

export const defaultMemoryBytes: number = 256 << 20;
const leastMemoryBytes = 1 << 20;
const leastShareBytes = 256 << 10;
const mostMemoryBytes = 2040 << 20;
const mostRecordLength = 64 << 20;

/** The bounds that hold whatever the input. */
export function checkedSizes(options: SortOptions): {
  readonly memoryBytes: number;
  readonly parallel: number;
  readonly mergeFactor: number;
} {
  const { memoryBytes = defaultMemoryBytes, mergeFactor = 512 } = options;
  const parallel = options.parallel ?? options.executor?.workers ?? 2;
  requireWhole('parallel', parallel, 1, 64);
  const least = Math.max(leastMemoryBytes, leastShareBytes * parallel);
  requireWhole('memoryBytes', memoryBytes, least, mostMemoryBytes * parallel);
  requireWhole('mergeFactor', mergeFactor, 2, 512);
  return { memoryBytes, parallel, mergeFactor };
}

/** Throws OPTION_INVALID for what excludes each other. */
export function recordOrder(options: OrderOptions): RecordOrder {
  const { order = '', unique = false, stable = false } = options;
  const keys = parseKeys(listOf(options.key), order);
  const descending = order.includes('r');
  const plain = {
    delimiter: options.delimiter === 'nul' ? 0 : 10,
    separator: separatorByte(options.separator),
    descending,
    unique,
    lastResort: !unique && !stable,
    keys: keys.map((key) => ({ key, inverted: key.reverse !== descending })),
    recordLength: 0,
    keyStart: 0,
    keyLength: 0,
  };
  if (options.record !== undefined) return { ...plain, ...fixedRecord(options.record, options) };
  return { ...plain, form: keys.length > 0 ? RecordForm.frames : RecordForm.lines };
}

function fixedRecord(
  record: FixedRecord,
  options: OrderOptions,
): Partial<RecordOrder> & {
  readonly form: RecordForm;
} {
  const { length, keyStart = 0, keyLength = length - keyStart } = record;
  requireWhole('record.length', length, 1, mostRecordLength);
  requireWhole('record.keyStart', keyStart, 0, length);
  requireWhole('record.keyLength', keyLength, 0, length - keyStart);
  const letters = (options.order ?? '').replaceAll('r', '');
  if (listOf(options.key).length > 0 || letters !== '' || options.separator !== undefined) {
    throw invalid('records of fixed length have keyStart and keyLength, no fields');
  }
  return { form: RecordForm.fixed, recordLength: length, keyStart, keyLength };
}

function listOf(key: string | readonly string[] | undefined): readonly string[] {
  if (key === undefined) return [];
  return typeof key === 'string' ? [key] : key;
}

function separatorByte(separator: string | undefined): number {
  if (separator === undefined) return -1;
  const bytes = Buffer.from(separator);
  if (bytes.length !== 1) throw invalid(`the separator '${separator}' is not one byte`);
  return bytes[0]!;
}

export function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(`${name} is ${value}, not a whole number from ${least} to ${most}`);
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', message);
}
