/** Errors of the readers of store files and logs, each naming the file and the byte. */
import {
  CorruptionError,
  InvalidArgumentError,
  LimitError,
  type StoreError,
  type ErrorContext,
} from '../../../native-free-io/index.ts';

export function corruptFile(message: string, context: ErrorContext, cause?: unknown): StoreError {
  return new CorruptionError('LSM_CORRUPT_FILE', message, { context, cause });
}

export function corruptWal(message: string, context: ErrorContext, cause?: unknown): StoreError {
  return new CorruptionError('LSM_CORRUPT_WAL', message, { context, cause });
}

export function unsupported(message: string, context: ErrorContext): StoreError {
  return new InvalidArgumentError('LSM_UNSUPPORTED', message, { context });
}

/**
 * Runs a decoder of bytes that came from a file; what it finds wrong with them becomes damage of
 * that file. Errors that name a file already, and those of the system, pass.
 */
export function decoding<T>(context: ErrorContext, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const isOfBytes = error instanceof CorruptionError || error instanceof LimitError;
    if (!isOfBytes || error.context.path !== undefined) throw error;
    throw corruptFile(`${what}: ${error.message}`, context, error);
  }
}
