/**
 * CRC-32C by XOR folding: AssemblyScript, compiled by `npm run kernels`.
 *
 * The polynomial P of CRC-32C divides x^5275 + x^4508 + x^2751 + 1 and x^209 + x^144 + x^54 + x^39
 * + x^14 + 1, and, squaring being linear over GF(2), the same sums with every exponent times a
 * power of two. With exponents times 8 a byte at position t may be replaced, without changing the
 * remainder, by the same byte at t+767, t+2524 and t+5275: four terms are the fewest there are, so
 * this is the cheapest step, and 5,275 bytes are left of any length. The second sum, times 8u,
 * folds on by 65u, 155u, 170u, 195u and 209u bytes with u = 8, 4, 2, then by as many bits, in words
 * of 64; the last 40-odd bytes go through tables.
 *
 * In pull form: v[t] = source[t] ^ v[t-767] ^ v[t-2524] ^ v[t-5275], 16 bytes at a time (no
 * distance is shorter), where v lives in a window of whose end the last 5,275 bytes stay in the
 * first-level cache, and the source is read once, in place.
 *
 * Memory (positions in the kernel scratch area):
 *   4096   tables, 8 x 1 KiB     16384  shift tables, 8 x 1 KiB     24576  windows of four steps
 */
const tables: usize = 4096;
const shifts: usize = 16384;
const windows: usize = 24576;
/** v made per turn of the first step, besides the history, which is moved once a turn. */
const turn: usize = 65536;
const polynomial: u32 = 0x82f63b78;

/** Bytes the first step leaves, and history it needs. */
const far: usize = 5275;
/** The same of the later steps, times u. */
const near: usize = 209;

/** Longer chunks are summed faster one by one. */
const abreast: usize = 2048;

/**
 * Each step has a window (history, zero before the first byte; v; 16 bytes of zero) and leaves its
 * rest where the next step reads it. Room for v: what the step before does not take.
 */
const farWindow: usize = windows + 5;
const farRest: usize = farWindow + far + turn + 32;
const window8: usize = farRest + far + 32;
const data4: usize = window8 + 8 * near + 4128 + 40;
const window4: usize = data4 + 8 * near + 40;
const data2: usize = window4 + 4 * near + 1436 + 32;
const window2: usize = data2 + 4 * near + 44;
const rest: usize = window2 + 2 * near + 718 + 48;

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

// @ts-ignore: decorator
@inline
function ofWord(word: u64): u32 {
  return (
    entry(7, word) ^ entry(6, word >> 8) ^ entry(5, word >> 16) ^ entry(4, word >> 24) ^
    entry(3, word >> 32) ^ entry(2, word >> 40) ^ entry(1, word >> 48) ^ entry(0, word >> 56)
  );
}

/** Register after `length` more bytes, by tables; neither inverted before nor after. */
function byTables(register: u32, start: usize, length: usize): u32 {
  let at = start;
  const end = start + length;
  const whole = start + (length & ~7);
  while (at < whole) {
    register = ofWord(load<u64>(at) ^ <u64>register);
    at += 8;
  }
  while (at < end) {
    register = entry(0, <u64>(register ^ <u32>load<u8>(at))) ^ (register >>> 8);
    at++;
  }
  return register;
}

/**
 * The same for at least 40 bytes: the second sum with its exponents as bits, a word at a time, no
 * distance being shorter than a word. What a word adds to the four after it waits in registers; the
 * last four go through the tables.
 */
function byWords(register: u32, start: usize, length: usize): u32 {
  let x = load<u64>(start) ^ <u64>register;
  let next1: u64 = 0;
  let next2: u64 = 0;
  let next3: u64 = 0;
  let next4: u64 = 0;
  let at = start;
  const last = start + (length & ~7) - 32;
  while (at < last) {
    next1 = next2 ^ (x << 1);
    next2 = next3 ^ (x >> 63) ^ (x << 27) ^ (x << 42);
    next3 = next4 ^ (x >> 37) ^ (x >> 22) ^ (x << 3) ^ (x << 17);
    next4 = (x >> 61) ^ (x >> 47);
    at += 8;
    x = load<u64>(at) ^ next1;
  }
  let folded = ofWord(x);
  folded = ofWord(load<u64>(at + 8) ^ next2 ^ <u64>folded);
  folded = ofWord(load<u64>(at + 16) ^ next3 ^ <u64>folded);
  folded = ofWord(load<u64>(at + 24) ^ next4 ^ <u64>folded);
  return byTables(folded, at + 32, start + length - at - 32);
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
    v128.xor(v128.load(target - 195 * u), v128.load(target - near * u)),
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
  xorRange(target, vEnd - near * u, near * u);
}

