/** SequenceFiles, IFiles and spill indexes: Hadoop reads ours, we read Hadoop's, both agree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFileSystem, type Codec } from '../../../native-free-io/index.ts';
import {
  hadoopCodecs,
  SequenceFileReader,
  SequenceFileWriter,
  writables,
  type HadoopCodecName,
  type SequenceCompression,
  type WritableType,
} from '../../../src/hadoop/index.ts';
import {
  readSpillIndex,
  SegmentReader,
  SegmentWriter,
  writeSpillIndex,
  type SegmentPlace,
} from '../../../src/mapreduce/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { encodedAs } from '../../helpers/writables.ts';
import { HadoopJvm } from './jvm.ts';

type Pair = readonly [key: string, value: string];

const fs = nodeFileSystem;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

/** Without native libraries Hadoop has its own snappy and lz4 in 3.4, and no zstd. */
const layouts: readonly { type: SequenceCompression; codec: HadoopCodecName | undefined }[] = [
  { type: 'none', codec: undefined },
  { type: 'record', codec: 'default' },
  { type: 'block', codec: 'default' },
  { type: 'record', codec: 'snappy' },
  { type: 'block', codec: 'snappy' },
  { type: 'block', codec: 'lz4' },
  { type: 'block', codec: 'deflate' },
];
/** Of a codec that is read only. */
const layoutsOfHadoop: typeof layouts = [
  { type: 'record', codec: 'bzip2' },
  { type: 'block', codec: 'bzip2' },
];

const records: readonly Pair[] = Array.from({ length: 3000 }, (_, index): Pair => [
  base64(encodedAs(writables.text, `key ${index} é`)),
  base64(encodedAs(writables.long, index - 5)),
]);

async function writeTheirs(
  path: string,
  { type, codec }: (typeof layouts)[number],
  metadata: ReadonlyMap<string, string>,
): Promise<void> {
  await jvm.request('files.writeSequence', {
    path,
    keyClass: writables.text.className,
    valueClass: writables.long.className,
    type: type.toUpperCase(),
    codec: codec === undefined ? null : hadoopCodecs[codec].className,
    metadata: Object.fromEntries(metadata),
    records,
  });
}

test.each(layoutsOfHadoop)(
  'a SequenceFile of Hadoop, $type with $codec, is read by us',
  async (layout) => {
    const path = join(temporaryFolder(), 'theirs.seq');
    await writeTheirs(path, layout, new Map());
    expect(readOurs(path)).toEqual(records);
  },
);

