import { describe, expect, test } from 'vitest';
import { snappyRawCodec, snappyXerialCodec } from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, utf8, viewOf } from '../../../helpers/hex.ts';
import { collected, cut, firstDifference, textOf } from './samples.ts';

const options = { maxLength: 1 << 20 };
const read = (hex: string): Uint8Array => snappyXerialCodec.decompressSync(fromHex(hex), options);
const streamHeader = '82534e4150505900 00000001 00000001';
/** A raw block with the literal 'abc'. */
const abc = '03 08 616263';
const block = `00000005 ${abc}`;

describe('the xerial stream', () => {
  test('begins with its header and has nothing more for no bytes', () => {
    expect(toHex(snappyXerialCodec.compressSync(new Uint8Array(0)))).toBe(
      toHex(fromHex(streamHeader)),
    );
    expect(toHex(snappyXerialCodec.compressSync(utf8('abc')))).toBe(
      toHex(fromHex(`${streamHeader} ${block}`)),
    );
  });

  test('has blocks of 32 KiB, each decodable on its own', () => {
    const text = textOf(100_000);
    const packed = snappyXerialCodec.compressSync(text);
    let from = 0;
    for (let at = 16; at < packed.length;) {
      const length = viewOf(packed).getInt32(at);
      const raw = snappyRawCodec.decompressSync(packed.subarray(at + 4, at + 4 + length), options);
      expect(raw.length).toBe(Math.min(32_768, text.length - from));
      expect(firstDifference(raw, text.subarray(from, from + raw.length))).toBe(-1);
      from += raw.length;
      at += 4 + length;
    }
    expect(from).toBe(text.length);
  });

  test('may repeat its header between blocks, as streams put together do', () => {
    expect(read(`${streamHeader} ${block} ${streamHeader} ${block}`)).toEqual(utf8('abcabc'));
  });

  test.each([
    ['version 0', `82534e4150505900 00000000 00000001 ${block}`],
    ['version 0 in a repeated header', `${streamHeader} 82534e4150505900 00000000 00000001`],
    ['half a repeated header', `${streamHeader} ${block} 82534e41505059`],
    ['what only begins like a header', `${streamHeader} 82534e4150505901 00000001 00000001`],
    ['a negative length', `${streamHeader} ffffffff ${abc}`],
    ['an empty block', `${streamHeader} 00000000`],
    ['half a length', `${streamHeader} 000000`],
    ['a block that says 4 and gives 3', `${streamHeader} 00000005 04 08 616263`],
    ['a block that says 2 and gives 3', `${streamHeader} 00000005 02 08 616263`],
    ['no bytes', ''],
  ])('%s is refused', (_, hex) => {
    expect(codeOf(() => read(hex))).toBe('CODEC_CORRUPT');
  });
});

describe('a bare raw block', () => {
  test('is read where a stream is expected, in both forms, short or long', async () => {
    for (const length of [0, 1, 5, 13, 14, 15, 16, 17, 40_000]) {
      const text = textOf(length);
      const packed = snappyRawCodec.compressSync(text);
      expect(firstDifference(snappyXerialCodec.decompressSync(packed, options), text)).toBe(-1);
      const pieces = snappyXerialCodec.decompress(
        cut(packed, () => 5000),
        options,
      );
      expect(firstDifference(await collected(pieces), text)).toBe(-1);
    }
  });

  test.each([
    ['a length of more than five bytes', '8080808080 01 00'],
    ['a length without an end', '8080'],
    ['more than its elements can give', 'ff01 08 616263'],
    ['a copy from before the beginning', '05 00 61 0a 0500'],
    ['bytes after its end', `${abc} 08 616263`],
  ])('%s is refused', (_, hex) => {
    const bytes = fromHex(hex);
    expect(codeOf(() => snappyRawCodec.decompressSync(bytes, options))).toBe('CODEC_CORRUPT');
  });
});