/**
 * One of the four later steps; returns the bytes folded away. The history in the window is zero.
 */
// @ts-ignore: decorator
@inline
function step(source: usize, length: usize, register: u32, window: usize, target: usize, u: usize): usize {
  const away = (length - near * u) & ~15;
  const v = window + near * u;
  v128.store(v, v128.xor(v128.load(source), i32x4(register, 0, 0, 0)));
  foldRange(source + 16, v + 16, away - 16, u);
  finish(source + away, length - away, v + away, target, u);
  return away;
}

// @ts-ignore: decorator
@inline
function foldedFar(source: usize, target: usize): v128 {
  return v128.xor(
    v128.xor(v128.load(source), v128.load(target - 767)),
    v128.xor(v128.load(target - 2524), v128.load(target - far)),
  );
}

/** As foldRange, for the first step; four at a time pay here. */
// @ts-ignore: decorator
@inline
function foldFar(source: usize, target: usize, length: usize): void {
  const end = source + length;
  const four = source + (length & ~63);
  while (source < four) {
    v128.store(target, foldedFar(source, target));
    v128.store(target + 16, foldedFar(source + 16, target + 16));
    v128.store(target + 32, foldedFar(source + 32, target + 32));
    v128.store(target + 48, foldedFar(source + 48, target + 48));
    source += 64;
    target += 64;
  }
  while (source < end) {
    v128.store(target, foldedFar(source, target));
    source += 16;
    target += 16;
  }
}

/** The first step, in turns, for any length; returns the bytes folded away. */
function firstStep(source: usize, length: usize, register: u32): usize {
  const away = (length - far) & ~15;
  const v = farWindow + far;
  memory.fill(farWindow, 0, far);
  v128.store(v, v128.xor(v128.load(source), i32x4(register, 0, 0, 0)));
  let size = away < turn ? away : turn;
  foldFar(source + 16, v + 16, size - 16);
  let done = size;
  while (done < away) {
    memory.copy(farWindow, farWindow + size, far);
    size = away - done < turn ? away - done : turn;
    foldFar(source + done, v, size);
    done += size;
  }
  const vEnd = v + size;
  v128.store(vEnd, i64x2.splat(0));
  memory.copy(farRest, source + away, length - away);
  xorRange(farRest, vEnd - 767, 767);
  xorRange(farRest, vEnd - 2524, 2524);
  xorRange(farRest, vEnd - far, far);
  return away;
}

/** CRC-32C of `length` bytes at `start`; `seed` is the result for what came before. */
export function crc32c(start: usize, length: usize, seed: u32): u32 {
  let register = ~seed;
  let source = start;
  let left = length;
  if (left >= far + 512) {
    left -= firstStep(source, left, register);
    source = farRest;
    register = 0;
  }
  if (left >= 8 * near + 600) {
    left -= step(source, left, register, window8, data4, 8);
    source = data4;
    register = 0;
  }
  if (left >= 4 * near + 300) {
    left -= step(source, left, register, window4, data2, 4);
    source = data2;
    register = 0;
  }
  if (left >= 2 * near + 300) {
    left -= step(source, left, register, window2, rest, 2);
    source = rest;
    register = 0;
  }
  return ~(left < 40 ? byTables(register, source, left) : byWords(register, source, left));
}

// @ts-ignore: decorator
@inline
function wordOfTwo(first: usize, second: usize): v128 {
  return v128.load_lane<u64>(second, v128.load_zero<u64>(first), 1);
}

// @ts-ignore: decorator
@inline
function xor3(a: v128, b: v128, c: v128): v128 {
  return v128.xor(a, v128.xor(b, c));
}

