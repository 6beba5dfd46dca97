import { describe, expect, test } from 'vitest';
import { lz4FrameCodec, withHeaderChecksum } from '../../../../native-free-io/index.ts';
import { xxHash32 } from '../../../../native-free-io/checksum/xxhash32.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, utf8, viewOf } from '../../../helpers/hex.ts';
import { readReference } from './reference-streams.ts';
import { chant, collected, firstDifference, noiseOf, textOf } from './samples.ts';

const compressSync = (bytes: Uint8Array): Uint8Array => lz4FrameCodec.compressSync(bytes);
const read = (bytes: Uint8Array, maxLength = 1 << 20): Uint8Array =>
  lz4FrameCodec.decompressSync(bytes, { maxLength });
const codeOfRead = (bytes: Uint8Array, maxLength?: number): string =>
  codeOf(() => read(bytes, maxLength));

const kafkaHeader = '04224d18 6040 82';
/** 'abc' in a stored block. */
const storedAbc = '03000080 616263';

/** Descriptor bytes with the checksum that belongs to them. */
function header(descriptor: string): string {
  const bytes = fromHex(descriptor);
  const sum = (xxHash32(bytes) >>> 8) & 0xff;
  return `04224d18 ${descriptor} ${sum.toString(16).padStart(2, '0')}`;
}

function sizedAbc(size: string): Uint8Array {
  return fromHex(`${header(`6840 ${size}`)} ${storedAbc} 00000000`);
}

function checkedAbc(block: string, content: string): Uint8Array {
  return fromHex(`${header('7440')} ${storedAbc} ${block} 00000000 ${content}`);
}

describe('what is written', () => {
  test('is the frame Kafka writes: independent 64 KiB blocks, an end mark, no more', () => {
    expect(toHex(compressSync(new Uint8Array(0)))).toBe(toHex(fromHex(`${kafkaHeader} 00000000`)));
    expect(toHex(compressSync(utf8('abc')))).toBe(
      toHex(fromHex(`${kafkaHeader} ${storedAbc} 00000000`)),
    );
  });

  test('has blocks of 64 KiB, the last one shorter, stored where they would not shrink', () => {
    expect(blocksOf(compressSync(noiseOf(65_536 * 2 + 5)))).toEqual([
      { isStored: true, length: 65_536 },
      { isStored: true, length: 65_536 },
      { isStored: true, length: 5 },
    ]);
    const blocks = blocksOf(compressSync(textOf(65_536 + 40_000)));
    expect(blocks.map(({ isStored }) => isStored)).toEqual([false, false]);
  });

  test('is one frame however a stream is cut', async () => {
    const text = textOf(300_000);
    const pieces = [text.subarray(0, 1), text.subarray(1, 200_000), text.subarray(200_000)];
    const streamed = await collected(lz4FrameCodec.compress(pieces));
    expect(firstDifference(streamed, compressSync(text))).toBe(-1);
  });
});

