/**
 * Hash codes as Java computes them: partitions of a job depend on every bit.
 *
 * Upstream: apache/hadoop: io/WritableComparator.java (hashBytes), java.lang.String (hashCode).
 */

/** Of bytes[start, end): h = 31 h + signed byte, from 1 on, in 32 bits. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 1;
  for (let at = start; at < end; at++)
    hash = (Math.imul(31, hash) + ((bytes[at]! << 24) >> 24)) | 0;
  return hash;
}

/** Of a string's UTF-16 units, from 0 on. */
export function javaStringHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

/** The hash partitioner: sign bit off, then the remainder. Never -1, as Math.abs would allow. */
export function hashPartition(hash: number, partitions: number): number {
  return (hash & 0x7fff_ffff) % partitions;
}
