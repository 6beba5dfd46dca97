/** From the operating system's error numbers to the error tree. */
import { InvalidArgumentError, IoError, NotFoundError, StoreError } from '../errors.ts';
import type { IoErrorCode } from '../error-codes.ts';

const codes: Readonly<Record<string, IoErrorCode>> = {
  EEXIST: 'IO_EXISTS',
  EACCES: 'IO_PERMISSION',
  EPERM: 'IO_PERMISSION',
  ENOSPC: 'IO_NO_SPACE',
  EDQUOT: 'IO_NO_SPACE',
  EMFILE: 'IO_TOO_MANY_OPEN_FILES',
  ENFILE: 'IO_TOO_MANY_OPEN_FILES',
  ENOTDIR: 'IO_NOT_DIRECTORY',
  EISDIR: 'IO_IS_DIRECTORY',
  ENOTEMPTY: 'IO_NOT_EMPTY',
  EXDEV: 'IO_CROSS_DEVICE',
  EROFS: 'IO_READ_ONLY',
  EBADF: 'IO_CLOSED',
};

/** Wraps an error of the platform; errors of the tree pass through. */
export function pathError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const {
    code = '',
    syscall = '',
    message = String(error),
  } = (error ?? {}) as {
    code?: string;
    syscall?: string;
    message?: string;
  };
  const options = { context: { path, syscall, errno: code }, cause: error };
  if (code === 'ENOENT') return new NotFoundError('IO_NOT_FOUND', 'no such file', options);
  if (code.startsWith('ERR_'))
    return new InvalidArgumentError('IO_INVALID_ARGUMENT', message, options);
  const retryable = code === 'EMFILE' || code === 'ENFILE' || code === 'EAGAIN';
  return new IoError(
    codes[code] ?? 'IO_FAILED',
    `${syscall || 'file operation'}: ${code || message}`,
    {
      ...options,
      retryable,
    },
  );
}
