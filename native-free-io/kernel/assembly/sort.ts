/**
 * Sorting and merging of records: AssemblyScript, compiled by `npm run kernels`. The readable twin
 * is kernel/sort-plain.ts; a property test holds them against each other.
 *
 * A record is a line (ends with a delimiter), a block of fixed length, or a frame: `skip` u32,
 * `length` u32, then `length` bytes of which the first `skip` are a key made for sorting. Each has
 * a range of bytes that is compared, as unsigned bytes, shorter first.
 *
 * An entry stands for a record: prefix u64 (the next 8 compared bytes as a number, zero-padded),
 * position u32 of the record, length u32 of the compared range. Entries grow down from `top`, so
 * that data may grow up towards them; as much room below them is scratch for the sort.
 *
 * Sort: stable scatter by the highest bits that differ (8 or 11 of them), down to 24 entries, which
 * are inserted. Where all prefixes are equal the next 8 bytes become the prefix.
 *
 * Merge: a loser tree whose nodes hold prefix and input; records are copied once, to the output.
 *
 * Length: a module is compiled from one file; sort and merge share what they know of records.
 *
 * Memory: 8192 histograms, 28 levels of 8 KiB; mergeInputs, 1024 of 32 bytes; nodes, 1024 of 16.
 */
const histograms: usize = 8192;
const mergeInputs: usize = histograms + 28 * 8192;
const nodes: usize = mergeInputs + 1024 * 32;
/** Fewer entries than this are inserted. */
const fewBytes: usize = 24 * 16;
/** From this many bytes of entries on a scatter takes 11 bits. */
const manyBytes: usize = 65536 * 16;

const lines: u32 = 0;
const fixed: u32 = 1;

let form: u32 = 0;
let delimiter: u32 = 10;
let recordLength: u32 = 0;
/** From the first byte of a record to its first compared byte. */
let keyStart: u32 = 0;
let keyLength: u32 = 0;
let flip: u64 = 0;
let isDescending: bool = false;
/** Frames: all of their bytes are compared, not just the first `skip`. */
let comparesAll: bool = false;
/** Frames leave as the bytes behind `skip`, with a delimiter if `endsBare`. */
let leavesBare: bool = false;
let endsBare: bool = false;

export function describeRecords(
  newForm: u32,
  newDelimiter: u32,
  newRecordLength: u32,
  newKeyStart: u32,
  newKeyLength: u32,
): void {
  form = newForm;
  delimiter = newDelimiter;
  recordLength = newRecordLength;
  keyStart = newKeyStart;
  keyLength = newKeyLength;
}

export function describeOrder(descending: bool, all: bool, bare: bool, ends: bool): void {
  flip = descending ? ~(<u64>0) : 0;
  isDescending = descending;
  comparesAll = all;
  leavesBare = bare;
  endsBare = ends;
}

let top: usize = 0;
let most: u32 = 0;
let count: u32 = 0;

/** Entries grow down from `newTop`; `newMost` of them at most. */
export function clear(newTop: usize, newMost: u32): void {
  top = newTop;
  most = newMost;
  count = 0;
}

/** Changes how many entries there may be in all. */
export function allow(newMost: u32): void {
  most = newMost;
}

export function entryCount(): u32 {
  return count;
}

// @ts-ignore: decorator
@inline
function prefixAt(position: usize, length: u32): u64 {
  let value = bswap<u64>(load<u64>(position));
  if (length < 8) value = length == 0 ? 0 : value & (~(<u64>0) << (<u64>(8 - length) << 3));
  return value ^ flip;
}

// @ts-ignore: decorator
@inline
function enter(position: usize, length: u32): void {
  count++;
  const entry = top - (<usize>count << 4);
  store<u64>(entry, prefixAt(position + keyStart, length));
  store<u32>(entry, <u32>position, 8);
  store<u32>(entry, length, 12);
}

/**
 * Enters the lines of [begin, end); no delimiter lies in [begin, from). Returns where the first
 * line not entered begins: it does not end, or there are `most` entries.
 */
