/**
 * The records of the sort benchmark: 100 bytes, the first 10 of them the key, made from the state
 * of a generator of 128 bits that can be set to any record.
 *
 *    x <- a x + c mod 2^128, from 0; record n is made of the state after n + 1 steps.
 *
 *    binary   0 key: 10 high bytes of x     10 00 11      12 record number, 32 hex digits
 *             44 88 99 AA BB                48 hex digits 20 to 31 of x, 4 times each
 *             96 CC DD EE FF
 *    ascii    0 key: 8 digits of base 95 of the high half, 2 of the low, from ' '     10 2 spaces
 *             12 record number, 32 hex digits      44 2 spaces
 *             46 hex digits 19 to 31 of x, 4 times each      98 CR LF
 *
 * The state is kept in eight parts of 16 bits, whose products stay exact.
 * Upstream: gensort 1.5 by Chris Nyberg, apache/hadoop: .../examples/terasort/GenSort.java
 * (Apache-2.0); algorithm kept, code our own.
 */
export const teraRecordBytes = 100;
export const teraKeyBytes = 10;

export type TeraForm = 'binary' | 'ascii';

const mask128 = (1n << 128n) - 1n;
const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const increment = 0x4a696d47726179524950202020202001n;
const parts = 8;
const a = toParts(multiplier);
const c = toParts(increment);
const hexDigits = Buffer.from('0123456789ABCDEF');

/** Least significant first. */
function toParts(value: bigint): Uint16Array {
  return Uint16Array.from({ length: parts }, (_, part) =>
    Number((value >> BigInt(16 * part)) & 0xffffn),
  );
}

/** The generator's state after `steps` steps, by repeated squaring. */
function stateAfter(steps: bigint): bigint {
  let [factor, summand] = [1n, 0n];
  let [stepFactor, stepSummand] = [multiplier, increment];
  for (let left = steps; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) {
      factor = (stepFactor * factor) & mask128;
      summand = (stepFactor * summand + stepSummand) & mask128;
    }
    stepSummand = (stepFactor * stepSummand + stepSummand) & mask128;
    stepFactor = (stepFactor * stepFactor) & mask128;
  }
  return summand;
}

export class TeraGenerator {
  readonly #form: TeraForm;
  readonly #state: Uint16Array;
  #record: number;

  /** The next record made is number `first`. */
  constructor(form: TeraForm, first: number) {
    this.#form = form;
    this.#record = first;
    this.#state = toParts(stateAfter(BigInt(first)));
  }

  /** Writes the next record to bytes [at, at + 100). */
  write(bytes: Uint8Array, at: number): void {
    this.#step();
    if (this.#form === 'binary') this.#writeBinary(bytes, at);
    else this.#writeAscii(bytes, at);
    this.#record++;
  }

  #step(): void {
    const x = this.#state;
    const next = new Uint16Array(parts);
    let carry = 0;
    for (let part = 0; part < parts; part++) {
      // At most 8 products of 32 bits and a carry: exact.
      let sum = carry + c[part]!;
      for (let left = 0; left <= part; left++) sum += a[left]! * x[part - left]!;
      next[part] = sum % 65536;
      carry = Math.floor(sum / 65536);
    }
    x.set(next);
  }

  #writeBinary(bytes: Uint8Array, at: number): void {
    for (let byte = 0; byte < teraKeyBytes; byte++) bytes[at + byte] = this.#byte(byte);
    bytes.set([0x00, 0x11], at + 10);
    this.#writeNumber(bytes, at + 12);
    bytes.set([0x88, 0x99, 0xaa, 0xbb], at + 44);
    this.#writeFilling(bytes, at + 48, 20);
    bytes.set([0xcc, 0xdd, 0xee, 0xff], at + 96);
  }

  #writeAscii(bytes: Uint8Array, at: number): void {
    let half = this.#half(1);
    for (let index = 0; index < 8; index++, half /= 95n)
      bytes[at + index] = 32 + Number(half % 95n);
    half = this.#half(0);
    for (let index = 8; index < 10; index++, half /= 95n) {
      bytes[at + index] = 32 + Number(half % 95n);
    }
    bytes.fill(32, at + 10, at + 12);
    this.#writeNumber(bytes, at + 12);
    bytes.fill(32, at + 44, at + 46);
    this.#writeFilling(bytes, at + 46, 19);
    bytes.set([13, 10], at + 98);
  }

  /** Byte of the state, the most significant first. */
  #byte(index: number): number {
    const part = this.#state[parts - 1 - (index >> 1)]!;
    return index % 2 === 0 ? part >> 8 : part & 0xff;
  }

  #half(half: 0 | 1): bigint {
    const state = this.#state;
    let value = 0n;
    for (let part = 3; part >= 0; part--) value = (value << 16n) | BigInt(state[half * 4 + part]!);
    return value;
  }

  #writeNumber(bytes: Uint8Array, at: number): void {
    let left = this.#record;
    for (let digit = 31; digit >= 0; digit--) {
      bytes[at + digit] = hexDigits[left % 16]!;
      left = Math.floor(left / 16);
    }
  }

  /** Hex digits `first` to 31 of the state, four times each. */
  #writeFilling(bytes: Uint8Array, at: number, first: number): void {
    for (let digit = first; digit < 32; digit++) {
      const byte = this.#byte(digit >> 1);
      const value = hexDigits[digit % 2 === 0 ? byte >> 4 : byte & 15]!;
      const to = at + (digit - first) * 4;
      bytes.fill(value, to, to + 4);
    }
  }
}
