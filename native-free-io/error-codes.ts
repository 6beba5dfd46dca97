/**
 * Codes of the I/O floor, each with its remedy in a few words. `docs/errors.md` is held against
 * this table by a house test, both ways.
 */
export const ioErrorCodes = {
  IO_NOT_FOUND: 'no such file or directory',
  IO_EXISTS: 'the file or directory exists already',
  IO_PERMISSION: 'the operating system denied access',
  IO_NO_SPACE: 'the disk or the quota is full',
  IO_TOO_MANY_OPEN_FILES: 'no file descriptors left',
  IO_NOT_DIRECTORY: 'a part of the path is not a directory',
  IO_IS_DIRECTORY: 'the path is a directory',
  IO_NOT_EMPTY: 'the directory is not empty',
  IO_CROSS_DEVICE: 'rename or link across file systems',
  IO_READ_ONLY: 'the file system is read-only',
  IO_FAILED: 'any other failure of the operating system',
  IO_SHORT_READ: 'the file ended before the bytes asked for',
  IO_CLOSED: 'the file or stream is closed',
  IO_POISONED: 'an earlier sync failed: only closing is possible',
  IO_LOCKED: 'another process holds the lock',
  IO_ABORTED: "the caller's signal fired",
  IO_INVALID_ARGUMENT: 'an argument is of the wrong type or out of range',
  IO_LIMIT: 'a stated limit would be exceeded',
  IO_UNSUPPORTED: 'this implementation or platform cannot do that',
  IO_CORRUPT: 'stored bytes are wrong',
  BUFFER_RELEASED: 'a slab was used or released after its release',
  BUFFER_EXHAUSTED: 'the byte budget of a pool or arena is used up',
  BUFFER_LEAKED: 'slabs were never released',
  BUFFER_OVERRUN: 'a read or write past the end of its region',
  BUFFER_NUMBER_RANGE: 'an integer does not fit the safe range or the field',
  BUFFER_VARINT_MALFORMED: 'a variable-length integer is too long',
  CHECKSUM_CHUNK_SIZE: 'the chunk size is not a positive integer',
  CHECKSUM_RANGE: 'the bytes or their checksums lie outside what was given',
  CODEC_UNKNOWN: 'no codec of that name or number',
  CODEC_CORRUPT: 'compressed bytes are malformed or truncated',
  CODEC_TOO_LARGE: 'the decompressed size passes the limit given',
} as const;

export type IoErrorCode = keyof typeof ioErrorCodes;
