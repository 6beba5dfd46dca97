/**
 * Index, time index, transaction index and snapshot files: the same input gives the same bytes as
 * Apache's, file by file; and the one thing that may differ, shown.
 */
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogConfigInput } from '../../../src/log/index.ts';
import { marker, numbered, startMs, steady, timeOf } from './batch-scripts.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { fileContents, segmentFiles, TemporaryFolder } from './partition-files.ts';
import { buildBatches, textRecord, type BatchSpec } from './records.ts';
import { TwinLogs } from './twin-logs.ts';

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** Batches from some bytes to several intervals long, of every codec, with times that step back. */
function assorted(count: number): BatchSpec[] {
  return Array.from({ length: count }, (_, n) => ({
    codec: codecs[n % codecs.length]!,
    records: Array.from({ length: 1 + ((n * 7) % 5) }, (_unused, k) =>
      textRecord(`key-${n % 13}`, noise(n * 10 + k, (n * 997) % 6000), timeOf(n) + k * 3),
    ),
  }));
}

/** Text that does not compress to nothing. */
function noise(seed: number, length: number): string {
  let text = '';
  for (let n = seed; text.length < length; n = (n * 1_103_515_245 + 12_345) % 2 ** 31) {
    text += n.toString(36);
  }
  return text.slice(0, length);
}

/** Producers that come one after the other, with transactions of the last two. */
function producersInOrder(ids: readonly number[], rounds: number): readonly BatchSpec[][] {
  return Array.from({ length: rounds }, (_, n) =>
    ids.map((id) => numbered({ id }, n * 2, { n, transactional: id === ids.at(-1) })),
  );
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  const withTwins = async (
    config: LogConfigInput,
    work: (twins: TwinLogs, folder: TemporaryFolder) => Promise<void>,
  ): Promise<void> => {
    using folder = new TemporaryFolder();
    await using twins = await TwinLogs.open(jvm, folder, { name: 'twin-0', config });
    await work(twins, folder);
  };

  const produceInOrder = async (twins: TwinLogs, ids: readonly number[]): Promise<void> => {
    for (const [n, specs] of producersInOrder(ids, 18).entries()) {
      await twins.append(specs);
      const type = n % 2 === 0 ? 'abort' : 'commit';
      const end = marker({ id: ids.at(-1)! }, type, { timestamp: timeOf(n) });
      await twins.append([end], { origin: 'coordinator' });
    }
  };

  test.each([
    ['the default settings', {}],
    ['many entries and segments', { 'index.interval.bytes': 500, 'segment.bytes': 50_000 }],
    ['no interval at all', { 'index.interval.bytes': 0 }],
  ] as const)('KF-29 KF-31 indexes of batches of every codec: %s', async (_, config) => {
    await withTwins(config, async (twins) => {
      await twins.append(assorted(150));
      await twins.closeAndCompare();
      const { ourDir, apacheDir } = twins;
      expect(fileContents(ourDir, 'index|timeindex')).toEqual(
        fileContents(apacheDir, 'index|timeindex'),
      );
      const sizes = segmentFiles(ourDir, 'index').map((file) => statSync(file).size);
      expect(sizes.reduce((sum, size) => sum + size / 8)).toBeGreaterThan(50);
    });
  });

  test('KF-29 every file of a log with producers and transactions is the same, snapshots included', async () => {
    await withTwins({ 'index.interval.bytes': 200, 'segment.bytes': 2500 }, async (twins) => {
      await produceInOrder(twins, [1, 2, 3, 4, 5]);
      await twins.closeAndCompare();
      const types = 'log|index|timeindex|txnindex|snapshot';
      const files = fileContents(twins.ourDir, types);
      expect(files).toEqual(fileContents(twins.apacheDir, types));
      const count = (type: string): number =>
        Object.keys(files).filter((name) => name.endsWith(type)).length;
      expect(count('.snapshot')).toBeGreaterThan(3);
      expect(count('.txnindex')).toBeGreaterThan(3);
    });
  });

  test('the order of the producers in a snapshot is the one difference: there it is that of a hash', async () => {
    await withTwins({}, async (twins) => {
      await produceInOrder(twins, [5, 4, 3, 2, 1]);
      // The entries, put into the other order, make the same bytes: `closeAndCompare` looks at
      // that.
      await twins.closeAndCompare();
      const [ours, theirs] = [twins.ourDir, twins.apacheDir].map((dir) => {
        const snapshots = Object.values(fileContents(dir, 'snapshot'));
        return snapshots.at(-1)!;
      });
      expect(theirs).not.toBe(ours);
      expect(theirs).toHaveLength(ours!.length);
    });
  });

  test('KF-29 several batches in one append get their index entries', async () => {
    await withTwins({ 'index.interval.bytes': 500 }, async (twins) => {
      let next = 0;
      for (let n = 0; n < 8; n++) {
        // As a follower copies them: a client may send one batch at a time only.
        const specs = steady(9, n * 9).map((spec) => {
          const placed = { ...spec, baseOffset: next, partitionLeaderEpoch: 0 };
          next += spec.records!.length;
          return placed;
        });
        const batches = await buildBatches(jvm, specs);
        const set = Buffer.concat(batches.map((batch) => Buffer.from(batch, 'base64')));
        await twins.appendEncoded([set.toString('base64')], { origin: 'replica' });
      }
      await twins.closeAndCompare();
    });
  });

  test('KF-29 indexes and snapshots that both build anew are the same', async () => {
    const config = { 'index.interval.bytes': 500, 'segment.bytes': 20_000 };
    await withTwins(config, async (twins) => {
      await twins.append(assorted(60));
      await produceInOrder(twins, [1, 2, 3]);
      await twins.closeAndCompare();
      await twins.open({ clean: false });
      await twins.expectSameAnswers([0, startMs, timeOf(30)]);
      await twins.append(assorted(5));
      await twins.closeAndCompare();
      const types = 'index|timeindex|txnindex|snapshot';
      expect(fileContents(twins.ourDir, types)).toEqual(fileContents(twins.apacheDir, types));
    });
  });
});

test('KF-29 what compaction leaves is the same as what that of 4.3 leaves', async () => {
  await using jvm = await KafkaJvm.start('4.3.1');
  using folder = new TemporaryFolder();
  const config = {
    'index.interval.bytes': 300,
    'segment.bytes': 4000,
    'cleanup.policy': 'compact',
  } as const;
  await using twins = await TwinLogs.open(jvm, folder, { name: 'twin-0', config });
  const plain = assorted(120).map((spec) => ({ ...spec, codec: 'none' as const }));
  await twins.append(
    plain.map(({ records, ...spec }) => ({ ...spec, records: records!.slice(0, 3) })),
  );
  await twins.compact();
  await twins.expectSameAnswers();
  await twins.closeAndCompare();
});