export function enterLines(begin: usize, from: usize, end: usize): usize {
  const wanted = i8x16.splat(<i8>delimiter);
  let line = begin;
  for (let at = from; at < end; at += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (end - at < 16) found &= (1 << <i32>(end - at)) - 1;
    while (found != 0) {
      if (count >= most) return line;
      const stop = at + ctz<i32>(found);
      found &= found - 1;
      enter(line, <u32>(stop - line));
      line = stop + 1;
    }
  }
  return line;
}

/** Enters the records of fixed length in [begin, end); returns where the first left begins. */
export function enterFixed(begin: usize, end: usize): usize {
  let at = begin;
  while (at + recordLength <= end && count < most) {
    enter(at, keyLength);
    at += recordLength;
  }
  return at;
}

/** The same of frames. */
export function enterFrames(begin: usize, end: usize): usize {
  let at = begin;
  while (at + 8 <= end && count < most) {
    const length = load<u32>(at, 4);
    if (at + 8 + length > end) break;
    enter(at, comparesAll ? length : load<u32>(at));
    at += 8 + length;
  }
  return at;
}

/** Compared bytes from `depth` on; those before are equal, as far as they exist. */
function compareRest(left: usize, leftLength: u32, right: usize, rightLength: u32, depth: u32): i32 {
  const least = min(leftLength, rightLength);
  let at = depth;
  while (at + 8 <= least) {
    const a = load<u64>(left + at);
    const b = load<u64>(right + at);
    if (a != b) return (bswap<u64>(a) < bswap<u64>(b)) != isDescending ? -1 : 1;
    at += 8;
  }
  while (at < least) {
    const a = load<u8>(left + at);
    const b = load<u8>(right + at);
    if (a != b) return (a < b) != isDescending ? -1 : 1;
    at++;
  }
  if (leftLength == rightLength) return 0;
  return (leftLength < rightLength) != isDescending ? -1 : 1;
}

/** Places are position and length of an entry, as one number. */
// @ts-ignore: decorator
@inline
function comparePlaces(left: u64, right: u64, depth: u32): i32 {
  return compareRest(
    <usize>(<u32>left) + keyStart,
    <u32>(left >> 32),
    <usize>(<u32>right) + keyStart,
    <u32>(right >> 32),
    depth,
  );
}

/** Sorts all entries; afterwards they ascend in memory from `firstEntry()`. Stable. */
export function sortEntries(): void {
  const bytes = <usize>count << 4;
  const low = top - bytes;
  if (count == 0) return;
  turnAround(low, top);
  if (!isSorted(low, top)) sortRange(low, top, 0, 0);
}

export function firstEntry(): usize {
  return top - (<usize>count << 4);
}

/** Entries were made from the top down. */
function turnAround(low: usize, high: usize): void {
  let left = low;
  let right = high - 16;
  while (left < right) {
    const entry = v128.load(left);
    v128.store(left, v128.load(right));
    v128.store(right, entry);
    left += 16;
    right -= 16;
  }
}

function isSorted(low: usize, high: usize): bool {
  for (let entry = low + 16; entry < high; entry += 16) {
    const before = load<u64>(entry - 16);
    const prefix = load<u64>(entry);
    if (before > prefix) return false;
    if (before == prefix && comparePlaces(load<u64>(entry - 8), load<u64>(entry + 8), 8) > 0) {
      return false;
    }
  }
  return true;
}

/**
 * Sorts a few entries by their prefixes, then those with equal prefixes by the next ones: so the
 * data of a record is looked at once for 8 bytes, not for every comparison.
 */
function insert(low: usize, high: usize, depth: u32, turns: u32): void {
  for (let entry = low + 16; entry < high; entry += 16) {
    const prefix = load<u64>(entry);
    if (load<u64>(entry - 16) <= prefix) continue;
    const whole = v128.load(entry);
    let hole = entry;
    do {
      v128.store(hole, v128.load(hole - 16));
      hole -= 16;
    } while (hole > low && load<u64>(hole - 16) > prefix);
    v128.store(hole, whole);
  }
  let start = low;
  let prefix = load<u64>(low);
  for (let entry = low + 16; entry <= high; entry += 16) {
    const next = entry < high ? load<u64>(entry) : ~prefix;
    if (next == prefix) continue;
    if (entry - start > 16) settle(start, entry, depth, turns);
    start = entry;
    prefix = next;
  }
}

