import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zstdCodec } from '../../../../native-free-io/index.ts';
import { zstd, type ZstdLibrary } from '../../../../native-free-io/codec/libraries.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, utf8 } from '../../../helpers/hex.ts';
import { collected, firstDifference, textOf } from './samples.ts';

const read = (bytes: Uint8Array, maxLength = 1 << 20): Uint8Array =>
  zstdCodec.decompressSync(bytes, { maxLength });
const codeOfRead = (hex: string): string => codeOf(() => read(fromHex(hex)));

/** A frame that states its size, with 'abc' stored. */
const abc = '28b52ffd 20 03 190000 616263';

describe('frames', () => {
  test('follow one another, skippable ones are skipped', async () => {
    const skippable = '532a4d18 02000000 aabb';
    const bytes = fromHex(`${skippable} ${abc} ${skippable} ${abc}`);
    expect(read(bytes)).toEqual(utf8('abcabc'));
    const streamed = zstdCodec.decompress([bytes], { maxLength: 6 });
    expect(await collected(streamed)).toEqual(utf8('abcabc'));
    expect(codeOfRead(`${abc} 532a4d18 03000000 aabb`)).toBe('CODEC_CORRUPT');
    expect(codeOfRead(`${abc} 532a4d18 0300`)).toBe('CODEC_CORRUPT');
    const long = `5e2a4d18 400d0300 ${'00'.repeat(200_000)}`;
    expect(read(fromHex(`${long} ${abc}`))).toEqual(utf8('abc'));
  });

  test('state their size in 0, 1, 2, 4 or 8 bytes', () => {
    const text = textOf(300);
    const block = `${((300 << 3) | 1)
      .toString(16)
      .padStart(4, '0')
      .replace(/(..)(..)/, '$2$1')}00`;
    const hex = Buffer.from(text).toString('hex');
    for (const header of ['00 58', '60 2c00', 'a0 2c010000', 'e0 2c01000000000000']) {
      const bytes = fromHex(`28b52ffd ${header} ${block} ${hex}`);
      expect(firstDifference(read(bytes, 300), text), header).toBe(-1);
    }
    expect(read(fromHex(abc), 3)).toEqual(utf8('abc'));
    // The one of 2 bytes counts from 256. Cut short here, so that only the header can be refused.
    expect(codeOf(() => read(fromHex('28b52ffd 60 2c00'), 299))).toBe('CODEC_TOO_LARGE');
    expect(codeOf(() => read(fromHex('28b52ffd 60 2c00'), 300))).toBe('CODEC_CORRUPT');
  });

  test('a dictionary that is none is no hindrance', () => {
    expect(read(fromHex('28b52ffd 21 00 03 190000 616263'))).toEqual(utf8('abc'));
  });

  test.each([
    ['another magic', '28b52ffe 20 03 190000 616263'],
    ['a reserved bit', '28b52ffd 28 03 190000 616263'],
    ['a dictionary', '28b52ffd 21 07 03 190000 616263'],
    ['a block of kind 3', '28b52ffd 20 03 1f0000 616263'],
    ['a block of more than 128 KiB', `28b52ffd 00 58 090010 ${'00'.repeat(131_073)}`],
    ['less than it states', '28b52ffd 20 04 190000 616263'],
    ['more than it states', '28b52ffd 20 02 190000 616263'],
    ['no bytes', ''],
  ])('%s is refused', (_, hex) => {
    expect(codeOfRead(hex)).toBe('CODEC_CORRUPT');
  });
});

