/**
 * A checksum for every so many bytes, as HDFS keeps them beside a block: big-endian, 4 bytes each,
 * the last chunk may be short.
 *
 * Verifying does not compute every sum: the CRC-32C of a run of chunks follows from their sums, and
 * one folded CRC over the run is compared with it. That finds every damage within one chunk and
 * every burst of up to 32 bits; only when it fails are the chunks summed one by one to name the bad
 * one.
 */
import { InvalidArgumentError } from '../errors.ts';
import {
  copyBytes,
  copyPosition,
  crc32cKernel,
  maxSums,
  sumsPosition,
  type Crc32cKernel,
} from '../kernel/crc32c-kernel.ts';
import { crc32cPolynomial, shiftTables } from './combine.ts';
import { crc32 } from './crc32.ts';
import { crc32c } from './crc32c.ts';

export type ChecksumKind = 'crc32' | 'crc32c';

/** Bytes and the sums that belong to them. */
export interface ChunkedBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Bytes per sum. */
  readonly chunkBytes: number;
  readonly sums: Uint8Array;
  /** Where the first sum stands in `sums`. Default 0. */
  readonly sumsStart?: number;
}

/** Sums in `length` bytes. */
export function chunkCount(length: number, chunkBytes: number): number {
  return Math.ceil(length / chunkBytes);
}

/** Writes the sum of every chunk; returns how many. */
export function computeChunks(kind: ChecksumKind, chunked: ChunkedBytes): number {
  const count = checked(chunked);
  const kernel = kind === 'crc32c' ? crc32cKernel() : undefined;
  if (kernel === undefined || chunked.chunkBytes > copyBytes) computeEach(kind, chunked);
  else computeInKernel(kernel, chunked);
  return count;
}

/** Index of the first chunk that is not as its sum says; -1 when all are. */
export function verifyChunks(kind: ChecksumKind, chunked: ChunkedBytes): number {
  checked(chunked);
  const kernel = kind === 'crc32c' ? crc32cKernel() : undefined;
  if (kernel === undefined || chunked.chunkBytes > copyBytes) return findBad(kind, chunked);
  return areSound(kernel, chunked) ? -1 : findBad(kind, chunked);
}

function computeEach(kind: ChecksumKind, chunked: ChunkedBytes): void {
  const { bytes, start, end, chunkBytes, sums, sumsStart = 0 } = chunked;
  const sum = kind === 'crc32' ? crc32 : crc32c;
  let into = sumsStart;
  for (let at = start; at < end; at += chunkBytes) {
    writeSum(sums, into, sum(bytes, at, Math.min(at + chunkBytes, end)));
    into += 4;
  }
}

function computeInKernel(kernel: Crc32cKernel, chunked: ChunkedBytes): void {
  const { bytes, end, chunkBytes, sums, sumsStart = 0 } = chunked;
  const runBytes = runOf(kernel, chunked);
  let into = sumsStart;
  for (let at = chunked.start; at < end; at += runBytes) {
    const length = Math.min(runBytes, end - at);
    const position = placed(kernel, bytes, at, length);
    kernel.crc32cOfChunks(position, length, chunkBytes, sumsPosition);
    const sumBytes = chunkCount(length, chunkBytes) * 4;
    sums.set(kernel.bytes.subarray(sumsPosition, sumsPosition + sumBytes), into);
    into += sumBytes;
  }
}

function areSound(kernel: Crc32cKernel, chunked: ChunkedBytes): boolean {
  const { bytes, start, end, chunkBytes, sums, sumsStart = 0 } = chunked;
  const wholeEnd = start + Math.floor((end - start) / chunkBytes) * chunkBytes;
  const runBytes = runOf(kernel, chunked);
  useShift(kernel, chunkBytes);
  let from = sumsStart;
  for (let at = start; at < wholeEnd; at += runBytes) {
    const length = Math.min(runBytes, wholeEnd - at);
    const count = length / chunkBytes;
    kernel.bytes.set(sums.subarray(from, from + count * 4), sumsPosition);
    const expected = kernel.combineChunks(sumsPosition, count);
    const position = placed(kernel, bytes, at, length);
    if (kernel.crc32c(position, length, 0) !== expected) return false;
    from += count * 4;
  }
  return wholeEnd === end || crc32c(bytes, wholeEnd, end) === readSum(sums, from);
}

