/**
 * Keys of abstract-level as rows, in the same order. Rows are never empty, keys may be: so a key
 * that is empty or begins with a zero gets one more zero in front, and no other key does.
 */
const noBytes = Buffer.alloc(0);
const zero = Uint8Array.of(0);

export function rowOf(key: Uint8Array): Uint8Array {
  if (key.length === 0) return zero;
  return key[0] === 0 ? Buffer.concat([zero, key]) : key;
}

/** The key whose row stands in `bytes[start..end]`; a view. */
export function keyOf(bytes: Uint8Array, start: number, end: number): Buffer {
  const from = bytes[start] === 0 ? start + 1 : start;
  if (from === end) return noBytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from);
}
