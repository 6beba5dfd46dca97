/** CRC-32 (IEEE, zlib), the checksum of legacy Kafka messages, gzip and HDFS chunks. */
import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC-32 of bytes[start, end); `seed` is the result for what came before. Unsigned. */
export function crc32(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  return zlibCrc32(bytes.subarray(start, end), seed);
}
