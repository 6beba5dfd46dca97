/**
 * Cuts files into splits, by Hadoop's rule: full splits while more than 1.1 of one is left, then
 * the rest. A file of no bytes is one split; a file that cannot be entered in the middle too.
 *
 * Upstream: apache/hadoop: mapreduce/lib/input/FileInputFormat.java, mapred/FileInputFormat.java
 * (Apache-2.0); rules kept, code our own.
 */
import { InvalidArgumentError, type FileSystem } from '../../../native-free-io/index.ts';
import { codecOfName } from '../../hadoop/index.ts';
import { listInput, type InputFile } from './input-paths.ts';
import type { InputSplit } from './record-reader.ts';

export interface FileInputOptions {
  /** Bytes of a split. Default 128 MiB. */
  readonly splitBytes?: number;
  /**
   * Splits wanted of all files together, as Hadoop's old interface counts them: a split has at most
   * this share of all bytes. Default: by `splitBytes` alone.
   */
  readonly maps?: number;
  /** Also files of directories within directories. Default false. */
  readonly recursive?: boolean;
}

export interface Range {
  readonly start: number;
  readonly length: number;
}

const defaultSplitBytes = 128 << 20;
/** The last split may be so much larger than the others. */
const slop = 1.1;

export function splitRanges(size: number, splitBytes: number): Range[] {
  const ranges: Range[] = [];
  let left = size;
  for (; left / splitBytes > slop; left -= splitBytes) {
    ranges.push({ start: size - left, length: splitBytes });
  }
  if (left > 0 || size === 0) ranges.push({ start: size - left, length: left });
  return ranges;
}

/** One split per range of every file that paths and patterns name. */
export async function fileSplits(
  fs: FileSystem,
  paths: readonly string[],
  options: FileInputOptions,
  make: (file: InputFile, ranges: readonly Range[]) => readonly InputSplit[],
): Promise<InputSplit[]> {
  const splitBytes = options.splitBytes ?? defaultSplitBytes;
  if (!(splitBytes >= 1)) {
    throw new InvalidArgumentError('OPTION_INVALID', `splits of ${splitBytes} bytes`);
  }
  const { maps } = options;
  if (maps !== undefined && !(Number.isSafeInteger(maps) && maps >= 1)) {
    throw new InvalidArgumentError('OPTION_INVALID', `splits for ${maps} maps`);
  }
  const files = await listInput(fs, paths, options.recursive ?? false);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const mostBytes = maps === undefined ? splitBytes : Math.floor(total / maps);
  const length = Math.max(1, Math.min(splitBytes, mostBytes));
  return files.flatMap((file) => {
    const isWhole = codecOfName(file.path) !== undefined;
    const whole = [{ start: 0, length: file.size }];
    return make(file, isWhole ? whole : splitRanges(file.size, length));
  });
}