/** Sorts a few entries with equal prefixes. */
function settle(low: usize, high: usize, depth: u32, turns: u32): void {
  let goesOn = turns > 0 && high - low > 32;
  for (let entry = low; goesOn && entry < high; entry += 16) {
    goesOn = load<u32>(entry, 12) > depth + 8;
  }
  if (goesOn) {
    takeNextPrefixes(low, high, depth + 8);
    insert(low, high, depth + 8, turns - 1);
    return;
  }
  for (let entry = low + 16; entry < high; entry += 16) {
    const whole = v128.load(entry);
    const place = load<u64>(entry, 8);
    let hole = entry;
    while (hole > low && comparePlaces(load<u64>(hole - 8), place, depth + 8) > 0) {
      v128.store(hole, v128.load(hole - 16));
      hole -= 16;
    }
    v128.store(hole, whole);
  }
}

/** The largest bucket is sorted by the loop, so that the depth of calls is a logarithm. */
function sortRange(begin: usize, end: usize, startDepth: u32, level: u32): void {
  let low = begin;
  let high = end;
  let depth = startDepth;
  const counts = histograms + <usize>level * 8192;
  for (;;) {
    if (high - low <= fewBytes) {
      insert(low, high, depth, 4);
      return;
    }
    const differing = differingBits(low, high);
    if (differing == 0) {
      const rest = moveEnded(low, high, depth, counts);
      low = <usize>(<u32>rest);
      high = <usize>(rest >> 32);
      if (high - low <= 16) return;
      depth += 8;
      takeNextPrefixes(low, high, depth);
      continue;
    }
    const bits: u64 = high - low > manyBytes ? 11 : 8;
    const used = 64 - clz<u64>(differing);
    const shift = used > bits ? used - bits : 0;
    const buckets: u32 = 1 << <u32>bits;
    scatter(low, high, counts, shift, buckets);
    // counts now holds where each bucket ends.
    let largest: u32 = 0;
    let largestBytes: usize = 0;
    let start = low;
    for (let bucket: u32 = 0; bucket < buckets; bucket++) {
      const stop = <usize>load<u32>(counts + (<usize>bucket << 2));
      if (stop - start > largestBytes) {
        largestBytes = stop - start;
        largest = bucket;
      }
      start = stop;
    }
    start = low;
    let nextLow = low;
    let nextHigh = low;
    for (let bucket: u32 = 0; bucket < buckets; bucket++) {
      const stop = <usize>load<u32>(counts + (<usize>bucket << 2));
      if (bucket == largest) {
        nextLow = start;
        nextHigh = stop;
      } else if (stop - start > fewBytes) {
        sortRange(start, stop, depth, level + 1);
      } else if (stop - start > 16) {
        insert(start, stop, depth, 4);
      }
      start = stop;
    }
    low = nextLow;
    high = nextHigh;
  }
}

function differingBits(low: usize, high: usize): u64 {
  let any: u64 = 0;
  let all: u64 = ~(<u64>0);
  for (let entry = low; entry < high; entry += 16) {
    const prefix = load<u64>(entry);
    any |= prefix;
    all &= prefix;
  }
  return any ^ all;
}

/** Through the scratch below all entries and back. */
function scatter(low: usize, high: usize, counts: usize, shift: u64, buckets: u32): void {
  const mask = <u64>(buckets - 1);
  memory.fill(counts, 0, <usize>buckets << 2);
  for (let entry = low; entry < high; entry += 16) {
    const counter = counts + (<usize>((load<u64>(entry) >> shift) & mask) << 2);
    store<u32>(counter, load<u32>(counter) + 16);
  }
  const away = <usize>count << 4;
  let next = <u32>(low - away);
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const counter = counts + (<usize>bucket << 2);
    const bytes = load<u32>(counter);
    store<u32>(counter, next);
    next += bytes;
  }
  for (let entry = low; entry < high; entry += 16) {
    const whole = v128.load(entry);
    const prefix = i64x2.extract_lane(whole, 0);
    const counter = counts + (<usize>((<u64>prefix >> shift) & mask) << 2);
    const target = load<u32>(counter);
    v128.store(<usize>target, whole);
    store<u32>(counter, target + 16);
  }
  memory.copy(low, low - away, high - low);
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const counter = counts + (<usize>bucket << 2);
    store<u32>(counter, load<u32>(counter) + <u32>away);
  }
}

