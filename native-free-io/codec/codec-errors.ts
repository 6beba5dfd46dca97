/** The ways in which compression and decompression fail, and the count that enforces limits. */
import { CorruptionError, InvalidArgumentError, LimitError } from '../errors.ts';
import type { CompressOptions, DecompressOptions } from './codec.ts';

export function malformed(codec: string, reason: string, cause?: unknown): CorruptionError {
  return new CorruptionError('CODEC_CORRUPT', `${codec}: ${reason}`, { cause });
}

export function tooLarge(codec: string, maxLength: number, cause?: unknown): LimitError {
  return new LimitError(
    'CODEC_TOO_LARGE',
    `${codec}: the output would pass the limit of ${maxLength} bytes`,
    { cause },
  );
}

/** What a library threw, as the error for malformed input. */
export function fromLibrary<T>(codec: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw malformed(codec, error instanceof Error ? error.message : String(error), error);
  }
}

/** What is left of the output limit of one decompression. */
export class OutputLimit {
  readonly codec: string;
  readonly maxLength: number;
  #left: number;

  constructor(codec: string, options: DecompressOptions) {
    // Also refuses NaN, against which every comparison would be false and every output allowed.
    if (!(options.maxLength >= 0)) {
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', `maxLength ${options.maxLength}`);
    }
    this.codec = codec;
    this.maxLength = options.maxLength;
    this.#left = options.maxLength;
  }

  /** Bytes that may still be given. */
  get left(): number {
    return this.#left;
  }

  /** CODEC_TOO_LARGE when `length` more bytes would pass the limit; counts nothing. */
  check(length: number): void {
    if (length > this.#left) throw tooLarge(this.codec, this.maxLength);
  }

  /** Checks and counts bytes that are given. */
  spend(length: number): void {
    this.check(length);
    this.#left -= length;
  }
}

export interface LevelRange {
  readonly least: number;
  readonly most: number;
}

/** The level asked for, undefined when none was; IO_INVALID_ARGUMENT outside the codec's range. */
export function checkedLevel(
  codec: string,
  options: CompressOptions | undefined,
  range: LevelRange,
): number | undefined {
  const level = options?.level;
  if (level === undefined) return undefined;
  if (Number.isInteger(level) && level >= range.least && level <= range.most) return level;
  throw new InvalidArgumentError(
    'IO_INVALID_ARGUMENT',
    `${codec}: level ${level} is not a whole number from ${range.least} to ${range.most}`,
  );
}
