/** SequenceFiles and IFiles that Apache Hadoop 3.4.1 wrote, read by varve. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { hadoopCodecs, SequenceFileReader, writables } from '../../src/hadoop/index.ts';
import { readSpillIndex, SegmentReader } from '../../src/mapreduce/index.ts';

const fixture = fileURLToPath(new URL('../fixtures/hadoop/3.4.1/', import.meta.url));
const fs = nodeFileSystem;

interface Regions {
  readonly keyBytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueBytes: Uint8Array;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** What both types of Hadoop say of a record. */
const recordOf = (at: Regions): [string, number] => [
  writables.text.read(at.keyBytes, at.keyStart, at.keyEnd),
  writables.long.read(at.valueBytes, at.valueStart, at.valueEnd),
];
const records = Array.from({ length: 40 }, (_, index): [string, number] => [
  `key ${index} é`,
  index - 5,
]);

test.each(['none', 'record', 'block'] as const)('a SequenceFile, %s', (compression) => {
  using reader = SequenceFileReader.open(fs, join(fixture, `${compression}.seq`));
  expect(reader.header).toMatchObject({
    keyClass: writables.text.className,
    valueClass: writables.long.className,
    compression,
  });
  expect([...reader.header.metadata]).toEqual([['made', 'by Hadoop']]);
  const found: [string, number][] = [];
  while (reader.next()) {
    reader.loadValue();
    found.push(recordOf(reader));
  }
  expect(found).toEqual(records);
});

test.each(['plain', 'default'] as const)('IFile segments and their index, %s', (name) => {
  const codec = name === 'plain' ? undefined : hadoopCodecs.default.codec;
  const path = join(fixture, `${name}.out`);
  const file = fs.openSync(path, 'read');
  try {
    const places = readSpillIndex(fs, `${path}.index`, file.sizeSync());
    const found = places.map((place) => {
      const segment = SegmentReader.ofFile(file, place, { codec });
      const inside: [string, number][] = [];
      while (segment.next()) {
        const { bytes } = segment;
        inside.push(recordOf({ ...regionsOf(segment), keyBytes: bytes, valueBytes: bytes }));
      }
      return inside;
    });
    expect(found).toEqual([records.slice(0, 30), [], records.slice(30)]);
  } finally {
    file.closeSync();
  }
});

function regionsOf(segment: SegmentReader): Omit<Regions, 'keyBytes' | 'valueBytes'> {
  const { keyStart, keyEnd, valueStart, valueEnd } = segment;
  return { keyStart, keyEnd, valueStart, valueEnd };
}
