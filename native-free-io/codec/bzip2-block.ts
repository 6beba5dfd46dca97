/**
 * One block of bzip2, from its bits to the bytes before run lengths were taken out.
 *
 *     1 bit      randomised, see bzip2-randomised.ts
 *     24 bits    where the original begins
 *     16 × 16    which bytes occur
 *     3, 15      coding tables, selectors; each selector unary and moved to front
 *     per table  5 bits length of the first code, then steps: 0 next, 10 longer, 11 shorter
 *     symbols    50 per selector: runs of the front byte in base 2, positions, end of block
 *
 * Codes are canonical, 1 to 20 bits. Everything is checked: a block of nonsense is CODEC_CORRUPT.
 *
 * Format: bzip2 1.0 by Julian Seward; described here from its behaviour, code our own.
 */
import { malformed } from './codec-errors.ts';

const name = 'bzip2';
const longestCode = 20;
const mostTables = 6;
const symbolsPerSelector = 50;
/** Of 50 symbols each a block of 900 000 has so many; some encoders write a few too many. */
const mostSelectors = 18_002;
const [runA, runB] = [0, 1];
/** Small blocks are common where each record is a stream. */
const leastEntries = 4096;

/** Bits from the front, most significant first. Past the end there are zeros, which are told. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #held = 0;
  #count = 0;

  reset(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#held = 0;
    this.#count = 0;
  }

  /** Byte after the last one of which a bit was taken, and how many bits of that are left. */
  get position(): number {
    return this.#at - (this.#count >> 3);
  }
  get spare(): number {
    return this.#count & 7;
  }
  get isOverrun(): boolean {
    return this.position > this.#bytes.length;
  }

  /** Up to 24 bits. */
  read(count: number): number {
    const value = this.peek(count);
    this.#count -= count;
    return value;
  }

  peek(count: number): number {
    while (this.#count < count) {
      this.#held = (this.#held << 8) | (this.#bytes[this.#at++] ?? 0);
      this.#count += 8;
    }
    return (this.#held >>> (this.#count - count)) & ((1 << count) - 1);
  }

  /** Passes bits that were looked at. */
  skip(count: number): void {
    this.#count -= count;
  }

  /** Leaves the rest of a byte that was begun. */
  align(): void {
    this.#count -= this.#count & 7;
  }
}

interface CodeTable {
  /** Per length: 20-bit codes below this are of that length or shorter. */
  readonly limits: Int32Array;
  /** Per length: index of the first symbol, less the first code. */
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
  readonly shortest: number;
}

/** Bytes of a block, each with its successor above it; grows with the blocks of a stream. */
export class Entries {
  all: Uint32Array = new Uint32Array(leastEntries);
  readonly most: number;

  /** `most`: bytes of the largest block. */
  constructor(most: number) {
    this.most = most;
  }

  /** Makes room for `count`; a block longer than it may be is refused. */
  require(count: number): void {
    if (count <= this.all.length) return;
    if (count > this.most) throw malformed(name, 'a block longer than it may be');
    const grown = new Uint32Array(Math.min(this.most, Math.max(count, this.all.length * 4)));
    grown.set(this.all);
    this.all = grown;
  }
}

export interface Block {
  readonly count: number;
  /** Entry of the byte before the first. */
  readonly origin: number;
  readonly isRandomised: boolean;
}

/** Reads a block after its magic and sum. */
export function readBlock(bits: BitReader, entries: Entries): Block {
  const isRandomised = bits.read(1) === 1;
  const origin = bits.read(24);
  const used = readUsed(bits);
  const tableCount = bits.read(3);
  if (tableCount < 2 || tableCount > mostTables) throw malformed(name, `${tableCount} tables`);
  const selectors = readSelectors(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, used.length + 2));
  const count = readSymbols(bits, { selectors, tables, used, entries });
  if (bits.isOverrun) throw malformed(name, 'the input ends within a block');
  if (origin >= count) throw malformed(name, `an origin of ${origin} among ${count} bytes`);
  link(entries.all, count);
  return { count, origin, isRandomised };
}

