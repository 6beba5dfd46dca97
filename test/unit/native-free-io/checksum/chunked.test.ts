import { describe, expect, test } from 'vitest';
import { crc32cPlain } from '../../../../native-free-io/checksum/crc32c-plain.ts';
import {
  chunkCount,
  computeChunks,
  crc32,
  kernelMemory,
  verifyChunks,
  type ChecksumKind,
} from '../../../../native-free-io/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const longest = 400_000;
const region = kernelMemory().allocate(longest);
const homes = {
  'in kernel memory': (bytes: Uint8Array): Uint8Array => {
    const inside = kernelMemory().bytes.subarray(region, region + bytes.length);
    inside.set(bytes);
    return inside;
  },
  'outside of it': (bytes: Uint8Array): Uint8Array => bytes,
} as const;
const kinds: readonly ChecksumKind[] = ['crc32', 'crc32c'];
const cases = kinds.flatMap((kind) =>
  (Object.keys(homes) as (keyof typeof homes)[]).map((home) => [kind, home] as const),
);

/** One sum after the other, by the plain functions. */
function sumsOf(kind: ChecksumKind, bytes: Uint8Array, chunkBytes: number): number[] {
  const sum = kind === 'crc32' ? crc32 : crc32cPlain;
  const sums: number[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    sums.push(sum(bytes, at, Math.min(at + chunkBytes, bytes.length)));
  }
  return sums;
}

function numbersOf(sums: Uint8Array, start: number, count: number): number[] {
  const view = new DataView(sums.buffer, sums.byteOffset);
  return Array.from({ length: count }, (_, index) => view.getUint32(start + index * 4));
}

describe.each(cases)('%s %s', (kind, home) => {
  test('every chunk gets its sum, and all verify', () => {
    const random = new Seeded(seedFor(`chunks of ${kind} ${home}`));
    const shapes: readonly (readonly [number, number])[] = [
      [0, 512],
      [1, 512],
      [511, 512],
      [512, 512],
      [513, 512],
      [10, 1],
      [65536, 512],
      [65536 + 100, 512],
      [300_001, 512],
      [5_000, 39],
      [5_000, 40],
      [5_000, 47],
      [30_001, 1024],
      [30_001, 2048],
      [30_001, 2049],
      [300_001, 4096],
      [300_001, 1000],
      [300_001, 131_073],
      [300_001, 1 << 30],
    ];
    for (const [length, chunkBytes] of shapes) {
      const bytes = homes[home](random.bytes(length));
      const count = chunkCount(length, chunkBytes);
      const sumsStart = random.between(0, 9);
      const chunked = {
        bytes,
        start: 0,
        end: length,
        chunkBytes,
        sums: new Uint8Array(sumsStart + count * 4 + 3),
        sumsStart,
      };
      expect(computeChunks(kind, chunked)).toBe(count);
      const sums = sumsOf(kind, bytes, chunkBytes);
      const shape = `${length} bytes, ${chunkBytes} per sum`;
      expect(numbersOf(chunked.sums, sumsStart, count), shape).toEqual(sums);
      expect([...chunked.sums.subarray(sumsStart + count * 4)], shape).toEqual([0, 0, 0]);
      expect(verifyChunks(kind, chunked), shape).toBe(-1);
    }
  });

  test('a part of the bytes has the sums of that part', () => {
    const bytes = homes[home](new Seeded(11).bytes(5000));
    const sums = new Uint8Array(8);
    computeChunks(kind, { bytes, start: 1000, end: 1800, chunkBytes: 512, sums });
    expect(numbersOf(sums, 0, 2)).toEqual(sumsOf(kind, bytes.subarray(1000, 1800), 512));
  });

  test('the first chunk that differs is named, whether its bytes or its sum are damaged', () => {
    const random = new Seeded(seedFor(`damaged chunks of ${kind} ${home}`));
    const length = 300_000 + 77;
    const bytes = homes[home](random.bytes(length));
    const count = chunkCount(length, 512);
    const chunked = {
      bytes,
      start: 0,
      end: length,
      chunkBytes: 512,
      sums: new Uint8Array(count * 4),
    };
    computeChunks(kind, chunked);
    for (let turn = 0; turn < 40; turn++) {
      const at = turn === 0 ? length - 1 : random.between(0, length - 1);
      bytes[at]! ^= 1 << random.between(0, 7);
      expect(verifyChunks(kind, chunked), `byte ${at}`).toBe(Math.floor(at / 512));
      computeChunks(kind, chunked);
      const sum = random.between(0, count * 4 - 1);
      chunked.sums[sum]! ^= 1 << random.between(0, 7);
      expect(verifyChunks(kind, chunked), `byte ${sum} of the sums`).toBe(Math.floor(sum / 4));
      computeChunks(kind, chunked);
    }
    // Two chunks whose sums were exchanged.
    chunked.sums.set([...chunked.sums.subarray(0, 4)], 4);
    expect(verifyChunks(kind, chunked)).toBe(1);
  });
});

describe('wrong arguments', () => {
  const bytes = new Uint8Array(1000);
  const good = { bytes, start: 0, end: 1000, chunkBytes: 512, sums: new Uint8Array(8) };
  test.each([
    ['no bytes per sum', { chunkBytes: 0 }, 'CHECKSUM_CHUNK_SIZE'],
    ['half a byte per sum', { chunkBytes: 0.5 }, 'CHECKSUM_CHUNK_SIZE'],
    ['an end behind the bytes', { end: 1001 }, 'CHECKSUM_RANGE'],
    ['a start behind the end', { start: 900, end: 800 }, 'CHECKSUM_RANGE'],
    ['a start before the bytes', { start: -1 }, 'CHECKSUM_RANGE'],
    ['too few sums', { sums: new Uint8Array(7) }, 'CHECKSUM_RANGE'],
    ['sums that start too late', { sumsStart: 1 }, 'CHECKSUM_RANGE'],
  ])('%s is refused', (_, wrong, code) => {
    for (const kind of kinds) {
      expect(codeOf(() => computeChunks(kind, { ...good, ...wrong }))).toBe(code);
      expect(codeOf(() => verifyChunks(kind, { ...good, ...wrong }))).toBe(code);
    }
  });
});