/**
 * All prefixes are equal: records that end within them go first, the shorter before the longer (the
 * other way round when descending). Returns low and high << 32 of those that go on.
 */
function moveEnded(low: usize, high: usize, depth: u32, counts: usize): u64 {
  let shortest: u32 = 0xffffffff;
  let longest: u32 = 0;
  for (let entry = low; entry < high; entry += 16) {
    const length = load<u32>(entry, 12);
    shortest = min(shortest, length);
    longest = max(longest, length);
  }
  if (shortest > depth + 8) return <u64>low | (<u64>high << 32);
  if (shortest == longest) return <u64>high | (<u64>high << 32);
  memory.fill(counts, 0, 64);
  for (let entry = low; entry < high; entry += 16) {
    const counter = counts + (endDigit(load<u32>(entry, 12), depth) << 2);
    store<u32>(counter, load<u32>(counter) + 16);
  }
  const going = counts + (<usize>(isDescending ? 0 : 9) << 2);
  const goingBytes = <usize>load<u32>(going);
  const away = <usize>count << 4;
  let next = <u32>(low - away);
  for (let digit: usize = 0; digit < 10; digit++) {
    const counter = counts + (digit << 2);
    const bytes = load<u32>(counter);
    store<u32>(counter, next);
    next += bytes;
  }
  for (let entry = low; entry < high; entry += 16) {
    const counter = counts + (endDigit(load<u32>(entry, 12), depth) << 2);
    const target = load<u32>(counter);
    v128.store(<usize>target, v128.load(entry));
    store<u32>(counter, target + 16);
  }
  memory.copy(low, low - away, high - low);
  return isDescending
    ? <u64>low | (<u64>(low + goingBytes) << 32)
    : <u64>(high - goingBytes) | (<u64>high << 32);
}

// @ts-ignore: decorator
@inline
function endDigit(length: u32, depth: u32): usize {
  const digit: u32 = length > depth + 8 ? 9 : length > depth ? length - depth : 0;
  return <usize>(isDescending ? 9 - digit : digit);
}

function takeNextPrefixes(low: usize, high: usize, depth: u32): void {
  for (let entry = low; entry < high; entry += 16) {
    const position = <usize>load<u32>(entry, 8) + keyStart + depth;
    store<u64>(entry, prefixAt(position, load<u32>(entry, 12) - depth));
  }
}

/** Keeps the first of records that compare equal. */
export function keepFirsts(): void {
  const low = firstEntry();
  if (count < 2) return;
  let kept = low;
  for (let entry = low + 16; entry < top; entry += 16) {
    const before = load<u64>(kept, 8);
    const place = load<u64>(entry, 8);
    if (comparePlaces(before, place, 0) == 0) continue;
    kept += 16;
    v128.store(kept, v128.load(entry));
  }
  const keptBytes = kept + 16 - low;
  count = <u32>(keptBytes >> 4);
  memory.copy(top - keptBytes, low, keptBytes);
}

// @ts-ignore: decorator
@inline
function copyBytes(target: usize, source: usize, length: usize): void {
  if (length > 512) {
    memory.copy(target, source, length);
    return;
  }
  for (let done: usize = 0; done < length; done += 16) {
    v128.store(target + done, v128.load(source + done));
  }
}

let written: usize = 0;
let bareBytes: u32 = 0;
let longest: u32 = 0;

/** Bytes that the frames written since the last call will leave as. */
export function takeBareBytes(): u32 {
  const taken = bareBytes;
  bareBytes = 0;
  return taken;
}

/** Bytes of the longest record written since the last call. */
export function takeLongest(): u32 {
  const taken = longest;
  longest = 0;
  return taken;
}

/** Where the last gather or merge stopped writing. */
export function writtenEnd(): usize {
  return written;
}

/**
 * Copies the records of entries `from` to `to` to `out`, as many as end before `outEnd`; up to 16
 * bytes behind it are spoilt. Returns the number of the first entry left.
 */
