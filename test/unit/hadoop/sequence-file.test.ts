import { describe, expect, test } from 'vitest';
import {
  AppendFile,
  CorruptionError,
  MemoryFileSystem,
  StoreError,
} from '../../../native-free-io/index.ts';
import {
  hadoopCodecs,
  SequenceFileReader,
  SequenceFileWriter,
  writables,
} from '../../../src/hadoop/index.ts';
import { fromHex, toHex, utf8 } from '../../helpers/hex.ts';
import {
  appendPairs,
  bytesOf,
  layouts,
  readPairs,
  somePairs,
  testMarker,
  textIntOptions,
  withFile,
  writePairs,
} from '../../helpers/sequence-files.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';

const golden = `53455106 19 6f72672e6170616368652e6861646f6f702e696f2e54657874
  20 6f72672e6170616368652e6861646f6f702e696f2e496e745772697461626c65
  00 00 00000000 000102030405060708090a0b0c0d0e0f
  00000006 00000002 0161 00000001   00000007 00000003 026262 ffffffff`;

test('an uncompressed SequenceFile has the golden bytes, header of 85 bytes', async () => {
  const fs = new MemoryFileSystem();
  const pairs = [
    { key: 'a', value: 1 },
    { key: 'bb', value: -1 },
  ];
  await writePairs(fs, '/f', textIntOptions, pairs);
  expect(toHex(bytesOf(fs, '/f'))).toBe(toHex(fromHex(golden)));
  using reader = SequenceFileReader.open(fs, '/f');
  expect(reader.headerBytes).toBe(85);
});

describe.each(layouts)('a SequenceFile with layout $name', ({ options }) => {
  test('gives back what was written, in order, for 0, 1 and many records', async () => {
    for (const count of [0, 1, 500]) {
      const fs = new MemoryFileSystem();
      await writePairs(
        fs,
        '/f',
        { ...options, syncInterval: 300, blockBytes: 400 },
        somePairs(count),
      );
      expect(readPairs(fs, '/f')).toEqual(somePairs(count));
    }
  });

  test('gives every record exactly once to splits at any byte', async () => {
    const fs = new MemoryFileSystem();
    await writePairs(fs, '/f', { ...options, syncInterval: 60, blockBytes: 60 }, somePairs(12));
    const size = bytesOf(fs, '/f').length;
    for (let cut = 1; cut < size; cut++) {
      const both = [...readPairs(fs, '/f', 0, cut), ...readPairs(fs, '/f', cut)];
      expect(both, `cut at ${cut}`).toEqual(somePairs(12));
    }
  });

  test('goes on after append, under the marker it has', async () => {
    const fs = new MemoryFileSystem();
    await writePairs(fs, '/f', options, somePairs(3));
    const writer = await SequenceFileWriter.append(fs, '/f', {
      ...options,
      syncMarker: new Uint8Array(16),
    });
    appendPairs(writer, somePairs(2));
    await writer.close();
    expect(readPairs(fs, '/f')).toEqual([...somePairs(3), ...somePairs(2)]);
    expect(writer.header.syncMarker).toEqual(testMarker);
  });

  test('cut at any byte gives a beginning of its records or a typed error with a place', async () => {
    const fs = new MemoryFileSystem();
    await writePairs(fs, '/f', { ...options, syncInterval: 60, blockBytes: 60 }, somePairs(6));
    const whole = bytesOf(fs, '/f');
    for (let size = 0; size < whole.length; size++) {
      const damaged = withFile(whole.subarray(0, size));
      try {
        const found = readPairs(damaged, '/f');
        expect(somePairs(6).slice(0, found.length), `cut at ${size}`).toEqual(found);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptionError);
        expect(error).toMatchObject({ context: { path: '/f' } });
      }
    }
  });

  test('with a flipped bit anywhere ends, with records or with a typed error', async () => {
    const fs = new MemoryFileSystem();
    await writePairs(fs, '/f', { ...options, syncInterval: 60, blockBytes: 60 }, somePairs(4));
    const whole = bytesOf(fs, '/f');
    let ends = 0;
    for (let bit = 0; bit < whole.length * 8; bit += 31) {
      const bytes = new Uint8Array(whole);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      try {
        readPairs(withFile(bytes), '/f');
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(StoreError);
      }
      ends++;
    }
    expect(ends).toBe(Math.ceil((whole.length * 8) / 31));
  });
});

