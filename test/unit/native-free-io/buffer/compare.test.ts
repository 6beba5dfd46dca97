import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes, equalBytes } from '../../../../native-free-io/buffer/compare.ts';

/** Lengths on both sides of where the loop hands over to the native compare. */
const lengths = [0, 1, 15, 16, 17, 55, 56, 57, 71, 72, 73, 74, 100, 500];

test('a difference at any place decides, at every length', () => {
  for (const length of lengths) {
    for (let at = 0; at < length; at++) {
      const a = new Uint8Array(length + 10).fill(0x7f);
      const b = new Uint8Array(length + 10).fill(0x7f);
      a[3 + at] = 0x80;
      // Behind the region, and before it, everything says the opposite.
      b.fill(0xff, 5 + length);
      b.fill(0xff, 0, 5);
      expect(compareBytes(a, 3, 3 + length, b, 5, 5 + length)).toBeGreaterThan(0);
      expect(compareBytes(b, 5, 5 + length, a, 3, 3 + length)).toBeLessThan(0);
      expect(equalBytes(a, 3, 3 + length, b, 5, 5 + length)).toBe(false);
    }
  }
});

test('equal regions compare as zero and a prefix sorts first, at every length', () => {
  for (const length of lengths) {
    const a = Uint8Array.from({ length: length + 20 }, (_, i) => i);
    const b = new Uint8Array(a);
    expect(compareBytes(a, 2, 2 + length, b, 2, 2 + length)).toBe(0);
    expect(equalBytes(a, 2, 2 + length, b, 2, 2 + length)).toBe(true);
    expect(compareBytes(a, 2, 2 + length, b, 2, 3 + length)).toBeLessThan(0);
    expect(compareBytes(a, 2, 3 + length, b, 2, 2 + length)).toBeGreaterThan(0);
    expect(equalBytes(a, 2, 3 + length, b, 2, 2 + length)).toBe(false);
  }
});

test('random regions compare as Buffer.compare says', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 200, max: 2 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat(60), (head, tail, shared) => {
      const prefix = new Uint8Array(shared).fill(1);
      const a = Buffer.concat([prefix, head]);
      const b = Buffer.concat([prefix, tail]);
      const got = compareBytes(a, 0, a.length, b, 0, b.length);
      expect(Math.sign(got)).toBe(Buffer.compare(a, b));
    }),
  );
});
