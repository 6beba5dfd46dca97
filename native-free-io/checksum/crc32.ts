/** CRC-32 (IEEE, zlib), the checksum of legacy Kafka messages, gzip and HDFS chunks. */
import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC-32 of bytes[start, end); `seed` is the result for what came before. Unsigned. */
export function crc32(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  // zlib takes no bytes at all for a request to begin anew, and gives 0.
  return start === end ? seed : zlibCrc32(bytes.subarray(start, end), seed);
}
