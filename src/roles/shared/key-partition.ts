/**
 * Which partition of an internal topic a group or transactional id belongs to.
 *
 * Upstream: Java's String.hashCode over UTF-16 units, then abs, where abs of the least i32 is 0.
 */

/** `h = 31 h + unit` in wrapping 32-bit arithmetic. */
export function javaStringHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

export function partitionOfKey(key: string, partitionCount: number): number {
  const hash = javaStringHash(key);
  return (hash === -0x8000_0000 ? 0 : Math.abs(hash)) % partitionCount;
}