describe('what is read', () => {
  test('a stated content size must be the real one', () => {
    expect(read(sizedAbc('0300000000000000'))).toEqual(utf8('abc'));
    expect(codeOfRead(sizedAbc('0400000000000000'))).toBe('CODEC_CORRUPT');
    expect(codeOfRead(sizedAbc('0200000000000000'))).toBe('CODEC_CORRUPT');
  });

  test('block and content checksums are held against the bytes', () => {
    const sum = new Uint8Array(4);
    viewOf(sum).setUint32(0, xxHash32(utf8('abc')), true);
    const right = toHex(sum);
    expect(read(checkedAbc(right, right))).toEqual(utf8('abc'));
    expect(codeOfRead(checkedAbc('00000000', right))).toBe('CODEC_CORRUPT');
    expect(codeOfRead(checkedAbc(right, '00000000'))).toBe('CODEC_CORRUPT');
  });

  test('linked blocks see 64 KiB of what came before', () => {
    const { packed } = readReference('lz4-linked');
    expect(firstDifference(read(packed), chant)).toBe(-1);
    // The second block copies 5 bytes from 3 back, which lie in the first.
    const second = '09000000 01 0300 50 6465666768';
    const linked = fromHex(`${header('4040')} ${storedAbc} ${second} 00000000`);
    expect(new TextDecoder().decode(read(linked))).toBe('abcabcabdefgh');
    const independent = fromHex(`${header('6040')} ${storedAbc} ${second} 00000000`);
    expect(codeOfRead(independent)).toBe('CODEC_CORRUPT');
  });

  test('history reaches over several short blocks, and no farther than 64 KiB', () => {
    // Stored blocks of 40 000, 20 000 and 6 000 bytes; then a copy from 65 535 back.
    const noise = noiseOf(66_000);
    const stored = (from: number, to: number): Uint8Array => {
      const block = new Uint8Array(4 + to - from);
      viewOf(block).setUint32(0, (to - from + 0x8000_0000) >>> 0, true);
      block.set(noise.subarray(from, to), 4);
      return block;
    };
    const copy = fromHex('09000000 01 ffff 50 6465666768');
    const frame = Buffer.concat([
      fromHex(header('4040')),
      stored(0, 40_000),
      stored(40_000, 60_000),
      stored(60_000, 66_000),
      copy,
      new Uint8Array(4),
    ]);
    const output = read(new Uint8Array(frame));
    const from = 66_000 - 65_535;
    expect(toHex(output.subarray(66_000, 66_005))).toBe(toHex(noise.subarray(from, from + 5)));
    expect(output.length).toBe(66_010);
  });

  test('blocks that give nothing are read and give no pieces', async () => {
    const bytes = fromHex(`${kafkaHeader} 01000000 00 ${storedAbc} 01000000 00 00000000`);
    const pieces: Uint8Array[] = [];
    for await (const piece of lz4FrameCodec.decompress([bytes], { maxLength: 3 })) {
      pieces.push(piece);
    }
    expect(pieces).toEqual([utf8('abc')]);
  });

  test('frames follow one another, skippable ones are skipped', async () => {
    const skippable = '5e2a4d18 03000000 aabbcc';
    const frame = `${kafkaHeader} ${storedAbc} 00000000`;
    const bytes = fromHex(`${skippable} ${frame} ${skippable} ${frame}`);
    expect(read(bytes)).toEqual(utf8('abcabc'));
    const streamed = lz4FrameCodec.decompress([bytes], { maxLength: 6 });
    expect(await collected(streamed)).toEqual(utf8('abcabc'));
    expect(codeOfRead(fromHex(`${frame} 5e2a4d18 04000000 aabbcc`))).toBe('CODEC_CORRUPT');
    const long = `5e2a4d18 400d0300 ${'00'.repeat(200_000)}`;
    expect(read(fromHex(`${long} ${frame}`))).toEqual(utf8('abc'));
  });

  test.each([
    ['another magic', `05224d18 6040 82 ${storedAbc} 00000000`],
    ['the legacy magic', '02214c18 04000000 30616263'],
    ['a wrong header checksum', `04224d18 6040 83 ${storedAbc} 00000000`],
    ['version 2', `${header('a040')} ${storedAbc} 00000000`],
    ['a reserved flag', `${header('6240')} ${storedAbc} 00000000`],
    ['a reserved bit of the block size', `${header('6048')} ${storedAbc} 00000000`],
    ['block size code 3', `${header('6030')} ${storedAbc} 00000000`],
    ['a dictionary', `${header('6140 01020304')} ${storedAbc} 00000000`],
    ['a block above the largest', `${header('6040')} 01000180 ${'00'.repeat(65_537)} 00000000`],
    ['a block that gives more than the largest', `${header('6040')} ${largeBlock()} 00000000`],
    ['a copy from before the beginning', `${header('6040')} 04000000 10 61 0500 00000000`],
    ['no bytes', ''],
  ])('%s is refused', (_, hex) => {
    expect(codeOfRead(fromHex(hex))).toBe('CODEC_CORRUPT');
  });
});

describe('the header checksum of message version 0', () => {
  test('is put right, whatever the header holds', () => {
    for (const descriptor of ['6040', '6840 0300000000000000']) {
      const right = fromHex(`${header(descriptor)} ${storedAbc} 00000000`);
      const wrong = new Uint8Array(right);
      const place = fromHex(header(descriptor)).length - 1;
      wrong[place]! ^= 0xff;
      expect(codeOfRead(wrong)).toBe('CODEC_CORRUPT');
      expect(toHex(withHeaderChecksum(wrong))).toBe(toHex(right));
      expect(wrong[place], 'the input').toBe(right[place]! ^ 0xff);
    }
  });

  test('of what is too short for a header is left as it is', () => {
    for (let length = 0; length < 7; length++) {
      const short = fromHex(kafkaHeader).subarray(0, length);
      expect(toHex(withHeaderChecksum(short))).toBe(toHex(short));
    }
  });
});

/** 'a', then 65 536 times the same from 1 back: one byte too many for a block of 64 KiB. */
function largeBlock(): string {
  const matchBytes = 65_536 - 4 - 15;
  const full = Math.floor(matchBytes / 255);
  const length = 'ff'.repeat(full) + (matchBytes % 255).toString(16).padStart(2, '0');
  const block = fromHex(`1f 61 0100 ${length} 50 6161616161`);
  const size = new Uint8Array(4);
  viewOf(size).setUint32(0, block.length, true);
  return toHex(size) + toHex(block);
}

function blocksOf(frame: Uint8Array): { isStored: boolean; length: number }[] {
  const blocks: { isStored: boolean; length: number }[] = [];
  for (let at = 7; ;) {
    const size = viewOf(frame).getUint32(at, true);
    if (size === 0) return blocks;
    const length = size & 0x7fff_ffff;
    blocks.push({ isStored: size >= 0x8000_0000, length });
    at += 4 + length;
  }
}