describe('limits', () => {
  const library = zstd() as { Decoder: ZstdLibrary['Decoder'] };
  const Original = library.Decoder;
  let outputs: number[] = [];

  beforeEach(() => {
    outputs = [];
    library.Decoder = class {
      decodeSync(source: Uint8Array): Uint8Array {
        const output = new Original().decodeSync(source);
        outputs.push(output.length);
        return output;
      }
    };
  });
  afterEach(() => {
    library.Decoder = Original;
  });

  test('a stated size is refused before anything is decoded', () => {
    const bomb = fromHex('28b52ffd e0 0000000000010000 190000 616263');
    expect(codeOf(() => read(bomb))).toBe('CODEC_TOO_LARGE');
    expect(outputs).toEqual([]);
  });

  test('stored and repeated bytes are counted before anything is decoded', () => {
    // 2 000 blocks of one byte, 128 KiB times: 8 kB that would be 250 MiB.
    const bomb = frameOf(fromHex('020010 78'), 2000);
    expect(codeOf(() => read(bomb, 200 << 20))).toBe('CODEC_TOO_LARGE');
    expect(outputs).toEqual([]);
  });

  test('what full blocks give is noticed within 16 MiB of the limit', () => {
    const bomb = zstdCodec.compressSync(utf8('varve '.repeat(15 << 20)));
    expect(bomb.length).toBeLessThan(50_000);
    expect(codeOf(() => read(bomb, 1 << 20))).toBe('CODEC_TOO_LARGE');
    expect(Math.max(...outputs)).toBeLessThanOrEqual(17 << 20);
    expect(outputs).toHaveLength(1);
    expect(read(bomb, 90 << 20).length).toBe(90 << 20);
  });

  test('what earlier blocks gave counts when more of a frame is tried', () => {
    // Tiny blocks use up the bound of the first attempt, full ones follow.
    const tiny = Array.from({ length: 200 }, () => smallBlock(300));
    const full = zstdCodec.compressSync(utf8('varve '.repeat(15 << 20))).subarray(6);
    const frame = new Uint8Array(Buffer.concat([fromHex('28b52ffd 00 58'), ...tiny, full]));
    expect(read(frame, 100 << 20).length).toBe(200 * 300 + (90 << 20));
    outputs = [];
    expect(codeOf(() => read(frame, 32 << 20))).toBe('CODEC_TOO_LARGE');
    expect(outputs).toHaveLength(2);
    expect(Math.max(...outputs)).toBeLessThanOrEqual(48 << 20);
  });

  test('tiny blocks are read where the limit allows them, though their bound is far above', () => {
    const frame = frameOf(smallBlock(300), 2000);
    const expected = utf8('varve '.repeat(50 * 2000));
    expect(firstDifference(read(frame, expected.length), expected)).toBe(-1);
    expect(codeOf(() => read(frame, expected.length - 1))).toBe('CODEC_TOO_LARGE');
  });

  test('a frame of tiny blocks that says its size and has a checksum is read as well', () => {
    const text = 'varve '.repeat(50 * 2000);
    const checked = frameOf(smallBlock(300), 2000, 'a0 c0270900');
    expect(firstDifference(read(checked, text.length), utf8(text))).toBe(-1);
  });

  test('tiny blocks without end cost a bounded number of attempts', () => {
    const bomb = frameOf(smallBlock(300), 20_000);
    expect(codeOf(() => read(bomb, 20_000 * 300))).toBe('CODEC_TOO_LARGE');
    expect(outputs.length).toBeLessThanOrEqual(24);
    expect(read(bomb, 4 * 2 ** 30).length).toBe(20_000 * 300);
  });

  test('a stream of compressed bytes is not held much longer than its output may be', async () => {
    let pulled = 0;
    function* endless(): Generator<Uint8Array> {
      yield fromHex('28b52ffd 00 58');
      // Headers of compressed blocks of 100 000 bytes, never the last.
      const block = Buffer.concat([fromHex('04350c'), new Uint8Array(100_000)]);
      for (;;) {
        pulled += block.length;
        yield block;
      }
    }
    const pieces = zstdCodec.decompress(endless(), { maxLength: 1 << 20 });
    await expect(collected(pieces)).rejects.toMatchObject({ code: 'CODEC_TOO_LARGE' });
    expect(pulled).toBeLessThan(3 << 20);
  });
});

describe('levels', () => {
  test('higher ones pack tighter, lower ones looser, the default is 3', () => {
    const text = textOf(200_000);
    const length = (level?: number) =>
      zstdCodec.compressSync(text, level === undefined ? {} : { level }).length;
    expect(length(19)).toBeLessThan(length(3));
    expect(length(-5)).toBeGreaterThan(length(3));
    expect(length()).toBe(length(3));
  });
});

/** A compressed block of `length` bytes of output that needs nothing before it. */
function smallBlock(length: number): Uint8Array {
  const frame = zstdCodec.compressSync(utf8('varve '.repeat(length / 6)));
  const view = new DataView(frame.buffer, frame.byteOffset);
  const value = view.getUint16(6, true) | (view.getUint8(8) << 16);
  expect((value >>> 1) & 3, 'a compressed block').toBe(2);
  const block = new Uint8Array(frame.subarray(6, 9 + (value >>> 3)));
  block[0]! &= 0xfe;
  return block;
}

function frameOf(block: Uint8Array, count: number, header = '00 58'): Uint8Array {
  const blocks = Array.from({ length: count }, () => block);
  return new Uint8Array(
    Buffer.concat([fromHex(`28b52ffd ${header}`), ...blocks, fromHex('010000')]),
  );
}
