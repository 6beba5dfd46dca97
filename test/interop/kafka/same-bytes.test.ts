/**
 * The same encoded batches appended to Apache's log and to ours give the same files, byte for byte,
 * and the same answers on the way.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogConfigInput } from '../../../src/log/index.ts';
import { marker, numbered, startMs, steady, timeOf, transactionScript } from './batch-scripts.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { TemporaryFolder } from './partition-files.ts';
import { textRecord } from './records.ts';
import { TwinLogs } from './twin-logs.ts';

const times = [0, startMs - 1, startMs, timeOf(17), timeOf(40) + 5, timeOf(60), startMs + 10 ** 6];
const smallIndex = { 'index.interval.bytes': 300 };

function baseOffsets(files: Readonly<Record<string, string>>): number[] {
  return Object.keys(files)
    .filter((name) => name.endsWith('.log'))
    .map((name) => Number(name.slice(0, 20)));
}

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  const withTwins = async (
    config: LogConfigInput,
    work: (twins: TwinLogs) => Promise<void>,
  ): Promise<Readonly<Record<string, string>>> => {
    using folder = new TemporaryFolder();
    await using twins = await TwinLogs.open(jvm, folder, { name: 'twin-0', config });
    await work(twins);
    await twins.expectSameAnswers(times);
    return await twins.closeAndCompare();
  };

  test('KF-29 KF-31 small batches with an index entry every few hundred bytes', async () => {
    const files = await withTwins(smallIndex, async (twins) => {
      await twins.append(steady(120));
    });
    expect(files['00000000000000000000.index']!.length / 16).toBeGreaterThan(30);
  });

  test('KF-28 KF-30 segments rolled by size are named by the next offset', async () => {
    const files = await withTwins({ ...smallIndex, 'segment.bytes': 2000 }, async (twins) => {
      await twins.append(steady(80));
    });
    expect(baseOffsets(files).length).toBeGreaterThan(5);
  });

  test('KF-28 segments rolled by the age of their records, and by the clock without timestamps', async () => {
    const files = await withTwins({ ...smallIndex, 'segment.ms': 200 }, async (twins) => {
      await twins.append(steady(50));
      // In a segment that begins with a timestamp the age is that of the records.
      await twins.roll();
      for (let round = 0; round < 4; round++) {
        await twins.append([
          { records: [textRecord('untimed', `round ${round}`)] },
          { records: [textRecord('untimed', `round ${round}, again`)] },
        ]);
        twins.env.time.advance(250);
      }
    });
    expect(baseOffsets(files).length).toBeGreaterThan(3);
  });

  test.each([
    ['offset', { 'segment.index.bytes': 40, 'index.interval.bytes': 100 }],
    ['time', { 'segment.index.bytes': 60, 'index.interval.bytes': 100 }],
    ['time, though empty', { 'segment.index.bytes': 12, 'index.interval.bytes': 100 }],
  ])('KF-28 segments rolled by a full index: %s', async (_, config) => {
    const files = await withTwins(config, async (twins) => {
      await twins.append(steady(60));
    });
    expect(baseOffsets(files).length).toBeGreaterThan(3);
  });

  test('a roll by request, and another one of an empty segment', async () => {
    const files = await withTwins(smallIndex, async (twins) => {
      await twins.append(steady(10));
      await twins.roll();
      await twins.append(steady(10, 10));
      await twins.roll();
      await twins.append(steady(3, 20));
    });
    expect(baseOffsets(files)).toHaveLength(3);
  });

  test('batches stamped with the time of appending', async () => {
    const config = { ...smallIndex, 'message.timestamp.type': 'LogAppendTime' } as const;
    await withTwins(config, async (twins) => {
      for (let n = 0; n < 30; n++) {
        await twins.append(steady(2, n * 2));
        if (n % 3 === 0) twins.env.time.advance(40);
        await twins.append([numbered({ id: 7 }, n * 2, { n })]);
        await twins.append([numbered({ id: 7 }, n * 2, { n })]);
      }
    });
  });

  test('several idempotent producers, with repeats and new epochs', async () => {
    await withTwins({ ...smallIndex, 'segment.bytes': 3000 }, async (twins) => {
      for (let n = 0; n < 30; n++) {
        const batches = [
          numbered({ id: 1 }, n * 2, { n }),
          numbered({ id: 2, epoch: n < 15 ? 0 : 1 }, (n % 15) * 3, { n, count: 3 }),
          ...(n % 4 === 0 ? [numbered({ id: 100 + n }, 0, { n })] : []),
        ];
        await twins.append(batches);
        if (n % 5 === 2) await twins.append(batches);
        if (n % 5 === 4) await twins.append([numbered({ id: 1 }, (n - 3) * 2, { n: n - 3 })]);
      }
    });
  });

  test('sequence numbers that wrap inside a batch', async () => {
    await withTwins(smallIndex, async (twins) => {
      const producer = { id: 1 };
      await twins.append([numbered(producer, 2 ** 31 - 6, { n: 0, count: 4 })]);
      await twins.append([
        { ...numbered(producer, 2 ** 31 - 2, { n: 1, count: 5 }), baseSequence: 2 ** 31 - 2 },
      ]);
      await twins.append([numbered(producer, 3, { n: 2 })]);
      await twins.append([numbered(producer, 2 ** 31 - 2, { n: 1, count: 5 })]);
    });
  });

  test('transactions, committed and aborted, over several segments, one left open', async () => {
    const files = await withTwins({ ...smallIndex, 'segment.bytes': 2500 }, async (twins) => {
      for (const { origin, spec } of transactionScript(12)) {
        await twins.append([spec], { origin });
        await twins.expectSameState();
      }
    });
    const entries = Object.keys(files).filter((name) => name.endsWith('.txnindex'));
    expect(entries.length).toBeGreaterThan(3);
  });

  test('leader epochs that grow, and a marker of an unknown producer', async () => {
    await withTwins({ ...smallIndex, 'segment.bytes': 2500 }, async (twins) => {
      for (let epoch = 0; epoch < 6; epoch++) {
        await twins.append(steady(7, epoch * 7), { leaderEpoch: epoch * 2 });
        await twins.append(
          [marker({ id: 50 + epoch }, 'abort', { timestamp: timeOf(epoch * 7) })],
          {
            origin: 'coordinator',
            leaderEpoch: epoch * 2,
          },
        );
      }
    });
  });

  test.each([
    ['a batch boundary of the last segment', 79, 157],
    ['the middle of a batch, which goes whole', 79, 156],
    ['the middle of an earlier segment', 79, 61],
    ['the beginning of a segment', 79, 'base'],
    ['the log end', 79, 'end'],
    ['beyond the log end', 79, 500],
    ['zero', 79, 0],
  ] as const)('truncated to %s, then appended to', async (_, count, where) => {
    await withTwins({ ...smallIndex, 'segment.bytes': 2000 }, async (twins) => {
      await twins.append(steady(count), { leaderEpoch: 1 });
      const { segments, logEndOffset } = await twins.expectSameState();
      const offset =
        where === 'base' ? segments.at(-2)!.baseOffset : where === 'end' ? logEndOffset : where;
      await twins.truncateTo(offset);
      await twins.expectSameAnswers(times);
      await twins.append(steady(20, 200), { leaderEpoch: 2 });
    });
  });

  test('truncated inside a transaction, behind it, and where one was aborted', async () => {
    await withTwins({ ...smallIndex, 'segment.bytes': 2500 }, async (twins) => {
      for (const { origin, spec } of transactionScript(8)) await twins.append([spec], { origin });
      for (const offset of [121, 110, 84, 83, 60, 31, 17]) {
        await twins.truncateTo(offset);
        await twins.expectSameAnswers(times);
      }
      await twins.append([numbered({ id: 900 }, 0, { transactional: true })]);
      await twins.append([marker({ id: 900 }, 'abort')], { origin: 'coordinator' });
    });
  });

  test('emptied to start elsewhere: above, below, and where the only segment begins', async () => {
    const files = await withTwins({ ...smallIndex, 'segment.bytes': 2000 }, async (twins) => {
      await twins.append(steady(40), { leaderEpoch: 1 });
      await twins.truncateFullyAndStartAt(1000);
      await twins.append(steady(30, 100), { leaderEpoch: 2 });
      await twins.truncateFullyAndStartAt(10);
      await twins.append(steady(5, 200), { leaderEpoch: 3 });
      await twins.truncateFullyAndStartAt(10);
      await twins.append([...steady(5, 300), numbered({ id: 5 }, 0)], { leaderEpoch: 3 });
    });
    expect(baseOffsets(files)).toEqual([10]);
  });

  test('records deleted inside a segment, then old segments by retention', async () => {
    const config = { ...smallIndex, 'segment.bytes': 2000, 'retention.ms': -1 };
    const files = await withTwins(config, async (twins) => {
      await twins.append(steady(40), { leaderEpoch: 1 });
      await twins.append(steady(40, 40), { leaderEpoch: 3 });
      await twins.deleteRecordsBefore(0);
      await twins.deleteRecordsBefore(33);
      await twins.expectSameAnswers(times);
      await twins.deleteRecordsBefore(90);
      expect(await twins.applyRetention()).toBeGreaterThan(2);
      await twins.append([numbered({ id: 5 }, 0), ...steady(4, 80)], { leaderEpoch: 3 });
    });
    expect(baseOffsets(files)[0]).toBeGreaterThan(33);
  });

  test('records deleted up to the log end, and everything after them', async () => {
    const config = { ...smallIndex, 'segment.bytes': 2000 };
    await withTwins(config, async (twins) => {
      await twins.append(steady(30), { leaderEpoch: 1 });
      const { logEndOffset } = await twins.expectSameState();
      await twins.deleteRecordsBefore(logEndOffset);
      await twins.expectSameAnswers(times);
      await twins.applyRetention();
      await twins.append(steady(10, 30), { leaderEpoch: 2 });
    });
  });

  test('old segments deleted by age, then by size', async () => {
    const config = { ...smallIndex, 'segment.bytes': 2000, 'retention.ms': 100_000 };
    await withTwins(config, async (twins) => {
      await twins.append([numbered({ id: 5 }, 0), ...steady(100)]);
      expect(await twins.applyRetention()).toBe(0);
      twins.env.time.advance(400);
      expect(await twins.applyRetention()).toBeGreaterThan(1);
      await twins.expectSameAnswers(times);
      twins.env.time.advance(10_000);
      // Everything is too old now: a new segment begins first.
      await twins.applyRetention();
      await twins.append(steady(5, 100));
    });
    await withTwins(
      { ...smallIndex, 'segment.bytes': 2000, 'retention.bytes': 5000, 'retention.ms': -1 },
      async (twins) => {
        await twins.append(steady(90));
        expect(await twins.applyRetention()).toBeGreaterThan(1);
      },
    );
  });

  test('what a follower copies: gaps, leader epochs, transactions, as they are', async () => {
    await withTwins({ ...smallIndex, 'segment.bytes': 2500 }, async (twins) => {
      let next = 0;
      for (const [index, { spec }] of transactionScript(8).entries()) {
        const gap = index % 11 === 5 ? 3 : 0;
        const baseOffset = next + gap;
        const epoch = Math.floor(index / 20) * 3;
        await twins.append([{ ...spec, baseOffset, partitionLeaderEpoch: epoch }], {
          origin: 'replica',
          leaderEpoch: epoch,
        });
        next = baseOffset + (spec.records?.length ?? 1);
      }
      await twins.append([{ ...steady(1)[0]!, baseOffset: 3, partitionLeaderEpoch: 9 }], {
        origin: 'replica',
        leaderEpoch: 9,
      });
    });
  });

  test('closed and opened again: the last segment goes on', async () => {
    const config = { ...smallIndex, 'segment.bytes': 3000 };
    await withTwins(config, async (twins) => {
      for (let round = 0; round < 4; round++) {
        await twins.append([numbered({ id: 5 }, round * 2, { n: round })]);
        await twins.append(steady(13, round * 13));
        await twins.append([numbered({ id: 6 }, round * 2, { n: round, transactional: true })]);
        await twins.closeAndCompare();
        await twins.open({ clean: true });
      }
    });
  });
});
