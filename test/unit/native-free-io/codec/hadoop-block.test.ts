import { describe, expect, test } from 'vitest';
import { hadoopLz4Codec, hadoopSnappyCodec } from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, utf8, viewOf } from '../../../helpers/hex.ts';
import { collected, textOf } from './samples.ts';

const options = { maxLength: 1 << 20 };
/** 'abc' and 'defg' as chunks of their own. */
const formats = [
  {
    codec: hadoopSnappyCodec,
    most: 218_422,
    abc: '00000005 03 08 616263',
    defg: '00000006 04 0c 64656667',
  },
  {
    codec: hadoopLz4Codec,
    most: 261_100,
    abc: '00000004 30 616263',
    defg: '00000005 40 64656667',
  },
];

describe.each(formats)('$codec.name', ({ codec, most, abc, defg }) => {
  const read = (hex: string): Uint8Array => codec.decompressSync(fromHex(hex), options);

  test('writes an outer length, a chunk length and a raw block', () => {
    expect(toHex(codec.compressSync(utf8('abc')))).toBe(toHex(fromHex(`00000003 ${abc}`)));
    expect(toHex(codec.compressSync(new Uint8Array(0)))).toBe('00000000');
  });

  test('an outer block has the chunks it takes to reach its length', () => {
    expect(read(`00000007 ${abc} ${defg}`)).toEqual(utf8('abcdefg'));
    expect(read(`00000003 ${abc} 00000004 ${defg}`)).toEqual(utf8('abcdefg'));
    expect(read(`00000000 00000003 ${abc} 00000000 00000004 ${defg}`)).toEqual(utf8('abcdefg'));
  });

  test('chunks fit the buffer of Hadoop and an empty block ends several of them', () => {
    for (const [length, chunks, isEnded] of [
      [most, 1, false],
      [most + 1, 2, true],
      [3 * most, 3, true],
    ] as const) {
      const packed = codec.compressSync(textOf(length));
      const seen = chunksOf(packed, most);
      expect(seen.lengths).toHaveLength(chunks);
      for (const size of seen.lengths) expect(size).toBeLessThanOrEqual(256 << 10);
      expect(packed.length - seen.end).toBe(isEnded ? 4 : 0);
    }
  });

  test('streams have an outer block for each mebibyte', async () => {
    const packed = await collected(codec.compress([textOf((1 << 20) + 10)]));
    expect(viewOf(packed).getInt32(0)).toBe(1 << 20);
    const { end } = chunksOf(packed, most);
    expect(viewOf(packed).getInt32(end)).toBe(10);
  });

  test.each([
    ['a negative outer length', 'fffffffd 00000000'],
    ['a negative chunk length', '00000003 fffffffb'],
    ['an empty chunk', `00000003 00000000 ${abc}`],
    ['more than the outer block says', `00000005 ${abc} ${defg}`],
    ['more than the outer block says in its first chunk', `00000002 ${abc}`],
    ['less than the outer block says', `00000004 ${abc}`],
    ['half an outer length', `00000003 ${abc} 0000`],
    ['half a chunk length', '00000003 000000'],
    ['no bytes', ''],
  ])('%s is refused', (_, hex) => {
    expect(codeOf(() => read(hex))).toBe('CODEC_CORRUPT');
  });
});

/** Lengths of the chunks of the first outer block, and where it ends. */
function chunksOf(packed: Uint8Array, chunkBytes: number): { lengths: number[]; end: number } {
  const lengths: number[] = [];
  let end = 4;
  for (let left = viewOf(packed).getInt32(0); left > 0; left -= chunkBytes) {
    const length = viewOf(packed).getInt32(end);
    lengths.push(length);
    end += 4 + length;
  }
  return { lengths, end };
}