function readUsed(bits: BitReader): Uint8Array {
  const groups = bits.read(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    const members = (groups >>> (15 - group)) & 1 ? bits.read(16) : 0;
    for (let member = 0; member < 16; member++) {
      if ((members >>> (15 - member)) & 1) used.push(group * 16 + member);
    }
  }
  if (used.length === 0) throw malformed(name, 'a block of no bytes');
  return Uint8Array.from(used);
}

function readSelectors(bits: BitReader, tables: number): Uint8Array {
  const count = bits.read(15);
  if (count === 0) throw malformed(name, 'a block without selectors');
  const front = Array.from({ length: tables }, (_, index) => index);
  const selectors = new Uint8Array(Math.min(count, mostSelectors));
  for (let index = 0; index < count; index++) {
    let place = 0;
    while (bits.read(1) === 1) {
      if (++place >= tables) throw malformed(name, 'a selector of no table');
    }
    const [chosen] = front.splice(place, 1);
    front.unshift(chosen!);
    if (index < selectors.length) selectors[index] = chosen!;
  }
  return selectors;
}

function readTable(bits: BitReader, symbols: number): CodeTable {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > longestCode) throw malformed(name, `a code of ${length} bits`);
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return canonical(lengths);
}

function canonical(lengths: Uint8Array): CodeTable {
  const limits = new Int32Array(longestCode + 1);
  const bases = new Int32Array(longestCode + 1);
  const symbols = new Uint16Array(lengths.length);
  let code = 0;
  let index = 0;
  let shortest = longestCode;
  for (let length = 1; length <= longestCode; length++) {
    bases[length] = index - code;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[index++] = symbol;
      code++;
      shortest = Math.min(shortest, length);
    }
    limits[length] = code << (longestCode - length);
    code <<= 1;
  }
  return { limits, bases, symbols, shortest };
}

interface BlockParts {
  readonly selectors: Uint8Array;
  readonly tables: readonly CodeTable[];
  readonly used: Uint8Array;
  readonly entries: Entries;
}

/** Fills the low bytes of `entries`; returns how many. */
function readSymbols(bits: BitReader, { selectors, tables, used, entries }: BlockParts): number {
  const front = new Uint8Array(used);
  const endOfBlock = used.length + 1;
  let [count, run, weight] = [0, 0, 1];
  for (const selector of selectors) {
    const table = tables[selector]!;
    for (let left = symbolsPerSelector; left > 0; left--) {
      const symbol = readSymbol(bits, table);
      if (symbol === runA || symbol === runB) {
        run += symbol === runA ? weight : weight * 2;
        weight *= 2;
        if (run > entries.most) throw malformed(name, 'a run longer than its block');
        continue;
      }
      if (run > 0) {
        entries.require(count + run);
        entries.all.fill(front[0]!, count, count + run);
        count += run;
        [run, weight] = [0, 1];
      }
      if (symbol === endOfBlock) return count;
      entries.require(count + 1);
      const place = symbol - 1;
      const byte = front[place]!;
      front.copyWithin(1, 0, place);
      front[0] = byte;
      entries.all[count++] = byte;
    }
  }
  throw malformed(name, 'a block without an end');
}

function readSymbol(bits: BitReader, table: CodeTable): number {
  const code = bits.peek(longestCode);
  let length = table.shortest;
  while (length <= longestCode && code >= table.limits[length]!) length++;
  if (length > longestCode) throw malformed(name, 'a code that no symbol has');
  bits.skip(length);
  return table.symbols[(code >>> (longestCode - length)) + table.bases[length]!]!;
}

/** Puts above each byte the entry of the byte that follows it in the original. */
function link(entries: Uint32Array, count: number): void {
  const starts = new Uint32Array(256);
  for (let index = 0; index < count; index++) starts[entries[index]! & 0xff]!++;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const occurs = starts[byte]!;
    starts[byte] = sum;
    sum += occurs;
  }
  for (let index = 0; index < count; index++) {
    const slot = starts[entries[index]! & 0xff]!++;
    entries[slot] = (entries[slot]! & 0xff) | (index << 8);
  }
}
