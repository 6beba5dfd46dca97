/**
 * A 128-bit hash of a key, in four 32-bit words: wide enough that two keys of one log never share
 * it in practice (upstream relies on MD5 for the same).
 *
 * MurmurHash3 x86_128 by Austin Appleby (public domain algorithm). Written here because it runs
 * once per record with keys of some twenty bytes: a call into a WebAssembly or native hash costs
 * more than the hash, and returns a bigint.
 */

/** The words of the key hashed last; read before the next call. */
export const keyHash: Int32Array = new Int32Array(4);

const c1 = 0x239b961b;
const c2 = 0xab0e9789 | 0;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93 | 0;

/** Hashes bytes[start, end) into `keyHash`. */
export function hashKey(bytes: Uint8Array, start: number, end: number): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    h1 ^= mix(word(bytes, at), c1, 15, c2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mix(word(bytes, at + 4), c2, 16, c3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mix(word(bytes, at + 8), c3, 17, c4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mix(word(bytes, at + 12), c4, 18, c1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  if (at < end) h1 ^= mix(partial(bytes, at, Math.min(at + 4, end)), c1, 15, c2);
  if (at + 4 < end) h2 ^= mix(partial(bytes, at + 4, Math.min(at + 8, end)), c2, 16, c3);
  if (at + 8 < end) h3 ^= mix(partial(bytes, at + 8, Math.min(at + 12, end)), c3, 17, c4);
  if (at + 12 < end) h4 ^= mix(partial(bytes, at + 12, end), c4, 18, c1);
  const length = end - start;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  keyHash[0] = h1;
  keyHash[1] = h2 + h1;
  keyHash[2] = h3 + h1;
  keyHash[3] = h4 + h1;
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function partial(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = end - 1; at >= start; at--) value = (value << 8) | bytes[at]!;
  return value;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(value: number, before: number, bits: number, after: number): number {
  return Math.imul(rotate(Math.imul(value, before), bits), after);
}

function finalMix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
