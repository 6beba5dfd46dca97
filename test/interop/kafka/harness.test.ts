/**
 * The judge judged: a harness that cannot see damage would call everything sound. Each kind of
 * complaint of DumpLogSegments is provoked once, in each version.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  KafkaFixture,
  kafkaFixtureNames,
  type FixtureBatch,
} from '../../fixtures/kafka/fixtures.ts';
import { dumpLogSegments, dumpLogSegmentsForked } from './dump-log-segments.ts';
import { kafkaJars, kafkaVersions } from './jars.ts';
import { JavaError, KafkaJvm } from './jvm.ts';
import { segmentFiles } from './partition-files.ts';
import { buildBatches, readIndexes, readLogFile, textRecord } from './records.ts';

test('Without Java the interop tests fail with a message that names what is missing', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    await expect(kafkaJars('4.3.1')).rejects.toThrow(/need java, javac, mvn, which cannot be/);
  } finally {
    process.env['PATH'] = path;
  }
});

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  const damaged = (name: string, change: (bytes: Buffer) => void): ((file: string) => void) => {
    return (dir) => {
      const file = join(dir, name);
      const bytes = readFileSync(file);
      change(bytes);
      writeFileSync(file, bytes);
    };
  };

  test('DumpLogSegments finds nothing wrong with the directories its broker stopped cleanly', async () => {
    const names = kafkaFixtureNames(version).filter((name) => !name.startsWith('killed'));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      using fixture = new KafkaFixture(version, name);
      const verdict = await dumpLogSegments(jvm, segmentFiles(fixture.dir), {
        allowGaps: name === 'compacted',
      });
      expect(verdict.problems, name).toEqual([]);
      expect(verdict.batches, name).toBe(fixture.batches().length);
      const records = fixture.batches().flatMap((batch) => batch.records);
      expect(verdict.records, name).toBe(records.length);
      const entries = Object.values(fixture.indexes()).flat();
      expect(verdict.entries, name).toBe(entries.length);
    }
  });

  test('The tool run inside the JVM prints what it prints when run by itself', async () => {
    using fixture = new KafkaFixture(version, 'transactions');
    const files = segmentFiles(fixture.dir);
    const inside = await dumpLogSegments(jvm, files);
    const forked = await dumpLogSegmentsForked(jvm.jars, files);
    expect(forked.output.trim()).toBe(inside.output.trim());
    expect(forked.batches).toBeGreaterThan(20);
  });

  test.each([
    [
      'a flipped bit in a batch',
      damaged('00000000000000000000.log', (b) => (b[70]! ^= 1)),
      /isvalid: false/,
    ],
    [
      'half a batch at the end',
      (dir: string) => {
        const file = join(dir, '00000000000000000010.log');
        appendFileSync(file, readFileSync(file).subarray(0, 90));
      },
      /Found 90 invalid bytes at the end/,
    ],
    [
      'an offset index entry with a wrong offset',
      damaged('00000000000000000000.index', (b) => b.writeInt32BE(b.readInt32BE(0) - 1, 0)),
      /Mismatches in :/,
    ],
    [
      'a time index entry with a wrong time',
      damaged('00000000000000000000.timeindex', (b) => (b[7]! ^= 1)),
      /Found timestamp mismatch/,
    ],
    [
      'time index entries out of order',
      damaged('00000000000000000000.timeindex', (b) => {
        const first = Buffer.from(b.subarray(0, 12));
        b.copy(b, 0, 12, 24);
        first.copy(b, 12);
      }),
      /Found (out of order timestamp|timestamp mismatch)/,
    ],
    [
      'a time index entry for an offset where no batch ends',
      damaged('00000000000000000000.timeindex', (b) => b.writeInt32BE(b.readInt32BE(8) - 1, 8)),
      /indexed offsets are not found|Found timestamp mismatch/,
    ],
    [
      'a snapshot with a flipped bit',
      damaged('00000000000000000010.snapshot', (b) => (b[20]! ^= 1)),
      /Snapshot .*corrupt|CRC/i,
    ],
    [
      'a hole in the offsets',
      damaged('00000000000000000010.log', (b) => b.writeInt32BE(b.readInt32BE(4) + 3, 4)),
      /is followed by/,
    ],
  ] as const)('%s is a problem', async (_, damage, complaint) => {
    using fixture = new KafkaFixture(version, 'rolled');
    damage(fixture.dir);
    const verdict = await dumpLogSegments(jvm, segmentFiles(fixture.dir));
    expect(verdict.problems.join('\n')).toMatch(complaint);
  });

  test('The index sanity check names the files that passed and objects to a torn one', async () => {
    using fixture = new KafkaFixture(version, 'rolled');
    const files = segmentFiles(fixture.dir, 'index|timeindex');
    const sound = await dumpLogSegments(jvm, files, { indexSanity: true, deep: false });
    expect(sound.problems).toEqual([]);
    expect(sound.passed.map((path) => path.split(' ')[0]!.split('/').at(-1))).toEqual(
      files.map((path) => path.split('/').at(-1)),
    );
    // The size is checked when the file is opened for writing only; a backwards end always.
    damaged('00000000000000000010.index', (b) => b.fill(0xff, b.length - 8, b.length - 4))(
      fixture.dir,
    );
    const torn = await dumpLogSegments(jvm, files, { indexSanity: true, deep: false });
    expect(torn.problems.join('\n')).toMatch(/Corrupt index found/);
  });

  test('Files are read the same as when the fixtures were made', async () => {
    for (const name of ['codecs', 'transactions', 'killed-preallocated']) {
      using fixture = new KafkaFixture(version, name);
      const batches: FixtureBatch[] = [];
      for (const file of segmentFiles(fixture.dir, 'log')) {
        const read = await readLogFile(jvm, file);
        batches.push(...read.batches.map((one) => ({ file: file.slice(-24), ...one })));
      }
      expect(batches).toEqual(fixture.batches());
      expect(await readIndexes(jvm, fixture.dir)).toEqual(fixture.indexes());
    }
  });

  test('A batch from a specification is the one asked for', async () => {
    const [hex] = await buildBatches(jvm, [
      {
        baseOffset: 100,
        partitionLeaderEpoch: 5,
        records: [
          textRecord('k1', 'hello', 1_700_000_000_000, [
            ['h', 'v'],
            ['n', null],
          ]),
          textRecord(null, 'world', 1_700_000_000_007),
          textRecord('k1', null, 1_700_000_000_005),
        ],
      },
    ]);
    // The first golden vector of the format notes.
    expect(Buffer.from(hex!, 'base64').toString('hex')).toBe(
      '00000000000000640000005b00000005026aaa22a10000000000020000018bcfe568000000018bcfe56807' +
        'ffffffffffffffffffffffffffff000000032800000004' +
        '6b310a68656c6c6f040268027602' +
        '6e0116000e02010a776f726c640010000a04046b310100',
    );
  });

  test('What Java throws arrives with its class and message', async () => {
    const failure = await readLogFile(jvm, '/nonexistent/0.log').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(JavaError);
    expect((failure as JavaError).javaClass).toBe('java.nio.file.NoSuchFileException');
  });
});
