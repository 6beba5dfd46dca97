/**
 * SequenceFiles and IFile segments with bytes bent, cut, repeated and swapped: records or a typed
 * error that names the file; never a hang, never memory without bounds.
 */
import { expect, test } from 'vitest';
import { MemoryFileSystem, StoreError } from '../../native-free-io/index.ts';
import { hadoopCodecs, SequenceFileReader } from '../../src/hadoop/index.ts';
import {
  decodeSpillIndex,
  encodeSpillIndex,
  SegmentReader,
  SegmentWriter,
} from '../../src/mapreduce/index.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { bytesOf, layouts, somePairs, withFile, writePairs } from '../helpers/sequence-files.ts';

const runs = Number(process.env['VARVE_FUZZ_RUNS'] ?? 1);
/** Of a reader: what the input of a test cannot reach by itself. */
const mostRecords = 1_000_000;

/** One to four changes of the kinds that disks, networks and writers make. */
function bent(random: Seeded, whole: Uint8Array): Uint8Array {
  let bytes = new Uint8Array(whole);
  for (let change = random.between(1, 4); change > 0 && bytes.length > 0; change--) {
    const at = random.between(0, bytes.length - 1);
    const length = Math.min(random.between(1, 40), bytes.length - at);
    const kind = random.between(0, 4);
    if (kind === 0) bytes[at]! ^= 1 << random.between(0, 7);
    else if (kind === 1) bytes.fill(random.pick([0, 0x7f, 0x80, 0xff]), at, at + length);
    else if (kind === 2) bytes = bytes.slice(0, at);
    else if (kind === 3) bytes.copyWithin(random.between(0, bytes.length - 1), at, at + length);
    else bytes = new Uint8Array([...bytes.subarray(0, at + length), ...bytes.subarray(at)]);
  }
  return bytes;
}

/** Reads all of it; whatever goes wrong must be one of ours, and name the file. */
function judge(read: () => boolean, what: string): void {
  try {
    for (let count = 0; read(); count++) expect(count, what).toBeLessThan(mostRecords);
  } catch (error) {
    expect(error, what).toBeInstanceOf(StoreError);
    expect((error as StoreError).context.path, `${what}: ${String(error)}`).toBe('/f');
  }
}

test.each(layouts)('a bent SequenceFile, $name', async ({ name, options }) => {
  const seed = seedFor(`bent SequenceFile, ${name}`);
  const random = new Seeded(seed);
  const fs = new MemoryFileSystem();
  await writePairs(fs, '/f', { ...options, syncInterval: 60, blockBytes: 60 }, somePairs(12));
  const whole = bytesOf(fs, '/f');
  for (let round = 0; round < 150 * runs; round++) {
    const damaged = withFile(bent(random, whole));
    let reader: SequenceFileReader | undefined;
    judge(() => {
      reader ??= SequenceFileReader.open(damaged, '/f', { maxPartBytes: 1 << 20 });
      if (!reader.next()) return false;
      reader.loadValue();
      return true;
    }, `VARVE_SEED=${seed}, round ${round}`);
    reader?.close();
  }
});

test.each([undefined, 'default', 'snappy', 'lz4', 'zstd'] as const)(
  'bent IFile segments, %s',
  (name) => {
    const seed = seedFor(`bent IFile segments, ${name}`);
    const random = new Seeded(seed);
    const codec = name === undefined ? undefined : hadoopCodecs[name].codec;
    const fs = new MemoryFileSystem();
    using writer = new SegmentWriter(fs.openSync('/f', 'createNew'), codec);
    const places = [30, 0, 3].map((count) => {
      for (let index = 0; index < count; index++) {
        writer.append(new Uint8Array(index * 5).fill(index), new Uint8Array(index).fill(7));
      }
      return writer.finish();
    });
    writer.close();
    const whole = bytesOf(fs, '/f');
    for (let round = 0; round < 150 * runs; round++) {
      const place = { ...random.pick(places) };
      // As a bent index would have it.
      if (random.chance(0.2)) place.rawLength = random.between(0, 2 ** 31);
      const file = withFile(bent(random, whole)).openSync('/f', 'read');
      let reader: SegmentReader | undefined;
      judge(() => {
        reader ??= SegmentReader.ofFile(file, place, { codec });
        return reader.next();
      }, `VARVE_SEED=${seed}, round ${round}`);
      file.closeSync();
    }
  },
);

test('a bent spill index is refused or is what it was', () => {
  const seed = seedFor('bent spill index');
  const random = new Seeded(seed);
  const places = [
    { startOffset: 0, rawLength: 10, partLength: 14 },
    { startOffset: 14, rawLength: 2, partLength: 6 },
  ];
  const whole = encodeSpillIndex(places);
  for (let round = 0; round < 500 * runs; round++) {
    const bytes = bent(random, whole);
    if (Buffer.compare(bytes, whole) === 0) continue;
    judge(() => {
      decodeSpillIndex(bytes, '/f', 20);
      throw new Error(`round ${round} of VARVE_SEED=${seed} was believed`);
    }, `VARVE_SEED=${seed}, round ${round}`);
  }
});