export function gather(from: u32, to: u32, out: usize, outEnd: usize): u32 {
  const low = firstEntry();
  let at = out;
  let index = from;
  while (index < to) {
    const entry = low + (<usize>index << 4);
    const position = <usize>load<u32>(entry, 8);
    const next = put(position, load<u32>(entry, 12), at, outEnd);
    if (next == 0) break;
    at = next;
    index++;
  }
  written = at;
  return index;
}

/** Copies a record to `at`; returns where it ends, 0 when that is past `outEnd`. */
// @ts-ignore: decorator
@inline
function put(position: usize, length: u32, at: usize, outEnd: usize): usize {
  if (form == lines) {
    const end = at + length + 1;
    if (end > outEnd) return 0;
    longest = max(longest, length + 1);
    copyBytes(at, position, length + 1);
    // The last line of a file may lack it.
    store<u8>(end - 1, <u8>delimiter);
    return end;
  }
  if (form == fixed) {
    const end = at + recordLength;
    if (end > outEnd) return 0;
    longest = recordLength;
    copyBytes(at, position, recordLength);
    return end;
  }
  const frameLength = load<u32>(position, 4);
  const skip = load<u32>(position);
  if (!leavesBare) {
    const end = at + 8 + frameLength;
    if (end > outEnd) return 0;
    bareBytes += frameLength - skip + 1;
    longest = max(longest, 8 + frameLength);
    copyBytes(at, position, 8 + frameLength);
    return end;
  }
  const bare = frameLength - skip;
  const end = at + bare + (endsBare ? 1 : 0);
  if (end > outEnd) return 0;
  copyBytes(at, position + 8 + skip, bare);
  if (endsBare) store<u8>(end - 1, <u8>delimiter);
  return end;
}

let inputs: u32 = 0;
let winner: u32 = 0;
/** 1 + number of the input whose next record was not there yet. */
let pending: u32 = 0;
/** Where the compared bytes of the last record are kept, when equal ones are dropped; else 0. */
let lastBytes: usize = 0;
let lastLength: u32 = 0;
let hasLast: bool = false;

// Of an input: cursor, limit, bytes of its record, compared length, isLast, isEnded.
// @ts-ignore: decorator
@inline
function inputAt(input: u32): usize {
  return mergeInputs + (<usize>input << 5);
}

/** Bytes [begin, end) of an input; `isLast`: nothing comes after. Call before `startMerge` too. */
export function setInput(input: u32, begin: usize, end: usize, isLast: bool): void {
  const state = inputAt(input);
  store<u32>(state, <u32>begin);
  store<u32>(state, <u32>end, 4);
  store<u32>(state, isLast ? 1 : 0, 16);
  store<u32>(state, 0, 20);
}

/** Where the unread bytes of an input begin. */
export function inputCursor(input: u32): usize {
  return <usize>load<u32>(inputAt(input));
}

/** Finds the record at the cursor; false: its end is not there yet. */
function meet(state: usize): bool {
  const at = <usize>load<u32>(state);
  const limit = <usize>load<u32>(state, 4);
  const isLast = load<u32>(state, 16) != 0;
  if (at == limit && isLast) {
    store<u32>(state, 1, 20);
    return true;
  }
  let bytes: usize = 0;
  let length: u32 = 0;
  if (form == lines) {
    const end = lineEnd(at, limit);
    if (end == 0 && !isLast) return false;
    length = <u32>((end == 0 ? limit : end) - at);
    bytes = end == 0 ? length : length + 1;
  } else if (form == fixed) {
    if (at + recordLength > limit) return false;
    bytes = recordLength;
    length = keyLength;
  } else {
    if (at + 8 > limit) return false;
    const frameLength = load<u32>(at, 4);
    bytes = 8 + <usize>frameLength;
    if (at + bytes > limit) return false;
    length = comparesAll ? frameLength : load<u32>(at);
  }
  store<u32>(state, <u32>bytes, 8);
  store<u32>(state, length, 12);
  return true;
}