describe.each(layouts)('a SequenceFile, $type with $codec', ({ type, codec }) => {
  const hadoopCodec = codec === undefined ? undefined : hadoopCodecs[codec];
  const metadata = new Map([
    ['b', '2'],
    ['a', '1'],
  ]);

  async function writeOurs(path: string): Promise<void> {
    const writer = await SequenceFileWriter.create(fs, path, {
      keyClass: writables.text.className,
      valueClass: writables.long.className,
      compression: type,
      ...(hadoopCodec === undefined ? {} : { codec: hadoopCodec }),
      metadata,
      syncMarker: new Uint8Array(16).fill(7),
      syncInterval: 500,
      blockBytes: 4000,
    });
    for (const [key, value] of records) writer.append(fromBase64(key), fromBase64(value));
    await writer.close();
  }

  test('written by us is read by Hadoop, splits too', async () => {
    const path = join(temporaryFolder(), 'ours.seq');
    await writeOurs(path);
    const read = await jvm.request<{ records: Pair[]; metadata: object }>('files.readSequence', {
      path,
    });
    expect(read.records).toEqual(records);
    expect(read.metadata).toEqual({ a: '1', b: '2' });
    const size = fs.statSync(path)!.size;
    const cut = Math.floor(size / 3);
    const parts = [];
    for (const [start, end] of [
      [0, cut],
      [cut, 2 * cut],
      [2 * cut, size],
    ]) {
      const theirs = await jvm.request<{ records: Pair[] }>('files.readSequence', {
        path,
        start,
        end,
      });
      expect(readOurs(path, start, end)).toEqual(theirs.records);
      parts.push(...theirs.records);
    }
    expect(parts).toEqual(records);
  });

  test('written by Hadoop is read by us', async () => {
    const path = join(temporaryFolder(), 'theirs.seq');
    await writeTheirs(path, { type, codec }, metadata);
    expect(readOurs(path)).toEqual(records);
    using reader = SequenceFileReader.open(fs, path);
    expect([...reader.header.metadata]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  test('appended to by us is read by Hadoop, and hadoop fs -text lists it', async () => {
    const path = join(temporaryFolder(), 'appended.seq');
    await writeOurs(path);
    const writer = await SequenceFileWriter.append(fs, path, {
      keyClass: writables.text.className,
      valueClass: writables.long.className,
      compression: type,
      ...(hadoopCodec === undefined ? {} : { codec: hadoopCodec }),
      syncMarker: new Uint8Array(16),
    });
    writer.append(encodedAs(writables.text, 'last'), encodedAs(writables.long, 99));
    await writer.close();
    const shell = 'org.apache.hadoop.fs.FsShell';
    const listed = await jvm.tool(shell, ['-text', `file://${path}`], {
      'fs.defaultFS': 'file:///',
    });
    expect(listed.status).toBe(0);
    const lines = listed.stdout.trimEnd().split('\n');
    expect(lines[5]).toBe('key 5 é\t0');
    expect(lines).toHaveLength(records.length + 1);
    expect(lines.at(-1)).toBe('last\t99');
  });
});

function readOurs(path: string, start = 0, end = Infinity): Pair[] {
  using reader = SequenceFileReader.open(fs, path);
  if (start > 0) reader.seekSync(start);
  const found: Pair[] = [];
  for (;;) {
    const { position } = reader;
    if (!reader.next() || (reader.syncSeen && position >= end)) return found;
    found.push([base64(reader.key), base64(reader.value)]);
  }
}

const values: readonly (readonly [WritableType, readonly unknown[]])[] = [
  [writables.text, ['', 'a', 'hello', 'Hadoop', 'é', '日本', '😀', 'the quick brown fox']],
  [writables.int, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
  [writables.long, [0, -1, 2 ** 40, -(2 ** 40) - 3]],
  [writables.short, [0, -1, 32767, -32768]],
  [writables.byte, [0, -1, 127, -128]],
  [writables.boolean, [true, false]],
  [writables.vInt, [0, -1, -112, -113, 127, 128, 2 ** 31 - 1, -(2 ** 31)]],
  [writables.vLong, [0, -1, 2 ** 40, -(2 ** 40)]],
  [
    writables.float,
    [0, -0, 1, 0.1, 16777216, 3.4028234663852886e38, NaN, -Infinity].map(Math.fround),
  ],
  [writables.double, [0, -0, 1, 100, 1e7, 1e-3, 1.5e-5, 123456789.125, 5e-324, NaN, Infinity]],
  [writables.null, [null]],
  [writables.bytes, [new Uint8Array(0), new Uint8Array([0, 255, 128])]],
  [writables.md5, [new Uint8Array(16).fill(9), Uint8Array.from({ length: 16 }, (_, i) => 240 - i)]],
];

test.each(values.map(([type, list]) => ({ name: type.className, type, list })))(
  'MR-29 values of $name have the bytes, hash, text and order that Hadoop gives',
  async ({ type, list }) => {
    const encoded = list.map((value) => encodedAs(type, value));
    const sent = { class: type.className, values: encoded.map(base64) };
    if (type === writables.null) {
      expect(encoded[0]).toHaveLength(0);
      return;
    }
    const theirs = await jvm.request<{ hash: number; text: string; bytes: string }[]>(
      'files.writable',
      sent,
    );
    const ours = encoded.map((bytes) => ({
      hash: type.hash(bytes, 0, bytes.length),
      text: type.text(bytes, 0, bytes.length),
      bytes: base64(bytes),
    }));
    expect(ours).toEqual(theirs);
    const orders = encoded.flatMap((a) =>
      encoded.map((b) => Math.sign(type.compare(a, 0, a.length, b, 0, b.length))),
    );
    expect(orders.map((order) => order + 0)).toEqual(await jvm.request('files.compare', sent));
  },
);

const segments: readonly (readonly Pair[])[] = [
  Array.from({ length: 500 }, (_, index): Pair => [
    base64(encodedAs(writables.text, `k${index}`)),
    base64(new Uint8Array(index % 300).fill(index)),
  ]),
  [],
  [['', '']],
  [[base64(new Uint8Array(127).fill(1)), base64(new Uint8Array(128).fill(2))]],
];

function writeSegments(path: string, codec: Codec | undefined): SegmentPlace[] {
  using writer = new SegmentWriter(fs.openSync(path, 'createNew'), codec);
  const places = segments.map((segment) => {
    for (const [key, value] of segment) writer.append(fromBase64(key), fromBase64(value));
    return writer.finish();
  });
  writer.close();
  return places;
}

describe.each([undefined, 'default', 'snappy', 'lz4'] as const)(
  'IFile segments with %s',
  (name) => {
    const codec: Codec | undefined = name === undefined ? undefined : hadoopCodecs[name].codec;
    const className = name === undefined ? null : hadoopCodecs[name].className;

    test('written by us, with their index, are read by Hadoop', async () => {
      const folder = temporaryFolder();
      const [path, index] = [join(folder, 'file.out'), join(folder, 'file.out.index')];
      const places = writeSegments(path, codec);
      writeSpillIndex(fs, index, places);
      expect(await jvm.request('files.readSegments', { path, index, codec: className })).toEqual(
        segments,
      );
    });

    test('written by Hadoop, with their index, are read by us, and are the same bytes if plain', async () => {
      const folder = temporaryFolder();
      const [path, index] = [join(folder, 'file.out'), join(folder, 'file.out.index')];
      await jvm.request('files.writeSegments', { path, index, codec: className, segments });
      if (codec === undefined) {
        const ours = join(folder, 'ours.out');
        writeSegments(ours, undefined);
        expect(readFileSync(ours).equals(readFileSync(path))).toBe(true);
      }
      const file = fs.openSync(path, 'read');
      const read = readSpillIndex(fs, index, file.sizeSync()).map((place) => {
        const reader = SegmentReader.ofFile(file, place, { codec });
        const pairs: Pair[] = [];
        while (reader.next()) {
          const { bytes, keyStart, keyEnd, valueStart, valueEnd } = reader;
          pairs.push([
            base64(bytes.subarray(keyStart, keyEnd)),
            base64(bytes.subarray(valueStart, valueEnd)),
          ]);
        }
        return pairs;
      });
      file.closeSync();
      expect(read).toEqual(segments);
    });
  },
);
