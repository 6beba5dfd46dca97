import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';
import { allCodecs, collected, cut, firstDifference, noiseOf, textOf } from './samples.ts';

const seed = seedFor('codec round trips');

/**
 * Around the blocks of xerial and LZ4, Hadoop's chunks, zstd's blocks, and the pieces of streams.
 */
const lengths = [
  0, 1, 2, 15, 16, 17, 1000, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072, 131_073,
  218_422, 218_423, 261_100, 261_101, 1_048_576, 1_048_577,
];
const text = textOf(lengths.at(-1)!);
const noise = noiseOf(lengths.at(-1)!);

describe.each(allCodecs)('$name', (codec) => {
  test.each([
    ['text', text],
    ['noise', noise],
  ])('%s of every length around a border comes back from one call', (_, all) => {
    for (const length of lengths) {
      const source = all.subarray(0, length);
      const packed = codec.compressSync(source);
      const back = codec.decompressSync(packed, { maxLength: length });
      expect(firstDifference(back, source), `length ${length}`).toBe(-1);
    }
  });

  test('streams cut anywhere come back, whichever form reads them', async () => {
    const random = new Seeded(seed);
    for (const length of lengths) {
      const source = text.subarray(0, length);
      const largest = random.pick([3, 100, 70_000, 2_000_000]);
      if (length / largest > 20_000) continue;
      const pieces = () => random.between(1, largest);
      const packed = await collected(codec.compress(cut(source, pieces)));
      const options = { maxLength: length };
      const back = await collected(codec.decompress(cut(packed, pieces), options));
      const message = `length ${length}, pieces up to ${largest}`;
      expect(firstDifference(back, source), message).toBe(-1);
      expect(firstDifference(codec.decompressSync(packed, options), source), message).toBe(-1);
      const whole = codec.compressSync(source);
      const read = await collected(codec.decompress(cut(whole, pieces), options));
      expect(firstDifference(read, source), message).toBe(-1);
    }
  });

  test('one byte at a time is enough for a stream', async () => {
    const source = text.subarray(0, 3000);
    const packed = await collected(codec.compress(cut(source, () => 1)));
    const pieces = codec.decompress(
      cut(packed, () => 1),
      { maxLength: 3000 },
    );
    expect(firstDifference(await collected(pieces), source)).toBe(-1);
  });

  test('sources that are arrays and sources with empty pieces do', async () => {
    const empty = new Uint8Array(0);
    const source = [empty, text.subarray(0, 10), empty, text.subarray(10, 40), empty];
    const packed = await collected(codec.compress(source));
    const pieces = [empty, packed.subarray(0, 3), empty, packed.subarray(3), empty];
    const back = await collected(codec.decompress(pieces, { maxLength: 40 }));
    expect(firstDifference(back, text.subarray(0, 40))).toBe(-1);
  });

  test('streams give no empty pieces', async () => {
    const packed = codec.compressSync(new Uint8Array(0));
    const pieces = packed.length === 0 ? [] : [packed];
    for await (const piece of codec.decompress(pieces, { maxLength: 0 })) {
      expect(piece.length).toBeGreaterThan(0);
    }
  });

  test('results are plain bytes of their own and the input is left as it was', () => {
    for (const all of [text, noise]) {
      const source = new Uint8Array(all.subarray(0, 200));
      const packed = codec.compressSync(source);
      const packedBefore = new Uint8Array(packed);
      const back = codec.decompressSync(packed, { maxLength: 200 });
      for (const bytes of [packed, back]) expect(bytes.constructor).toBe(Uint8Array);
      expect(firstDifference(source, all.subarray(0, 200))).toBe(-1);
      expect(firstDifference(packed, packedBefore)).toBe(-1);
      source.fill(0);
      expect(firstDifference(packed, packedBefore)).toBe(-1);
      packed.fill(0);
      expect(firstDifference(back, all.subarray(0, 200))).toBe(-1);
    }
  });

  test('views into larger buffers are read where they begin and end', () => {
    const source = text.subarray(5, 505);
    const packed = codec.compressSync(source);
    const room = new Uint8Array(packed.length + 20).fill(0xaa);
    room.set(packed, 7);
    const view = room.subarray(7, 7 + packed.length);
    expect(firstDifference(codec.decompressSync(view, { maxLength: 500 }), source)).toBe(-1);
  });

  test('text becomes shorter, noise hardly longer', () => {
    const packedText = codec.compressSync(text);
    const packedNoise = codec.compressSync(noise);
    if (codec.name === 'none') return;
    expect(packedText.length).toBeLessThan(text.length * 0.7);
    expect(packedNoise.length).toBeLessThan(noise.length * 1.01 + 64);
  });
});

describe('streams that are given up or fail', () => {
  const forms = allCodecs
    // Raw blocks cannot be cut: nothing comes before the end of the source.
    .filter((codec) => codec.name !== 'snappy-raw')
    .flatMap((codec) => [
      { name: `${codec.name} compress`, run: codec.compress.bind(codec), input: text },
      {
        name: `${codec.name} decompress`,
        run: (source: AsyncIterable<Uint8Array>) =>
          codec.decompress(source, { maxLength: 2 ** 40 }),
        input: codec.compressSync(text),
      },
    ]);

  test.each(forms)('$name lets go of its source when the reader stops', async ({ run, input }) => {
    let isStarted = false;
    const released = new EventTarget();
    const whenReleased = once(released, 'released');
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        isStarted = true;
        for (;;) yield input;
      } finally {
        released.dispatchEvent(new Event('released'));
      }
    }
    for await (const piece of run(endless())) {
      expect(piece.length).toBeGreaterThan(0);
      if (isStarted) break;
    }
    await whenReleased;
  });

  test.each(forms)('$name passes on what its source throws', async ({ run, input }) => {
    const failure = new Error('the source broke');
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield input.subarray(0, 100);
      throw failure;
    }
    await expect(collected(run(breaking()))).rejects.toBe(failure);
  });
});