test('metadata of 0, 1 and many entries comes back, written in the order of its bytes', async () => {
  for (const count of [0, 1, 300]) {
    const fs = new MemoryFileSystem();
    const entries = Array.from({ length: count }, (_, i): [string, string] => [`k${i}`, `v${i}`]);
    await writePairs(fs, '/f', { ...textIntOptions, metadata: new Map(entries) }, somePairs(2));
    using reader = SequenceFileReader.open(fs, '/f');
    expect([...reader.header.metadata]).toEqual(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    expect(readPairs(fs, '/f')).toEqual(somePairs(2));
  }
});

test('a sync marker is written once the interval has passed, counted from the last marker', async () => {
  const fs = new MemoryFileSystem();
  // 85 bytes of header, records of 14: the first record at 100 or later gets the marker.
  const pairs = Array.from({ length: 4 }, (_, value) => ({ key: 'a', value }));
  await writePairs(fs, '/f', { ...textIntOptions, syncInterval: 100 }, pairs);
  const marker = `ffffffff${toHex(testMarker)}`;
  expect(toHex(bytesOf(fs, '/f')).indexOf(marker) / 2).toBe(85 + 2 * 14);
  expect(readPairs(fs, '/f')).toEqual(pairs);
});

test('the bytes of the marker inside a value are data for whoever reads from the beginning', async () => {
  const fs = new MemoryFileSystem();
  const writer = await SequenceFileWriter.create(fs, '/f', {
    ...textIntOptions,
    valueClass: writables.bytes.className,
  });
  const forged = fromHex(`ffffffff ${toHex(testMarker)} 00000002 00000001 0000`);
  for (let index = 0; index < 3; index++) writer.append(fromHex('00'), forged);
  await writer.close();
  using reader = SequenceFileReader.open(fs, '/f');
  const values: string[] = [];
  while (reader.next()) values.push(toHex(reader.value));
  expect(values).toEqual([toHex(forged), toHex(forged), toHex(forged)]);
});

test('an explicit sync ends the block and is not written twice', async () => {
  const fs = new MemoryFileSystem();
  const options = { ...textIntOptions, compression: 'block', codec: hadoopCodecs.default } as const;
  const writer = await SequenceFileWriter.create(fs, '/f', options);
  appendPairs(writer, somePairs(1));
  writer.sync();
  const synced = writer.position;
  writer.sync();
  expect(writer.position).toBe(synced);
  appendPairs(writer, somePairs(1));
  writer.sync();
  await writer.close();
  const markers = toHex(bytesOf(fs, '/f')).split(`ffffffff${toHex(testMarker)}`).length - 1;
  expect(markers).toBe(3);
  expect(readPairs(fs, '/f')).toEqual([...somePairs(1), ...somePairs(1)]);
});

test.each([
  [1, `534551 01 0001 6b 0001 76`],
  [2, `534551 02 0001 6b 0001 76 ${toHex(testMarker)}`],
  [3, `534551 03 0001 6b 0001 76 00 ${toHex(testMarker)}`],
  [4, `534551 04 01 6b 01 76 00 00 ${toHex(testMarker)}`],
  [5, `534551 05 01 6b 01 76 00 00 ${toHex(testMarker)}`],
])('a file of the older version %i is read', (version, header) => {
  const fs = withFile(fromHex(`${header} 00000002 00000001 0a 0b`));
  using reader = SequenceFileReader.open(fs, '/f');
  expect(reader.header).toMatchObject({ version, keyClass: 'k', valueClass: 'v' });
  expect(reader.next()).toBe(true);
  expect([toHex(reader.key), toHex(reader.value)]).toEqual(['0a', '0b']);
  expect(reader.next()).toBe(false);
});

test.each([
  ['no bytes at all', ''],
  ['another magic', '534552 06'],
  ['a newer version', '534551 07 00000000'],
  ['blocks without compression', '534551 06 01 6b 01 76 00 01 00000000'],
  ['metadata without end', '534551 06 01 6b 01 76 00 00 7fffffff'],
  ['a name without end', '534551 06 8c7fffffff'],
])('a file with %s is refused with its path', (_, bytes) => {
  const fs = withFile(fromHex(bytes));
  expect(codeOf(() => SequenceFileReader.open(fs, '/f'))).toBe('HADOOP_CORRUPT_SEQUENCE_FILE');
});

test.each([
  ['a record length of 2 GiB', '7fffffff 00000001 0a'],
  ['a negative record length', 'fffffff0 00000001 0a'],
  ['a key longer than its record', '00000002 00000003 0a 0b'],
  ['a foreign sync marker', `ffffffff ${'ab'.repeat(16)} 00000000 00000000`],
])('%s is corruption, told before memory is taken', (_, record) => {
  const fs = withFile(
    fromHex(`534551 06 01 6b 01 76 00 00 00000000 ${toHex(testMarker)} ${record}`),
  );
  using reader = SequenceFileReader.open(fs, '/f');
  expect(codeOf(() => reader.next())).toBe('HADOOP_CORRUPT_SEQUENCE_FILE');
});

test('options that do not fit each other or the file are refused', async () => {
  const fs = new MemoryFileSystem();
  const create = (more: object) =>
    SequenceFileWriter.create(fs, '/g', { ...textIntOptions, ...more });
  expect(await codeOfPromise(create({ syncMarker: new Uint8Array(15) }))).toBe('OPTION_INVALID');
  expect(await codeOfPromise(create({ compression: 'block' }))).toBe('OPTION_INVALID');
  expect(await codeOfPromise(create({ codec: hadoopCodecs.gzip }))).toBe('OPTION_INVALID');
  expect(await codeOfPromise(create({ syncInterval: 19 }))).toBe('OPTION_INVALID');
  await writePairs(fs, '/f', textIntOptions, somePairs(1));
  const other = { ...textIntOptions, keyClass: writables.long.className };
  expect(await codeOfPromise(SequenceFileWriter.append(fs, '/f', other))).toBe(
    'HADOOP_APPEND_MISMATCH',
  );
  expect(await codeOfPromise(create({}).then(() => create({})))).toBe('IO_EXISTS');
});

test('a value that decompresses beyond the limit is refused', async () => {
  const fs = new MemoryFileSystem();
  const writer = await SequenceFileWriter.create(fs, '/f', {
    ...textIntOptions,
    compression: 'record',
    codec: hadoopCodecs.default,
  });
  writer.append(utf8('k'), new Uint8Array(1 << 20));
  await writer.close();
  using reader = SequenceFileReader.open(fs, '/f', { maxPartBytes: 1000 });
  expect(reader.next()).toBe(true);
  expect(codeOf(() => reader.loadValue())).toBe('HADOOP_CORRUPT_SEQUENCE_FILE');
});

test('NullWritable values of a compressed file are streams of nothing', async () => {
  const fs = new MemoryFileSystem();
  const writer = await SequenceFileWriter.create(fs, '/f', {
    ...textIntOptions,
    compression: 'record',
    codec: hadoopCodecs.default,
  });
  writer.append(utf8('k'), new Uint8Array(0));
  await writer.close();
  expect(toHex(bytesOf(fs, '/f')).endsWith('789c030000000001')).toBe(true);
});

test('an appender that was never closed leaves its handle to asyncDispose', async () => {
  const fs = new MemoryFileSystem();
  {
    await using writer = await SequenceFileWriter.create(fs, '/f', textIntOptions);
    appendPairs(writer, somePairs(2));
  }
  const after = await AppendFile.open(fs, '/f');
  expect(after.position).toBeGreaterThan(85);
  await after.close();
});