// @ts-ignore: decorator
@inline
function lineEnd(begin: usize, end: usize): usize {
  const wanted = i8x16.splat(<i8>delimiter);
  for (let at = begin; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found == 0) continue;
    const stop = at + ctz<i32>(found);
    return stop < end ? stop : 0;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function inputPrefix(state: usize): u64 {
  if (load<u32>(state, 20) != 0) return ~(<u64>0);
  return prefixAt(<usize>load<u32>(state) + keyStart, load<u32>(state, 12));
}

/** Of inputs with equal prefixes. */
function isBefore(left: u32, right: u32): bool {
  const a = inputAt(left);
  const b = inputAt(right);
  const leftEnded = load<u32>(a, 20) != 0;
  const rightEnded = load<u32>(b, 20) != 0;
  if (leftEnded || rightEnded) return rightEnded && (!leftEnded || left < right);
  const order = compareRest(
    <usize>load<u32>(a) + keyStart,
    load<u32>(a, 12),
    <usize>load<u32>(b) + keyStart,
    load<u32>(b, 12),
    8,
  );
  return order < 0 || (order == 0 && left < right);
}

/**
 * Begins to merge inputs 0 to newInputs - 1, each set. `newLastBytes`: room for a compared range,
 * to drop records that equal the one before; 0 keeps them. Returns 1 + the input whose first record
 * is not there, 0 when all is well.
 */
export function startMerge(newInputs: u32, newLastBytes: usize): u32 {
  inputs = newInputs;
  lastBytes = newLastBytes;
  hasLast = false;
  pending = 0;
  for (let input: u32 = 0; input < inputs; input++) {
    if (!meet(inputAt(input))) return input + 1;
  }
  winner = play(1);
  return 0;
}

/** Plays the matches below a node; leaves stand at inputs to 2 inputs - 1. */
function play(node: u32): u32 {
  if (node >= inputs) return node - inputs;
  const left = play(2 * node);
  const right = play(2 * node + 1);
  const leftPrefix = inputPrefix(inputAt(left));
  const rightPrefix = inputPrefix(inputAt(right));
  const leftWins =
    leftPrefix < rightPrefix || (leftPrefix == rightPrefix && isBefore(left, right));
  const place = nodes + (<usize>node << 4);
  store<u64>(place, leftWins ? rightPrefix : leftPrefix);
  store<u32>(place, leftWins ? right : left, 8);
  return leftWins ? left : right;
}

/**
 * Writes merged records to [out, outEnd). Returns 0 when all inputs ended, 1 when the output is
 * full, 2 + input when that one needs bytes: set it again, its cursor's bytes first, and go on.
 */
export function merge(out: usize, outEnd: usize): u32 {
  let at = out;
  written = out;
  if (pending != 0) {
    const state = inputAt(pending - 1);
    if (!meet(state)) return pending + 1;
    winner = replay(pending - 1, inputPrefix(state));
    pending = 0;
  }
  let input = winner;
  let answer: u32 = 0;
  while (true) {
    const state = inputAt(input);
    if (load<u32>(state, 20) != 0) break;
    const position = <usize>load<u32>(state);
    const length = load<u32>(state, 12);
    if (lastBytes == 0 || isNew(position + keyStart, length)) {
      const next = put(position, length, at, outEnd);
      if (next == 0) {
        answer = 1;
        break;
      }
      at = next;
      if (lastBytes != 0) remember(position + keyStart, length);
    }
    store<u32>(state, <u32>position + load<u32>(state, 8));
    if (!meet(state)) {
      pending = input + 1;
      answer = input + 2;
      break;
    }
    input = replay(input, inputPrefix(state));
  }
  winner = input;
  written = at;
  return answer;
}

/** Plays the matches of an input that moved on; returns the winner. */
// @ts-ignore: decorator
@inline
function replay(moved: u32, movedPrefix: u64): u32 {
  let input = moved;
  let prefix = movedPrefix;
  for (let node = (moved + inputs) >> 1; node > 0; node >>= 1) {
    const place = nodes + (<usize>node << 4);
    const otherPrefix = load<u64>(place);
    const other = load<u32>(place, 8);
    if (otherPrefix < prefix || (otherPrefix == prefix && isBefore(other, input))) {
      store<u64>(place, prefix);
      store<u32>(place, input, 8);
      prefix = otherPrefix;
      input = other;
    }
  }
  return input;
}

function isNew(position: usize, length: u32): bool {
  if (!hasLast) return true;
  return compareRest(lastBytes, lastLength, position, length, 0) != 0;
}

function remember(position: usize, length: u32): void {
  hasLast = true;
  lastLength = length;
  memory.copy(lastBytes, position, length);
}
