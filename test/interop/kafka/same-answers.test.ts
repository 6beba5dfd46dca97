/**
 * What Apache's log refuses, ours refuses for the same reason, leaving the same log behind; and
 * readers bounded by a high watermark that lags see the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crc32c } from '../../../native-free-io/index.ts';
import type { LogConfigInput } from '../../../src/log/index.ts';
import {
  marker,
  numbered,
  startMs,
  steady,
  timeOf,
  transactionScript,
  type Producer,
} from './batch-scripts.ts';
import { kafkaVersions } from './jars.ts';
import { KafkaJvm } from './jvm.ts';
import { TemporaryFolder } from './partition-files.ts';
import { buildBatches, textRecord, type BatchSpec } from './records.ts';
import type { TwinAnswer } from './twin-answers.ts';
import { TwinLogs } from './twin-logs.ts';

const hour = 3_600_000;
const smallIndex = { 'index.interval.bytes': 300 };

describe.each(kafkaVersions)('Kafka %s', (version) => {
  let jvm: KafkaJvm;
  beforeAll(async () => {
    jvm = await KafkaJvm.start(version);
  });
  afterAll(() => jvm.close());

  const withTwins = async (
    config: LogConfigInput,
    work: (twins: TwinLogs) => Promise<void>,
    soleReplica = true,
  ): Promise<void> => {
    using folder = new TemporaryFolder();
    const name = 'twin-0';
    await using twins = await TwinLogs.open(jvm, folder, { name, config, soleReplica });
    await work(twins);
    await twins.expectSameState();
    await twins.closeAndCompare();
  };

  /** The first of a log, refused after ten good batches; the code both give. */
  const refusal = async (
    config: LogConfigInput,
    spec: BatchSpec,
    change: (bytes: Buffer) => void = () => undefined,
  ): Promise<TwinAnswer> => {
    let answer: TwinAnswer | undefined;
    await withTwins(config, async (twins) => {
      await twins.append(steady(10));
      const bytes = Buffer.from((await buildBatches(jvm, [spec]))[0]!, 'base64');
      change(bytes);
      [answer] = await twins.appendEncoded([bytes.toString('base64')]);
      await twins.append(steady(3, 10));
    });
    return answer!;
  };

  const one = steady(1)[0]!;
  const at = (timestamp: number): BatchSpec => ({ records: [textRecord('k', 'v', timestamp)] });
  const crc = (bytes: Buffer): void => {
    bytes.writeUInt32BE(crc32c(bytes, 21, bytes.length), 17);
  };

  const flip = (bytes: Buffer): void => {
    bytes.writeUInt8(bytes.readUInt8(70) ^ 1, 70);
  };

  test.each([
    ['a flipped bit', {}, one, flip, 'LOG_CORRUPT_BATCH'],
    ['a size of nothing', {}, one, (b: Buffer) => b.writeInt32BE(3, 8), 'LOG_CORRUPT_BATCH'],
    [
      'more bytes than a batch may have',
      { 'max.message.bytes': 1000 },
      { records: [textRecord('k', 'v'.repeat(1000), startMs)] },
      undefined,
      'LOG_RECORD_TOO_LARGE',
    ],
    [
      'more bytes than a segment may have',
      { 'segment.bytes': 1000 },
      { records: [textRecord('k', 'v'.repeat(1000), startMs)] },
      undefined,
      'LOG_BATCH_SET_TOO_LARGE',
    ],
    [
      'a record without a key where the log is compacted',
      { 'cleanup.policy': 'compact' },
      { records: [textRecord('k', 'v', startMs), textRecord(null, 'v', startMs)] },
      undefined,
      'LOG_INVALID_RECORD',
    ],
    [
      'a timestamp too far in the future',
      { 'message.timestamp.after.max.ms': hour },
      at(startMs + 2 * hour),
      undefined,
      'LOG_INVALID_TIMESTAMP',
    ],
    [
      'a timestamp too far in the past',
      { 'message.timestamp.before.max.ms': hour },
      { records: [textRecord('k', 'v', startMs), textRecord('k', 'v', startMs - 2 * hour)] },
      undefined,
      'LOG_INVALID_TIMESTAMP',
    ],
    [
      'a timestamp too far in the past beside a record without one',
      { 'message.timestamp.before.max.ms': hour },
      {
        records: [
          textRecord('k', 'v', startMs),
          textRecord('k', 'v', startMs - 2 * hour),
          textRecord('k', 'v', -1),
        ],
      },
      undefined,
      'LOG_INVALID_TIMESTAMP',
    ],
    [
      'a producer that stamps as only the log may',
      { 'message.timestamp.type': 'LogAppendTime' },
      { ...one, timestampType: 'LogAppendTime', logAppendTime: startMs },
      undefined,
      'LOG_INVALID_TIMESTAMP',
    ],
    [
      'a control batch from a client',
      {},
      marker({ id: 7 }, 'commit'),
      undefined,
      'LOG_INVALID_RECORD',
    ],
    ['a base offset of its own', {}, { ...one, baseOffset: 5 }, undefined, 'LOG_INVALID_RECORD'],
    [
      'a producer without a sequence',
      {},
      numbered({ id: 7 }, 0),
      (b: Buffer) => {
        b.writeInt32BE(-1, 53);
        crc(b);
      },
      'LOG_INVALID_RECORD',
    ],
    [
      'fewer records than offsets',
      {},
      numbered({ id: 7 }, 0),
      (b: Buffer) => {
        b.writeInt32BE(5, 23);
        crc(b);
      },
      'LOG_INVALID_RECORD',
    ],
    [
      'fewer records than it says',
      {},
      numbered({ id: 7 }, 0),
      (b: Buffer) => {
        b.writeInt32BE(5, 23);
        b.writeInt32BE(6, 57);
        crc(b);
      },
      'LOG_CORRUPT_RECORD',
    ],
    [
      'no records',
      {},
      one,
      (b: Buffer) => {
        b.writeInt32BE(-1, 23);
        b.writeInt32BE(0, 57);
        crc(b);
      },
      'LOG_CORRUPT_BATCH',
    ],
    [
      'no records, but an offset',
      {},
      one,
      (b: Buffer) => {
        b.writeInt32BE(0, 57);
        crc(b);
      },
      'LOG_INVALID_RECORD',
    ],
    [
      'bytes behind the last record',
      {},
      numbered({ id: 7 }, 0),
      (b: Buffer) => {
        b.writeInt32BE(0, 23);
        b.writeInt32BE(1, 57);
        crc(b);
      },
      'LOG_CORRUPT_RECORD',
    ],
  ] as const)('%s is refused alike', async (_, config, spec, change, code) => {
    expect(await refusal(config, spec, change)).toEqual({ refused: code });
  });

  test('a max timestamp that is not that of the records is put right', async () => {
    await withTwins(smallIndex, async (twins) => {
      for (const [n, spec] of steady(30).entries()) {
        const bytes = Buffer.from((await buildBatches(jvm, [spec]))[0]!, 'base64');
        bytes.writeBigInt64BE(BigInt(startMs + (n % 3) * 1000), 35);
        crc(bytes);
        await twins.appendEncoded([bytes.toString('base64')]);
      }
      await twins.expectSameAnswers([0, timeOf(9), timeOf(33)]);
    });
  });

  test('idempotent producers are refused for the same reasons, and repeats are recognised', async () => {
    await withTwins(smallIndex, async (twins) => {
      const producer = (epoch: number): Producer => ({ id: 7, epoch });
      const ask = async (spec: BatchSpec, origin: 'client' | 'coordinator' = 'client') =>
        (await twins.append([spec], { origin }))[0]!;
      expect(await ask(numbered(producer(1), 5))).toMatchObject({ firstOffset: 0 });
      expect(await ask(numbered(producer(1), 9))).toEqual({ refused: 'LOG_SEQUENCE_OUT_OF_ORDER' });
      expect(await ask(numbered(producer(1), 6))).toEqual({ refused: 'LOG_SEQUENCE_OUT_OF_ORDER' });
      expect(await ask(numbered(producer(1), 5))).toEqual({ firstOffset: 0, lastOffset: 1 });
      expect(await ask(numbered(producer(0), 7))).toEqual({ refused: 'LOG_PRODUCER_FENCED' });
      expect(await ask(numbered(producer(2), 7))).toEqual({ refused: 'LOG_SEQUENCE_OUT_OF_ORDER' });
      for (let n = 0; n < 7; n++) await ask(numbered(producer(2), n * 2));
      // The last five are remembered.
      expect(await ask(numbered(producer(2), 4))).toEqual({ firstOffset: 6, lastOffset: 7 });
      expect(await ask(numbered(producer(2), 2))).toEqual({ refused: 'LOG_SEQUENCE_OUT_OF_ORDER' });
      const inside = { transactional: true };
      expect(await ask(numbered(producer(3), 0, inside))).toMatchObject({ firstOffset: 16 });
      expect(await ask(numbered(producer(3), 2))).toEqual({ refused: 'LOG_TRANSACTION_STATE' });
      const end = (epoch: number, coordinatorEpoch: number): BatchSpec =>
        marker(producer(epoch), 'abort', { coordinatorEpoch, timestamp: timeOf(3) });
      expect(await ask(end(2, 4), 'coordinator')).toEqual({ refused: 'LOG_PRODUCER_FENCED' });
      expect(await ask(end(3, 4), 'coordinator')).toMatchObject({ firstOffset: 18 });
      expect(await ask(end(3, 3), 'coordinator')).toEqual({ refused: 'LOG_COORDINATOR_FENCED' });
      expect(await ask(end(4, 4), 'coordinator')).toMatchObject({ firstOffset: 19 });
      expect(await ask(numbered(producer(4), 2))).toEqual({ refused: 'LOG_SEQUENCE_OUT_OF_ORDER' });
      expect(await ask(numbered(producer(4), 0))).toMatchObject({ firstOffset: 20 });
      expect(
        await ask({ ...numbered(producer(4), 2), records: [textRecord('k', 'x'.repeat(2000))] }),
      ).toMatchObject({ firstOffset: 22 });
    });
  });

  test('a coordinator may not pass the size limit or leave out keys either', async () => {
    await withTwins({ 'max.message.bytes': 500 }, async (twins) => {
      const large = { records: [textRecord('k', 'v'.repeat(1000), startMs)] };
      expect(await twins.append([large], { origin: 'coordinator' })).toEqual([
        { refused: 'LOG_RECORD_TOO_LARGE' },
      ]);
    });
    await withTwins({ 'cleanup.policy': 'compact' }, async (twins) => {
      const keyless = { records: [textRecord(null, 'v', startMs)] };
      expect(await twins.append([keyless], { origin: 'coordinator' })).toEqual([
        { refused: 'LOG_INVALID_RECORD' },
      ]);
    });
  });

  test('a copy that goes back below the log end is refused', async () => {
    await withTwins(smallIndex, async (twins) => {
      const copy = (baseOffset: number): BatchSpec => ({
        ...one,
        baseOffset,
        partitionLeaderEpoch: 0,
      });
      const replica = { origin: 'replica', leaderEpoch: 0 } as const;
      expect(await twins.append([copy(3)], replica)).toMatchObject([{ firstOffset: 3 }]);
      expect(await twins.append([copy(3)], replica)).toEqual([
        { refused: 'LOG_UNEXPECTED_OFFSET' },
      ]);
      expect(await twins.append([copy(9)], replica)).toMatchObject([{ firstOffset: 9 }]);
      await twins.expectSameAnswers([0, startMs]);
    });
  });

  test('a high watermark that lags bounds readers, the stable offset, deletion and retention', async () => {
    const config = { ...smallIndex, 'segment.bytes': 1500, 'retention.bytes': 1 };
    await withTwins(
      config,
      async (twins) => {
        for (const { origin, spec } of transactionScript(5)) await twins.append([spec], { origin });
        for (const offset of [0, 7, 8, 9, 20, 33, 34, 35, 50, 51, 77, 90]) {
          await twins.raiseHighWatermark(offset);
          await twins.expectSameAnswers([0, timeOf(9), timeOf(33)]);
        }
        expect(await twins.applyRetention()).toBeGreaterThan(1);
        await twins.truncateTo(91);
        await twins.truncateTo(80);
        await twins.expectSameAnswers();
      },
      false,
    );
  });
});
