import { describe, expect, test } from 'vitest';
import {
  deflateCodec,
  gzipCodec,
  hadoopLz4Codec,
  hadoopSnappyCodec,
  lz4FrameCodec,
  snappyRawCodec,
  snappyXerialCodec,
  type Codec,
} from '../../../../native-free-io/index.ts';
import { lz4, snappy } from '../../../../native-free-io/codec/libraries.ts';
import { xxHash32 } from '../../../../native-free-io/checksum/xxhash32.ts';
import { codeOf, codeOfPromise } from '../../../helpers/codes.ts';
import { fromHex, utf8 } from '../../../helpers/hex.ts';
import { allCodecs, collected, cut, firstDifference, noiseOf, textOf } from './samples.ts';

describe.each(allCodecs)('$name', (codec) => {
  test('gives exactly as much as the limit and not one byte more, in both forms', async () => {
    for (const source of [textOf(70_000), noiseOf(70_000), textOf(1)]) {
      const { length } = source;
      const packed = codec.compressSync(source);
      for (const maxLength of [length, length + 1, 2 ** 40, Infinity]) {
        expect(firstDifference(codec.decompressSync(packed, { maxLength }), source)).toBe(-1);
        const pieces = codec.decompress([packed], { maxLength });
        expect(firstDifference(await collected(pieces), source)).toBe(-1);
      }
      for (const maxLength of [0, Math.floor(length / 2), length - 1]) {
        const code = codeOf(() => codec.decompressSync(packed, { maxLength }));
        expect(code).toBe('CODEC_TOO_LARGE');
        expect(await streamedWithin(codec, packed, maxLength)).toBe('CODEC_TOO_LARGE');
      }
    }
  });

  test('nothing comes out under a limit of nothing', async () => {
    const packed = codec.compressSync(new Uint8Array(0));
    expect(codec.decompressSync(packed, { maxLength: 0 }).length).toBe(0);
    expect((await collected(codec.decompress([packed], { maxLength: 0 }))).length).toBe(0);
  });

  test('a limit that is no length is refused', async () => {
    const packed = codec.compressSync(textOf(10));
    for (const maxLength of [-1, Number.NaN]) {
      expect(codeOf(() => codec.decompressSync(packed, { maxLength }))).toBe('IO_INVALID_ARGUMENT');
      const code = await codeOfPromise(async () =>
        collected(codec.decompress([packed], { maxLength })),
      );
      expect(code).toBe('IO_INVALID_ARGUMENT');
    }
  });

  test('64 MiB of one letter do not come through a limit of 1 MiB', async () => {
    const packed = codec.compressSync(new Uint8Array(64 << 20).fill(120));
    const maxLength = 1 << 20;
    expect(codeOf(() => codec.decompressSync(packed, { maxLength }))).toBe('CODEC_TOO_LARGE');
    expect(await streamedWithin(codec, packed, maxLength)).toBe('CODEC_TOO_LARGE');
  });
});

/** An LZ4 descriptor that states 2 ** 40 bytes. */
const huge = '6840 0000000000010000';

describe('sizes that are stated are refused before anything is decoded', () => {
  test.each([
    ['a raw snappy block', snappyRawCodec, `808080 08 ${'fe0100'.repeat(262_144)}`],
    [
      'a snappy stream',
      snappyXerialCodec,
      `${xerial()} 000c0004 80808008 ${'fe0100'.repeat(262_144)}`,
    ],
    ['an LZ4 content size', lz4FrameCodec, `04224d18 ${huge} ${checksum(huge)} 00000000`],
    ['an outer block of snappy', hadoopSnappyCodec, '7fffffff 00000005 03 08 616263'],
    ['an outer block of LZ4', hadoopLz4Codec, '7fffffff 00000004 30 616263'],
  ] as const)('%s', (_, codec, hex) => {
    const decoded = countingLibraries(() => {
      const bytes = fromHex(hex);
      const code = codeOf(() => codec.decompressSync(bytes, { maxLength: 1 << 20 }));
      expect(code).toBe('CODEC_TOO_LARGE');
    });
    expect(decoded).toEqual([]);
  });
});

