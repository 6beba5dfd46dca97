/**
 * CRC-32C by XOR folding: AssemblyScript, compiled by `npm run kernels`.
 *
 * The polynomial P of CRC-32C divides x^209 + x^144 + x^54 + x^39 + x^14 + 1, and, squaring being
 * linear over GF(2), the same sum with every exponent times a power of two. With exponents times 8u
 * a byte at position t may be replaced by the same byte at t+65u, t+155u, t+170u, t+195u and t+209u
 * without changing the remainder. So 16 bytes at a time are folded forward until 209u bytes are left:
 * u = 16 first (the nearest reads are far behind the writes), then 8, 4, 2, 1, and the last 209-odd
 * bytes go through tables.
 *
 * In pull form: v[t] = source[t] ^ v[t-65u] ^ v[t-155u] ^ v[t-170u] ^ v[t-195u] ^ v[t-209u], where v
 * lives in a window small enough for the first-level cache and the source is read once, in place.
 *
 * Memory (positions in the kernel scratch area):
 *   4096   tables, 8 x 1 KiB     16384  shift tables, 4 x 1 KiB     24576  windows of the five steps
 */
const tables: usize = 4096;
const shifts: usize = 16384;
const windows: usize = 24576;
/** v kept per turn of the first step, besides the 3,344 bytes of history. */
const turn: usize = 16384;
const polynomial: u32 = 0x82f63b78;

/**
 * Each step has a window (209u bytes of history, zero before the first byte; v; 16 bytes of zero) and
 * leaves its rest where the next step reads it. Room for v: what the step before does not take.
 */
const window16: usize = windows;
const data8: usize = window16 + 3344 + turn + 32;
const window8: usize = data8 + 3344 + 32;
const data4: usize = window8 + 1672 + 1928 + 40;
const window4: usize = data4 + 1672 + 40;
const data2: usize = window4 + 836 + 1092 + 48;
const window2: usize = data2 + 836 + 44;
const data1: usize = window2 + 418 + 546 + 44;
const window1: usize = data1 + 418 + 46;
const rest: usize = window1 + 209 + 273 + 46;

/** Fills the tables; called once. */
export function prepare(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (polynomial & (0 - (value & 1)));
    store<u32>(tables + (<usize>byte << 2), value);
  }
  for (let table: usize = 1; table < 8; table++) {
    for (let byte: usize = 0; byte < 256; byte++) {
      const before = load<u32>(tables + ((table - 1) << 10) + (byte << 2));
      const value = (before >>> 8) ^ load<u32>(tables + (<usize>(before & 0xff) << 2));
      store<u32>(tables + (table << 10) + (byte << 2), value);
    }
  }
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u64): u32 {
  return load<u32>(tables + (table << 10) + ((<usize>byte & 0xff) << 2));
}

/** Register after `length` more bytes, 8 at a time; neither inverted before nor after. */
function byTables(register: u32, start: usize, length: usize): u32 {
  let at = start;
  const end = start + length;
  const whole = start + (length & ~7);
  while (at < whole) {
    const word = load<u64>(at) ^ <u64>register;
    register =
      entry(7, word) ^ entry(6, word >> 8) ^ entry(5, word >> 16) ^ entry(4, word >> 24) ^
      entry(3, word >> 32) ^ entry(2, word >> 40) ^ entry(1, word >> 48) ^ entry(0, word >> 56);
    at += 8;
  }
  while (at < end) {
    register = entry(0, <u64>(register ^ <u32>load<u8>(at))) ^ (register >>> 8);
    at++;
  }
  return register;
}

/** v of 16 bytes: the source and the five places it was folded to before. */
// @ts-ignore: decorator
@inline
function folded(source: usize, target: usize, u: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.xor(v128.load(source), v128.load(target - 65 * u)),
      v128.xor(v128.load(target - 155 * u), v128.load(target - 170 * u)),
    ),
    v128.xor(v128.load(target - 195 * u), v128.load(target - 209 * u)),
  );
}

/** Folds source[from, to) into v at `target`; both bounds are multiples of 16. */
// @ts-ignore: decorator
@inline
function foldRange(source: usize, target: usize, length: usize, u: usize): void {
  const end = source + length;
  const pair = source + (length & ~31);
  while (source < pair) {
    v128.store(target, folded(source, target, u));
    v128.store(target + 16, folded(source + 16, target + 16, u));
    source += 32;
    target += 32;
  }
  if (source < end) v128.store(target, folded(source, target, u));
}

