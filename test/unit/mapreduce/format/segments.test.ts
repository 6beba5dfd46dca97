import { describe, expect, test } from 'vitest';
import {
  CorruptionError,
  MemoryFileSystem,
  nodeFileSystem,
  StoreError,
} from '../../../../native-free-io/index.ts';
import { hadoopCodecs } from '../../../../src/hadoop/index.ts';
import {
  decodeSpillIndex,
  encodeSpillIndex,
  SegmentReader,
  SegmentWriter,
  type SegmentPlace,
} from '../../../../src/mapreduce/index.ts';
import { codeOf } from '../../../helpers/codes.ts';
import { fromHex, toHex, utf8 } from '../../../helpers/hex.ts';
import { bytesOf, withFile } from '../../../helpers/sequence-files.ts';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

const golden = {
  empty: 'ffffffff0000',
  one: '0204016100000001ffffe41cd640',
  two: '060b056170706c650a64697367757374696e67070a06636172726f740964656c6963696f7573ffffde54bb63',
  index:
    '0000000000000000000000000000000a000000000000000e000000000000000e00000000000000020000000000000006' +
    '0000000032e9999e',
};

function segmentsOf(
  segments: readonly (readonly Pair[])[],
  codec?: keyof typeof hadoopCodecs,
): { bytes: Uint8Array; places: SegmentPlace[] } {
  const fs = new MemoryFileSystem();
  const made = codec === undefined ? undefined : hadoopCodecs[codec].codec;
  using writer = new SegmentWriter(fs.openSync('/f', 'createNew'), made);
  const places = segments.map((pairs) => {
    for (const [key, value] of pairs) writer.append(key, value);
    return writer.finish();
  });
  writer.close();
  return { bytes: bytesOf(fs, '/f'), places };
}

function read(bytes: Uint8Array, place: SegmentPlace, codec?: keyof typeof hadoopCodecs): string[] {
  const file = withFile(bytes).openSync('/f', 'read');
  const made = codec === undefined ? undefined : hadoopCodecs[codec].codec;
  const reader = SegmentReader.ofFile(file, place, { codec: made, windowBytes: 7 });
  const found: string[] = [];
  while (reader.next()) {
    const { bytes: at, keyStart, keyEnd, valueStart, valueEnd } = reader;
    found.push(
      `${toHex(at.subarray(keyStart, keyEnd))}=${toHex(at.subarray(valueStart, valueEnd))}`,
    );
  }
  return found;
}

const apple: readonly Pair[] = [
  [fromHex('056170706c65'), fromHex('0a64697367757374696e67')],
  [fromHex('06636172726f74'), fromHex('0964656c6963696f7573')],
];

test('segments and their index have the golden bytes', () => {
  expect(toHex(segmentsOf([[]]).bytes)).toBe(golden.empty);
  expect(segmentsOf([[]]).places).toEqual([{ startOffset: 0, rawLength: 2, partLength: 6 }]);
  const one = segmentsOf([[[fromHex('0161'), fromHex('00000001')]], []]);
  expect(toHex(one.bytes)).toBe(golden.one + golden.empty);
  expect(toHex(segmentsOf([apple]).bytes)).toBe(golden.two);
  expect(toHex(encodeSpillIndex(one.places))).toBe(golden.index);
  expect(decodeSpillIndex(fromHex(golden.index), '/i', 20)).toEqual(one.places);
});

const cases: readonly Pair[] = [
  [utf8(''), utf8('')],
  [utf8('k'), utf8('')],
  [utf8(''), utf8('v')],
  [new Uint8Array(127).fill(1), new Uint8Array(128).fill(2)],
  [new Uint8Array(128).fill(3), new Uint8Array(127).fill(4)],
  [new Uint8Array(255).fill(5), new Uint8Array(70_000).fill(6)],
];

describe.each([undefined, 'default', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'segments stored with %s',
  (codec) => {
    test('give back empty keys and values and those where a length grows', () => {
      const { bytes, places } = segmentsOf([[], cases, []], codec);
      expect(read(bytes, places[0]!, codec)).toEqual([]);
      expect(read(bytes, places[1]!, codec)).toEqual(
        cases.map(([k, v]) => `${toHex(k)}=${toHex(v)}`),
      );
      expect(read(bytes, places[2]!, codec)).toEqual([]);
    });

    test('are refused with any bit flipped, and cut anywhere, with their path', () => {
      const { bytes, places } = segmentsOf([apple], codec);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const damaged = new Uint8Array(bytes);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(
          codeOf(() => read(damaged, places[0]!, codec)),
          `bit ${bit}`,
        ).toBe('MAPREDUCE_CORRUPT_SEGMENT');
      }
      for (let size = 0; size < bytes.length; size++) {
        const cut = bytes.subarray(0, size);
        expect(codeOf(() => read(cut, places[0]!, codec))).toBe('MAPREDUCE_CORRUPT_SEGMENT');
      }
    });
  },
);

test.each([
  ['a repeated key of Tez', 'fe0401ffff'],
  ['one length that ends', 'ff0401ffff'],
  ['a length beyond the segment', '8c7fffffff01ffff'],
  ['bytes after the end', 'ffff00'],
  ['no end', '0000'],
])('%s is corruption, told before memory is taken', (_, stream) => {
  const raw = fromHex(stream);
  const bytes = new Uint8Array(raw.length + 4);
  bytes.set(raw);
  const place = { startOffset: 0, rawLength: raw.length, partLength: bytes.length };
  expect(codeOf(() => read(bytes, place))).toBe('MAPREDUCE_CORRUPT_SEGMENT');
});

test('the rest of a segment that nobody reads is checked all the same', () => {
  const { bytes, places } = segmentsOf([cases]);
  const damaged = new Uint8Array(bytes);
  damaged[damaged.length - 10]! ^= 1;
  const file = withFile(damaged).openSync('/f', 'read');
  const reader = SegmentReader.ofFile(file, places[0]!);
  expect(reader.next()).toBe(true);
  expect(() => reader.verifyRest()).toThrow(CorruptionError);
});

test('an index with a flipped bit, cut, or of impossible places is refused', () => {
  const bytes = fromHex(golden.index);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = new Uint8Array(bytes);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(codeOf(() => decodeSpillIndex(damaged, '/i', 20))).toBe('MAPREDUCE_CORRUPT_INDEX');
  }
  for (let size = 0; size < bytes.length; size++) {
    expect(() => decodeSpillIndex(bytes.subarray(0, size), '/i')).toThrow(StoreError);
  }
  expect(codeOf(() => decodeSpillIndex(bytes, '/i', 19))).toBe('MAPREDUCE_CORRUPT_INDEX');
  expect(nodeFileSystem.name).toBe('node');
});
