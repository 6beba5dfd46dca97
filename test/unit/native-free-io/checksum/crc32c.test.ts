import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32cPlain } from '../../../../native-free-io/checksum/crc32c-plain.ts';
import {
  crc32,
  crc32c,
  crc32cCombine,
  crc32Combine,
  kernelMemory,
  RunningChecksum,
} from '../../../../native-free-io/index.ts';
import { copyBytes, crc32cKernel } from '../../../../native-free-io/kernel/crc32c-kernel.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);

/** RFC 3720 B.4, and the check value of the catalogue of CRCs. */
const vectors: readonly (readonly [string, Uint8Array, number])[] = [
  ['nothing', new Uint8Array(0), 0],
  ['123456789', text('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 ascending', ascending, 0x46dd794e],
  ['32 descending', ascending.toReversed(), 0x113fdb5c],
];

/** The same bytes in kernel memory and outside of it. */
function twoHomes(length: number, seed: number): { inside: Uint8Array; outside: Uint8Array } {
  const memory = kernelMemory();
  const inside = memory.bytes.subarray(region, region + length);
  inside.set(new Seeded(seed).bytes(length));
  return { inside, outside: Uint8Array.from(inside) };
}
const longest = 2 * copyBytes + 200;
const region = kernelMemory().allocate(longest);

describe('crc32c', () => {
  test.each(vectors)('of %s is the published value', (_, bytes, sum) => {
    expect(crc32c(bytes, 0, bytes.length)).toBe(sum);
    expect(crc32cPlain(bytes, 0, bytes.length)).toBe(sum);
    kernelMemory().bytes.set(bytes, region);
    expect(crc32cKernel()!.crc32c(region, bytes.length, 0) >>> 0).toBe(sum);
  });

  test('the kernel equals its twin at every length up to 6,400 bytes, every alignment and any seed', () => {
    const random = new Seeded(seedFor('crc32c lengths'));
    const { outside } = twoHomes(6500, random.between(0, 1 << 30));
    const kernel = crc32cKernel()!;
    for (let length = 0; length <= 6400; length++) {
      const start = length % 33;
      const seed = random.between(0, 0xffffffff);
      expect(kernel.crc32c(region + start, length, seed) >>> 0, `${length} bytes`).toBe(
        crc32cPlain(outside, start, start + length, seed),
      );
    }
  });

  test('long inputs have one sum, in kernel memory and outside, whole and in pieces', () => {
    const random = new Seeded(seedFor('crc32c long'));
    const { inside, outside } = twoHomes(longest, random.between(0, 1 << 30));
    const lengths = [
      16384,
      19728,
      19729,
      32768,
      65536,
      copyBytes,
      copyBytes + 1,
      2 * copyBytes + 77,
    ];
    for (const length of lengths) {
      const start = random.between(0, 50);
      const end = start + length;
      const sum = crc32cPlain(outside, start, end);
      expect(crc32c(inside, start, end), `${length} bytes in place`).toBe(sum);
      expect(crc32c(outside, start, end), `${length} bytes copied`).toBe(sum);
      const middle = random.between(start, end);
      const running = new RunningChecksum('crc32c').update(inside, start, middle);
      expect(running.update(outside, middle, end).value).toBe(sum);
    }
  });

  test('one flipped bit anywhere changes the sum', () => {
    const { inside } = twoHomes(5000, 7);
    const sum = crc32c(inside, 0, 5000);
    for (let at = 0; at < 5000; at++) {
      inside[at]! ^= 1 << (at % 8);
      expect(crc32c(inside, 0, 5000), `bit of byte ${at}`).not.toBe(sum);
      inside[at]! ^= 1 << (at % 8);
    }
    expect(crc32c(inside, 0, 5000)).toBe(sum);
  });

  test('bounds outside of the bytes are refused, never read over', () => {
    const { inside, outside } = twoHomes(1000, 3);
    expect(() => crc32c(inside, 0, 1001)).toThrow(RangeError);
    expect(() => crc32c(outside, 0, 1001)).toThrow(RangeError);
    expect(() => crc32c(inside, -1, 500)).toThrow(RangeError);
  });
});

describe('combining', () => {
  test('two sums and the second length give the sum of both', () => {
    const random = new Seeded(seedFor('crc combine'));
    for (let turn = 0; turn < 200; turn++) {
      const bytes = random.bytes(random.between(0, 700));
      const at = random.between(0, bytes.length);
      const [a, b] = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(crc32Combine(zlibCrc32(a), zlibCrc32(b), b.length)).toBe(zlibCrc32(bytes));
      expect(crc32cCombine(crc32cPlain(a, 0, at), crc32cPlain(b, 0, b.length), b.length)).toBe(
        crc32cPlain(bytes, 0, bytes.length),
      );
    }
  });

  test('a second part of many gigabytes is no more work', () => {
    const zeros = new Uint8Array(1 << 20);
    let sum = crc32c(text('head'), 0, 4);
    for (let count = 0; count < 64; count++) sum = crc32c(zeros, 0, zeros.length, sum);
    const sixtyFour = 64 * zeros.length;
    let tail = 0;
    for (let count = 0; count < 64; count++) tail = crc32c(zeros, 0, zeros.length, tail);
    expect(crc32cCombine(crc32c(text('head'), 0, 4), tail, sixtyFour)).toBe(sum);
    const far = crc32cCombine(sum, 0, 2 ** 40);
    expect(crc32cCombine(crc32cCombine(sum, 0, 2 ** 39), 0, 2 ** 39)).toBe(far);
  });
});

describe('RunningChecksum', () => {
  test('crc32 is that of zlib, and reset starts anew', () => {
    const running = new RunningChecksum('crc32');
    expect(running.value).toBe(0);
    running.update(text('hello ')).update(text('world'));
    expect(running.value).toBe(zlibCrc32('hello world'));
    expect(running.value).toBe(crc32(text('hello world'), 0, 11));
    running.reset();
    expect(running.update(text('again')).value).toBe(zlibCrc32('again'));
  });
});

test('nothing more leaves a running checksum as it is, of both kinds', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  for (const sum of [crc32, crc32c]) {
    const before = sum(bytes, 0, 3);
    expect(sum(bytes, 1, 1, before)).toBe(before);
    expect(sum(new Uint8Array(0), 0, 0)).toBe(0);
  }
});
