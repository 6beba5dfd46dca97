/**
 * Errors of simulated file systems, made the way the real one's are: from an errno and the name of
 * the system call, through the same translation, so that no caller can tell them apart.
 */
import type { StoreError } from '../errors.ts';
import { pathError } from './file-errors.ts';

export function systemError(errno: string, syscall: string, path: string): StoreError {
  const cause = new Error(`${errno}: ${syscall}, simulated`);
  return pathError(Object.assign(cause, { code: errno, syscall }), path);
}

/**
 * What the platform says to a wrong number: a descriptor that is closed, a range past its buffer.
 */
export function rangeError(path: string, message: string): StoreError {
  return pathError(Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' }), path);
}
