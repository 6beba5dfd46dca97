/** bzip2 is only read: streams of bzip2 1.0.8 and Hadoop, from the folder `reference`. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bzip2Codec } from '../../../../native-free-io/index.ts';
import { codeOf, codeOfPromise } from '../../../helpers/codes.ts';
import { chant, collected, cut, firstDifference, noiseOf, proverb } from './samples.ts';

const references: readonly (readonly [file: string, holds: Uint8Array])[] = [
  ['bzip2', proverb],
  // Three streams, the second of nothing.
  ['bzip2-streams', proverb],
  // Two blocks of 100 000 bytes.
  ['bzip2-blocks', chant],
  // Of Hadoop's BZip2Codec, which randomises what is slow to sort.
  ['bzip2-randomised', chant],
  ['bzip2-runs', new Uint8Array(300_000).fill(0x61)],
];

function reference(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`reference/${file}`, import.meta.url)));
}

describe.each(references)('%s', (file, holds) => {
  const packed = reference(file);
  const options = { maxLength: holds.length };

  test('is read in one call and as a stream of pieces of any length', async () => {
    expect(firstDifference(bzip2Codec.decompressSync(packed, options), holds)).toBe(-1);
    for (const size of [1, 7, 100, 1 << 20]) {
      const pieces = cut(packed, () => size);
      expect(firstDifference(await collected(bzip2Codec.decompress(pieces, options)), holds)).toBe(
        -1,
      );
    }
  });

  test('passes no limit', async () => {
    const less = { maxLength: holds.length - 1 };
    expect(codeOf(() => bzip2Codec.decompressSync(packed, less))).toBe('CODEC_TOO_LARGE');
    const pieces = bzip2Codec.decompress([packed], less);
    expect(await codeOfPromise(collected(pieces))).toBe('CODEC_TOO_LARGE');
  });

  test('cut at any byte is corrupt, but between two streams', () => {
    const whole: number[] = [];
    for (let length = 0; length < packed.length; length++) {
      const short = packed.subarray(0, length);
      const code = codeOf(() => {
        bzip2Codec.decompressSync(short, options);
        whole.push(length);
      });
      if (whole.at(-1) !== length) expect(code, `cut to ${length}`).toBe('CODEC_CORRUPT');
    }
    // Each stream begins with BZh: what ends before one is a whole, shorter file.
    const begins = Array.from(packed.keys()).filter(
      (at) => at > 0 && Buffer.from(packed.subarray(at, at + 3)).toString('latin1') === 'BZh',
    );
    expect(whole).toEqual(begins);
  });

  test('with any bit flipped it is corrupt, too large, or says the same', () => {
    const step = file === 'bzip2' ? 1 : 31;
    for (let bit = 0; bit < packed.length * 8; bit += step) {
      const bent = new Uint8Array(packed);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      let result: Uint8Array | undefined;
      const code = codeOf(() => {
        result = bzip2Codec.decompressSync(bent, options);
      });
      if (result === undefined) expect(['CODEC_CORRUPT', 'CODEC_TOO_LARGE']).toContain(code);
      else expect(firstDifference(result, holds), `bit ${bit}`).toBe(-1);
    }
  });
});

test('what is no bzip2, or has garbage behind it, is corrupt; nothing is written', () => {
  const options = { maxLength: 1000 };
  const packed = reference('bzip2');
  const longer = new Uint8Array(Buffer.concat([packed, Uint8Array.of(0, 0, 0, 5, 0)]));
  for (const bytes of [new Uint8Array(0), noiseOf(100), longer]) {
    expect(codeOf(() => bzip2Codec.decompressSync(bytes, options))).toBe('CODEC_CORRUPT');
  }
  expect(codeOf(() => bzip2Codec.compressSync(proverb))).toBe('CODEC_UNKNOWN');
});