// @ts-ignore: decorator
@inline
function xorRange(target: usize, source: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) {
    v128.store(target + at, v128.xor(v128.load(target + at), v128.load(source + at)));
  }
}

/**
 * Moves what is left of the source to `target` and adds what v[..end) folds into it. Behind `end`
 * v is zero, so lanes that reach over add nothing.
 */
// @ts-ignore: decorator
@inline
function finish(source: usize, left: usize, vEnd: usize, target: usize, u: usize): void {
  v128.store(vEnd, i64x2.splat(0));
  memory.copy(target, source, left);
  xorRange(target, vEnd - 65 * u, 65 * u);
  xorRange(target, vEnd - 155 * u, 155 * u);
  xorRange(target, vEnd - 170 * u, 170 * u);
  xorRange(target, vEnd - 195 * u, 195 * u);
  xorRange(target, vEnd - 209 * u, 209 * u);
}

/** One of the four later steps; returns the bytes folded away. The history in the window is zero. */
// @ts-ignore: decorator
@inline
function step(source: usize, length: usize, register: u32, window: usize, target: usize, u: usize): usize {
  const away = (length - 209 * u) & ~15;
  const v = window + 209 * u;
  v128.store(v, v128.xor(v128.load(source), i32x4(register, 0, 0, 0)));
  foldRange(source + 16, v + 16, away - 16, u);
  finish(source + away, length - away, v + away, target, u);
  return away;
}

/** The first step, in turns, for any length; returns the bytes folded away. */
function firstStep(source: usize, length: usize, register: u32): usize {
  const away = (length - 3344) & ~15;
  const v = window16 + 3344;
  memory.fill(window16, 0, 3344);
  v128.store(v, v128.xor(v128.load(source), i32x4(register, 0, 0, 0)));
  let size = away < turn ? away : turn;
  foldRange(source + 16, v + 16, size - 16, 16);
  let done = size;
  while (done < away) {
    memory.copy(window16, window16 + size, 3344);
    size = away - done < turn ? away - done : turn;
    foldRange(source + done, v, size, 16);
    done += size;
  }
  finish(source + away, length - away, v + size, data8, 16);
  return away;
}

/** CRC-32C of `length` bytes at `start`; `seed` is the result for what came before. */
export function crc32c(start: usize, length: usize, seed: u32): u32 {
  let register = ~seed;
  let source = start;
  let left = length;
  if (left >= 3344 + 256) {
    left -= firstStep(source, left, register);
    source = data8;
    register = 0;
  }
  if (left >= 1672 + 256) {
    left -= step(source, left, register, window8, data4, 8);
    source = data4;
    register = 0;
  }
  if (left >= 836 + 128) {
    left -= step(source, left, register, window4, data2, 4);
    source = data2;
    register = 0;
  }
  if (left >= 418 + 64) {
    left -= step(source, left, register, window2, data1, 2);
    source = data1;
    register = 0;
  }
  if (left >= 209 + 32) {
    left -= step(source, left, register, window1, rest, 1);
    source = rest;
    register = 0;
  }
  return ~byTables(register, source, left);
}

/** One CRC per `chunk` bytes, big-endian, written to `sums`; the last chunk may be short. */
export function crc32cOfChunks(start: usize, length: usize, chunk: usize, sums: usize): void {
  const end = start + length;
  while (start < end) {
    const size = end - start < chunk ? end - start : chunk;
    store<u32>(sums, bswap<u32>(crc32c(start, size, 0)));
    start += size;
    sums += 4;
  }
}

/** Where the caller puts the four tables that append the zero bytes of a chunk to what a CRC covers. */
export function shiftTables(): usize {
  return shifts;
}

/** CRC of `count` chunks put end to end, of their big-endian CRCs; the shift tables hold the chunk length. */
export function combineChunks(sums: usize, count: usize): u32 {
  let sum: u32 = 0;
  for (const end = sums + (count << 2); sums < end; sums += 4) {
    sum =
      load<u32>(shifts + (<usize>(sum & 0xff) << 2)) ^
      load<u32>(shifts + 1024 + (<usize>((sum >>> 8) & 0xff) << 2)) ^
      load<u32>(shifts + 2048 + (<usize>((sum >>> 16) & 0xff) << 2)) ^
      load<u32>(shifts + 3072 + (<usize>(sum >>> 24) << 2)) ^
      bswap<u32>(load<u32>(sums));
  }
  return sum;
}
