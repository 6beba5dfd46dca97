/**
 * The hashes of Bloom filters, each of 32 bits, signed, over bytes[start, end).
 *
 * Murmur is MurmurHash2 with a twist upstream has kept for its files: the last one to three bytes
 * are sign-extended. Murmur3 is the x86 form of 32 bits, Jenkins is lookup3's hashlittle.
 * Upstream: apache/hbase: hbase-common/.../util/{MurmurHash,MurmurHash3,JenkinsHash}.java
 * (Apache-2.0); algorithms public domain, code our own.
 */
import { HashType } from './layout.ts';

export type BloomHash = (bytes: Uint8Array, start: number, end: number, seed: number) => number;

const murmurFactor = 0x5bd1e995;

export function murmurHash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  const length = end - start;
  let hash = seed ^ length;
  let at = start;
  for (const whole = end - (length & 3); at < whole; at += 4) {
    let word = word32(bytes, at);
    word = Math.imul(word, murmurFactor);
    word ^= word >>> 24;
    hash = Math.imul(hash, murmurFactor) ^ Math.imul(word, murmurFactor);
  }
  const left = end - at;
  if (left > 0) {
    if (left >= 3) hash ^= signed(bytes[at + 2]!) << 16;
    if (left >= 2) hash ^= signed(bytes[at + 1]!) << 8;
    hash = Math.imul(hash ^ signed(bytes[at]!), murmurFactor);
  }
  hash = Math.imul(hash ^ (hash >>> 13), murmurFactor);
  return hash ^ (hash >>> 15);
}

export function murmur3Hash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  const length = end - start;
  let hash = seed;
  let at = start;
  for (const whole = end - (length & 3); at < whole; at += 4) {
    hash ^= mixed3(word32(bytes, at));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  const left = end - at;
  let tail = 0;
  if (left >= 3) tail ^= bytes[at + 2]! << 16;
  if (left >= 2) tail ^= bytes[at + 1]! << 8;
  if (left >= 1) hash ^= mixed3(tail ^ bytes[at]!);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export function jenkinsHash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let left = end - start;
  let a = (0xdeadbeef + left + seed) | 0;
  let b = a;
  let c = a;
  let at = start;
  for (; left > 12; left -= 12, at += 12) {
    a = (a + word32(bytes, at)) | 0;
    b = (b + word32(bytes, at + 4)) | 0;
    c = (c + word32(bytes, at + 8)) | 0;
    a = (a - c) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = (a - c) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
  }
  if (left === 0) return c;
  a = (a + partialWord(bytes, at, left)) | 0;
  b = (b + partialWord(bytes, at + 4, left - 4)) | 0;
  c = (c + partialWord(bytes, at + 8, left - 8)) | 0;
  c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
  a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
  b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
  c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
  a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
  b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
  return ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
}

/**
 * Bits of a filter are numbered by |hash % count|. Where the count is a power of two, as upstream's
 * default makes it, that is |hash| & mask, without a division; 0 for other counts.
 */
export function bitMask(bitCount: number): number {
  return (bitCount & (bitCount - 1)) === 0 ? bitCount - 1 : 0;
}

/** Undefined for numbers nobody gave a hash. */
export function bloomHashOf(hashType: number): BloomHash | undefined {
  if (hashType === HashType.murmur) return murmurHash;
  if (hashType === HashType.murmur3) return murmur3Hash;
  return hashType === HashType.jenkins ? jenkinsHash : undefined;
}

function word32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** As many of the four bytes as there are. */
function partialWord(bytes: Uint8Array, at: number, left: number): number {
  let word = 0;
  for (let i = 0; i < 4 && i < left; i++) word |= bytes[at + i]! << (8 * i);
  return word;
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function mixed3(word: number): number {
  const half = Math.imul(word, 0xcc9e2d51);
  return Math.imul((half << 15) | (half >>> 17), 0x1b873593);
}
