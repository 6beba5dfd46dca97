/** The two ways in which decompression fails. */
import { CorruptionError, LimitError } from '../errors.ts';

export function malformed(codec: string, reason: string, cause?: unknown): CorruptionError {
  return new CorruptionError('CODEC_CORRUPT', `${codec}: ${reason}`, { cause });
}

export function tooLarge(codec: string, maxLength: number): LimitError {
  return new LimitError(
    'CODEC_TOO_LARGE',
    `${codec}: the output would pass the limit of ${maxLength} bytes`,
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

/**
 * Formats that do not state their output size give an upper bound by their block headers. Output up
 * to this size is produced before the limit is checked; beyond it the bound decides.
 */
export const freeBytes: number = 64 << 20;

/** Refuses before decompressing what would take more memory than the limit or `freeBytes`. */
export function checkBound(codec: string, boundBytes: number, maxLength: number): void {
  if (boundBytes > Math.max(maxLength, freeBytes)) throw tooLarge(codec, maxLength);
}

export function checkLength(codec: string, bytes: Uint8Array, maxLength: number): Uint8Array {
  if (bytes.length > maxLength) throw tooLarge(codec, maxLength);
  return bytes;
}
