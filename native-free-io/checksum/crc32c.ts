/**
 * CRC-32C (Castagnoli), the checksum of Kafka's batches and HDFS's chunks.
 *
 * Bytes in kernel memory are summed where they lie; others are copied in, a piece at a time, which
 * still beats the tables. Short inputs go through the tables: the call alone would cost more.
 */
import {
  copyBytes,
  copyPosition,
  crc32cKernel,
  type Crc32cKernel,
} from '../kernel/crc32c-kernel.ts';
import { crc32cPlain } from './crc32c-plain.ts';

/** Below these lengths the tables are faster (bench/micro/checksum.ts). */
const inPlaceFromBytes = 48;
const copiedFromBytes = 224;

/** CRC-32C of bytes[start, end); `seed` is the result for what came before. Unsigned. */
export function crc32c(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  const length = end - start;
  if (length < inPlaceFromBytes) return crc32cPlain(bytes, start, end, seed);
  const kernel = crc32cKernel();
  if (kernel === undefined) return crc32cPlain(bytes, start, end, seed);
  if (bytes.buffer === kernel.buffer) {
    checkBounds(bytes, start, end);
    return kernel.crc32c(bytes.byteOffset + start, length, seed) >>> 0;
  }
  if (length < copiedFromBytes) return crc32cPlain(bytes, start, end, seed);
  return copied(kernel, bytes, start, end, seed);
}

function copied(
  kernel: Crc32cKernel,
  bytes: Uint8Array,
  start: number,
  end: number,
  seed: number,
): number {
  checkBounds(bytes, start, end);
  let sum = seed;
  for (let at = start; at < end; at += copyBytes) {
    const length = Math.min(copyBytes, end - at);
    kernel.bytes.set(bytes.subarray(at, at + length), copyPosition);
    sum = kernel.crc32c(copyPosition, length, sum);
  }
  return sum >>> 0;
}

/** The kernel would read whatever lies there. */
function checkBounds(bytes: Uint8Array, start: number, end: number): void {
  if (start < 0 || end > bytes.length) {
    throw new RangeError(`[${start}, ${end}) is outside of ${bytes.length} bytes`);
  }
}
