import { describe, expect, test } from 'vitest';
import { codeOf, codeOfPromise } from '../../../helpers/codes.ts';
import { seedFor, Seeded } from '../../../helpers/seeded.ts';
import { readReference } from './reference-streams.ts';
import { allCodecs, collected, firstDifference, noiseOf, proverb, textOf } from './samples.ts';

const seed = seedFor('codec damage');
const maxLength = 4096;

/** A small stream of every format, and where the format has checksums, one that uses them. */
const streams = [
  ...allCodecs.map((codec) => ({
    name: codec.name,
    codec,
    original: proverb,
    packed: codec.compressSync(proverb),
    isChecked: codec.name === 'gzip' || codec.name === 'deflate',
  })),
  ...allCodecs.map((codec) => ({
    name: `${codec.name} of noise`,
    codec,
    original: noiseOf(300),
    packed: codec.compressSync(noiseOf(300)),
    isChecked: codec.name === 'gzip' || codec.name === 'deflate',
  })),
  ...['lz4-plain', 'zstd-checked', 'gzip-members'].map((file) => ({
    name: file,
    codec: readReference(file).codec,
    original: proverb,
    packed: readReference(file).packed,
    isChecked: true,
  })),
].filter(({ codec }) => codec.name !== 'none');

describe.each(streams)('$name', ({ codec, packed, original, isChecked, name }) => {
  test('cut short at any byte it is corrupt, in both forms', async () => {
    for (let length = 0; length < packed.length; length++) {
      // What ends between two blocks, members or frames is a complete, shorter stream.
      if (isComplete(name, packed, length)) continue;
      const short = packed.subarray(0, length);
      const sync = codeOf(() => codec.decompressSync(short, { maxLength }));
      expect(sync, `cut to ${length}`).toBe('CODEC_CORRUPT');
      const pieces = codec.decompress([short], { maxLength });
      const code = await codeOfPromise(collected(pieces));
      expect(code, `cut to ${length}, as a stream`).toBe('CODEC_CORRUPT');
    }
  });

  test('with a bit flipped it is corrupt, or gives what the format cannot tell from the truth', async () => {
    const random = new Seeded(seed);
    for (let at = 0; at < packed.length; at++) {
      const damaged = new Uint8Array(packed);
      damaged[at]! ^= 1 << random.between(0, 7);
      const sync = outcome(() => codec.decompressSync(damaged, { maxLength }));
      const message = `byte ${at} is ${damaged[at]}`;
      if (typeof sync === 'string') {
        expect(['CODEC_CORRUPT', 'CODEC_TOO_LARGE'], message).toContain(sync);
      } else {
        expect(sync.length, message).toBeLessThanOrEqual(maxLength);
        if (isChecked) expect(isWhatItSays(name, sync, original), message).toBe(true);
      }
      const pieces = collected(codec.decompress([damaged], { maxLength }));
      const streamed = await pieces.catch((error: unknown) => codeOf(() => raise(error)));
      if (typeof sync === 'string') expect(streamed, message).toBe(sync);
      else expect(Buffer.compare(streamed as Uint8Array, sync), message).toBe(0);
    }
  });

  test('followed by garbage it is corrupt, where the format has an end', () => {
    if (codec.name === 'gzip' || codec.name === 'deflate') return;
    const garbage = Uint8Array.of(0, 0, 0, 5, 0);
    const longer = new Uint8Array(Buffer.concat([packed, garbage]));
    expect(codeOf(() => codec.decompressSync(longer, { maxLength }))).toBe('CODEC_CORRUPT');
  });
});

test('garbage never crashes, hangs or passes the limit', () => {
  const random = new Seeded(seed);
  const text = textOf(500);
  for (const codec of allCodecs) {
    const packed = codec.compressSync(text);
    for (let round = 0; round < 2000; round++) {
      const bytes = new Uint8Array(packed);
      const from = random.between(0, bytes.length - 1);
      bytes.set(random.bytes(Math.min(random.between(1, 40), bytes.length - from)), from);
      const result = outcome(() => codec.decompressSync(bytes, { maxLength }));
      if (typeof result !== 'string') expect(result.length).toBeLessThanOrEqual(maxLength);
      else expect(['CODEC_CORRUPT', 'CODEC_TOO_LARGE']).toContain(result);
    }
  }
});

function outcome(call: () => Uint8Array): Uint8Array | string {
  let result: Uint8Array | undefined;
  const code = codeOf(() => {
    result = call();
  });
  return result ?? code;
}

function raise(error: unknown): never {
  throw error;
}

/** Streams of blocks have no end mark: at these lengths they are whole. */
function isComplete(name: string, packed: Uint8Array, length: number): boolean {
  if (name.startsWith('snappy-raw')) return false;
  if (name.startsWith('snappy')) return length === 16;
  return name === 'gzip-members' && length === firstMemberBytes(packed);
}

/** The second member begins with the same six bytes as the first. */
function firstMemberBytes(packed: Uint8Array): number {
  return Buffer.from(packed).indexOf(packed.subarray(0, 4), 1);
}

/** A damaged second magic makes the rest garbage after the end, which gzip readers ignore. */
function isWhatItSays(name: string, given: Uint8Array, original: Uint8Array): boolean {
  const expected = name === 'gzip-members' ? original.subarray(0, given.length) : original;
  return firstDifference(given, expected) === -1;
}