/** The CRCs of two chunks that follow one another, as byWords, a word of each at a time. */
function sumTwo(start: usize, chunk: usize, sums: usize): void {
  let first = start;
  let x = v128.xor(wordOfTwo(first, first + chunk), i64x2.splat(0xffffffff));
  let next1 = i64x2.splat(0);
  let next2 = i64x2.splat(0);
  let next3 = i64x2.splat(0);
  let next4 = i64x2.splat(0);
  const last = start + (chunk & ~7) - 32;
  while (first < last) {
    next1 = v128.xor(next2, i64x2.shl(x, 1));
    next2 = xor3(v128.xor(next3, i64x2.shr_u(x, 63)), i64x2.shl(x, 27), i64x2.shl(x, 42));
    next3 = xor3(
      xor3(next4, i64x2.shr_u(x, 37), i64x2.shr_u(x, 22)),
      i64x2.shl(x, 3),
      i64x2.shl(x, 17),
    );
    next4 = v128.xor(i64x2.shr_u(x, 61), i64x2.shr_u(x, 47));
    first += 8;
    x = v128.xor(wordOfTwo(first, first + chunk), next1);
  }
  const second = first + chunk;
  let one = ofWord(i64x2.extract_lane(x, 0));
  let two = ofWord(i64x2.extract_lane(x, 1));
  one = ofWord(load<u64>(first + 8) ^ i64x2.extract_lane(next2, 0) ^ <u64>one);
  two = ofWord(load<u64>(second + 8) ^ i64x2.extract_lane(next2, 1) ^ <u64>two);
  one = ofWord(load<u64>(first + 16) ^ i64x2.extract_lane(next3, 0) ^ <u64>one);
  two = ofWord(load<u64>(second + 16) ^ i64x2.extract_lane(next3, 1) ^ <u64>two);
  one = ofWord(load<u64>(first + 24) ^ i64x2.extract_lane(next4, 0) ^ <u64>one);
  two = ofWord(load<u64>(second + 24) ^ i64x2.extract_lane(next4, 1) ^ <u64>two);
  const left = start + chunk - first - 32;
  store<u32>(sums, bswap<u32>(~byTables(one, first + 32, left)));
  store<u32>(sums + 4, bswap<u32>(~byTables(two, second + 32, left)));
}

/** One CRC per `chunk` bytes, big-endian, written to `sums`; the last chunk may be short. */
export function crc32cOfChunks(start: usize, length: usize, chunk: usize, sums: usize): void {
  const end = start + length;
  if (chunk >= 40 && chunk <= abreast) {
    while (end - start >= 2 * chunk) {
      sumTwo(start, chunk, sums);
      start += 2 * chunk;
      sums += 8;
    }
  }
  while (start < end) {
    const size = end - start < chunk ? end - start : chunk;
    store<u32>(sums, bswap<u32>(crc32c(start, size, 0)));
    start += size;
    sums += 4;
  }
}

/**
 * Where the caller puts the four tables that append the zero bytes of a chunk to what a CRC covers,
 * and behind them the four that append those of four chunks.
 */
export function shiftTables(): usize {
  return shifts;
}

// @ts-ignore: decorator
@inline
function shifted(sum: u32, by: usize): u32 {
  return (
    load<u32>(by + (<usize>(sum & 0xff) << 2)) ^
    load<u32>(by + 1024 + (<usize>((sum >>> 8) & 0xff) << 2)) ^
    load<u32>(by + 2048 + (<usize>((sum >>> 16) & 0xff) << 2)) ^
    load<u32>(by + 3072 + (<usize>(sum >>> 24) << 2))
  );
}

// @ts-ignore: decorator
@inline
function sumAt(sums: usize): u32 {
  return bswap<u32>(load<u32>(sums));
}

/**
 * CRC of `count` chunks put end to end, of their big-endian CRCs; the shift tables hold the chunk
 * length. Four chains at once, of every fourth sum each: one alone waits for its table loads.
 */
export function combineChunks(sums: usize, count: usize): u32 {
  const fours = shifts + 4096;
  let first: u32 = 0;
  let second: u32 = 0;
  let third: u32 = 0;
  let sum: u32 = 0;
  const end = sums + (count << 2);
  for (const odd = sums + ((count & 3) << 2); sums < odd; sums += 4) {
    sum = shifted(sum, shifts) ^ sumAt(sums);
  }
  for (; sums < end; sums += 16) {
    first = shifted(first, fours) ^ sumAt(sums);
    second = shifted(second, fours) ^ sumAt(sums + 4);
    third = shifted(third, fours) ^ sumAt(sums + 8);
    sum = shifted(sum, fours) ^ sumAt(sums + 12);
  }
  const upper = shifted(shifted(first, shifts) ^ second, shifts) ^ third;
  return shifted(upper, shifts) ^ sum;
}