describe('blocks that state no size', () => {
  test('of LZ4 frames pass the limit by one block at most', () => {
    const bomb = lz4FrameCodec.compressSync(new Uint8Array(16 << 20));
    const decoded = countingLibraries(() => {
      const code = codeOf(() => lz4FrameCodec.decompressSync(bomb, { maxLength: 1 << 20 }));
      expect(code).toBe('CODEC_TOO_LARGE');
    });
    expect(total(decoded)).toBe((1 << 20) + (64 << 10));
  });

  test('of a frame with large blocks take no more than their bytes can give', () => {
    // Code 7 allows 4 MiB; the block of 3 bytes gives 2.
    const bytes = fromHex('04224d18 6070 73 03000000 206162 00000000');
    const prefixes: number[] = [];
    const library = lz4() as { uncompressSync: (source: Uint8Array) => Uint8Array };
    const { uncompressSync } = library;
    library.uncompressSync = (source) => {
      prefixes.push(new DataView(source.buffer, source.byteOffset).getUint32(0, true));
      return uncompressSync(source);
    };
    try {
      expect(lz4FrameCodec.decompressSync(bytes, { maxLength: 10 })).toEqual(utf8('ab'));
    } finally {
      library.uncompressSync = uncompressSync;
    }
    expect(prefixes).toEqual([3 * 255]);
  });
});

test.each([gzipCodec, deflateCodec])('$name stops inside the library', (codec) => {
  const bomb = codec.compressSync(new Uint8Array(16 << 20));
  const decompress = () => codec.decompressSync(bomb, { maxLength: 1 << 20 });
  expect(decompress).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }) }),
  );
});

test('gzip members are counted together', () => {
  const member = gzipCodec.compressSync(textOf(1000));
  const bytes = new Uint8Array(Buffer.concat([member, member, member]));
  expect(gzipCodec.decompressSync(bytes, { maxLength: 3000 }).length).toBe(3000);
  expect(codeOf(() => gzipCodec.decompressSync(bytes, { maxLength: 2999 }))).toBe(
    'CODEC_TOO_LARGE',
  );
});

test('a raw snappy block that never ends is given up', async () => {
  let pulled = 0;
  function* endless(): Generator<Uint8Array> {
    yield fromHex('80 08');
    for (;;) {
      pulled += 1000;
      yield new Uint8Array(1000);
    }
  }
  for (const codec of [snappyRawCodec, snappyXerialCodec]) {
    pulled = 0;
    const pieces = collected(codec.decompress(endless(), { maxLength: 10_000 }));
    await expect(pieces).rejects.toMatchObject({ code: 'CODEC_TOO_LARGE' });
    expect(pulled).toBeLessThan(30_000);
  }
});

/** Reads a stream; fails when it gave more than the limit, else the code it ended with. */
async function streamedWithin(
  codec: Codec,
  packed: Uint8Array,
  maxLength: number,
): Promise<string> {
  let given = 0;
  return codeOfPromise(async () => {
    for await (const piece of codec.decompress(
      cut(packed, () => 5000),
      { maxLength },
    )) {
      given += piece.length;
      expect(given).toBeLessThanOrEqual(maxLength);
    }
  });
}

/** Lengths that the libraries decoded while `run` ran. */
function countingLibraries(run: () => void): number[] {
  const decoded: number[] = [];
  const libraries = [lz4(), snappy()] as unknown as {
    uncompressSync: (...given: unknown[]) => Uint8Array;
  }[];
  const originals = libraries.map(({ uncompressSync }) => uncompressSync);
  libraries.forEach((library, index) => {
    library.uncompressSync = (...given) => {
      const output = originals[index]!(...given);
      decoded.push(output.length);
      return output;
    };
  });
  try {
    run();
  } finally {
    libraries.forEach((library, index) => {
      library.uncompressSync = originals[index]!;
    });
  }
  return decoded;
}

function checksum(descriptor: string): string {
  const sum = (xxHash32(fromHex(descriptor)) >>> 8) & 0xff;
  return sum.toString(16).padStart(2, '0');
}

function xerial(): string {
  return '82534e4150505900 00000001 00000001';
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