function findBad(kind: ChecksumKind, chunked: ChunkedBytes): number {
  const { bytes, start, end, chunkBytes, sums, sumsStart = 0 } = chunked;
  const sum = kind === 'crc32' ? crc32 : crc32c;
  let index = 0;
  for (let at = start; at < end; at += chunkBytes) {
    const expected = readSum(sums, sumsStart + index * 4);
    if (sum(bytes, at, Math.min(at + chunkBytes, end)) !== expected) return index;
    index++;
  }
  return -1;
}

/** Bytes per kernel call: whole chunks, no more than fit; what need not be copied is one run. */
function runOf(kernel: Crc32cKernel, { bytes, chunkBytes }: ChunkedBytes): number {
  const isInPlace = bytes.buffer === kernel.buffer;
  return (isInPlace ? maxSums : Math.min(Math.floor(copyBytes / chunkBytes), maxSums)) * chunkBytes;
}

/** Position of the bytes in kernel memory, copied there if they lie elsewhere. */
function placed(kernel: Crc32cKernel, bytes: Uint8Array, start: number, length: number): number {
  if (bytes.buffer === kernel.buffer) return bytes.byteOffset + start;
  kernel.bytes.set(bytes.subarray(start, start + length), copyPosition);
  return copyPosition;
}

const shiftTableBytes = 4096;
/** Tables by chunk length; HDFS writes one length, a reader meets few. */
const knownShifts = new Map<number, Uint8Array>();
const maxKnownShifts = 8;
let shiftInKernel = 0;

function useShift(kernel: Crc32cKernel, chunkBytes: number): void {
  if (shiftInKernel === chunkBytes) return;
  let tables = knownShifts.get(chunkBytes);
  if (tables === undefined) {
    if (knownShifts.size === maxKnownShifts) knownShifts.clear();
    tables = new Uint8Array(shiftTableBytes * 2);
    tables.set(new Uint8Array(shiftTables(crc32cPolynomial, chunkBytes).buffer));
    const fours = shiftTables(crc32cPolynomial, chunkBytes * 4);
    tables.set(new Uint8Array(fours.buffer), shiftTableBytes);
    knownShifts.set(chunkBytes, tables);
  }
  kernel.bytes.set(tables, kernel.shiftTables());
  shiftInKernel = chunkBytes;
}

function checked({ bytes, start, end, chunkBytes, sums, sumsStart = 0 }: ChunkedBytes): number {
  if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1) {
    throw new InvalidArgumentError('CHECKSUM_CHUNK_SIZE', `${chunkBytes} bytes per checksum`);
  }
  const count = chunkCount(end - start, chunkBytes);
  if (start < 0 || end < start || end > bytes.length || sumsStart + count * 4 > sums.length) {
    throw new InvalidArgumentError(
      'CHECKSUM_RANGE',
      `bytes [${start}, ${end}) of ${bytes.length} with ${count} sums from ${sumsStart} of ${sums.length}`,
    );
  }
  return count;
}

function readSum(sums: Uint8Array, at: number): number {
  return ((sums[at]! << 24) | (sums[at + 1]! << 16) | (sums[at + 2]! << 8) | sums[at + 3]!) >>> 0;
}

function writeSum(sums: Uint8Array, at: number, sum: number): void {
  sums[at] = sum >>> 24;
  sums[at + 1] = sum >>> 16;
  sums[at + 2] = sum >>> 8;
  sums[at + 3] = sum;
}
