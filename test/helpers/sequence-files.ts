/** SequenceFiles as tests make and read them. */
import { MemoryFileSystem, type FileSystem } from '../../native-free-io/index.ts';
import {
  hadoopCodecs,
  SequenceFileReader,
  SequenceFileWriter,
  writables,
  type SequenceFileOptions,
} from '../../src/hadoop/index.ts';
import { encodedAs } from './writables.ts';

export interface Pair {
  readonly key: string;
  readonly value: number;
}

/** 00 … 0f. */
export const testMarker: Uint8Array = Uint8Array.from({ length: 16 }, (_, index) => index);

export const textIntOptions: SequenceFileOptions = {
  keyClass: writables.text.className,
  valueClass: writables.int.className,
  syncMarker: testMarker,
};

export const layouts: readonly { name: string; options: SequenceFileOptions }[] = [
  { name: 'none', options: textIntOptions },
  ...(['record', 'block'] as const).flatMap((compression) =>
    (['default', 'gzip', 'snappy', 'lz4', 'zstd'] as const).map((codec) => ({
      name: `${compression} ${codec}`,
      options: { ...textIntOptions, compression, codec: hadoopCodecs[codec] },
    })),
  ),
];

export function somePairs(count: number): Pair[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `key ${index} ${'x'.repeat(index % 7)}`,
    value: index - 3,
  }));
}

export async function writePairs(
  fs: FileSystem,
  path: string,
  options: SequenceFileOptions,
  pairs: readonly Pair[],
): Promise<void> {
  const writer = await SequenceFileWriter.create(fs, path, options);
  appendPairs(writer, pairs);
  await writer.close();
}

export function appendPairs(writer: SequenceFileWriter, pairs: readonly Pair[]): void {
  for (const { key, value } of pairs) {
    writer.append(encodedAs(writables.text, key), encodedAs(writables.int, value));
  }
}

/** The records of the split [start, end), by the split rule. */
export function readPairs(fs: FileSystem, path: string, start = 0, end = Infinity): Pair[] {
  using reader = SequenceFileReader.open(fs, path, { windowBytes: 64 });
  if (start > 0) reader.seekSync(start);
  const pairs: Pair[] = [];
  for (;;) {
    const position = reader.position;
    if (!reader.next()) return pairs;
    if (reader.syncSeen && position >= end) return pairs;
    reader.loadValue();
    pairs.push({
      key: writables.text.read(reader.keyBytes, reader.keyStart, reader.keyEnd),
      value: writables.int.read(reader.valueBytes, reader.valueStart, reader.valueEnd),
    });
  }
}

/** A memory file system with one file of these bytes at `/f`. */
export function withFile(bytes: Uint8Array): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  const file = fs.openSync('/f', 'create');
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
  return fs;
}

export function bytesOf(fs: FileSystem, path: string): Uint8Array {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    file.readSync(bytes, 0, bytes.length, 0);
    return bytes;
  } finally {
    file.closeSync();
  }
}
