import { expect, test } from 'vitest';
import { batchesOf, KafkaServer } from '../../../../../src/roles/broker/index.ts';
import {
  batchOf,
  connectTo,
  fetchFrom,
  produceTo,
  values,
} from '../../../../helpers/kafka-calls.ts';

const start = (): Promise<KafkaServer> =>
  KafkaServer.start({
    topics: {
      t: {},
      small: { config: { 'max.message.bytes': 100 } },
      compacted: { config: { 'cleanup.policy': 'compact' } },
    },
  });

test('KF-70 acks -1 and 1 give offsets, acks 0 no answer', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  expect(await produceTo(connection, batchOf(values('a', 'b')))).toMatchObject({
    error: 0,
    baseOffset: 0,
  });
  expect(await produceTo(connection, batchOf(values('c')), { acks: 1 })).toMatchObject({
    baseOffset: 2,
  });
  const topics = [{ name: 't', partitions: [{ index: 0, records: batchOf(values('d')) }] }];
  connection.send('produce', { transactionalId: null, acks: 0, timeoutMs: 0, topics });
  expect(await produceTo(connection, batchOf(values('e')))).toMatchObject({ baseOffset: 4 });
});

test('acks 0 to a partition that does not exist closes the connection', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  const topics = [{ name: 'none', partitions: [{ index: 0, records: batchOf(values('d')) }] }];
  connection.send('produce', { transactionalId: null, acks: 0, timeoutMs: 0, topics });
  await expect(produceTo(connection, batchOf(values('e')))).rejects.toThrow(/closed/);
});

test('what a broker must refuse is refused with its code, and nothing is written', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  const good = batchOf(values('a'));
  const flipped = Uint8Array.from(good);
  flipped[flipped.length - 1]! ^= 1;
  const twice = new Uint8Array([...good, ...good]);
  const oldMagic = Uint8Array.from(good);
  oldMagic[16] = 1;
  const cases: [
    string,
    number,
    Parameters<typeof produceTo>[1],
    Parameters<typeof produceTo>[2],
  ][] = [
    ['an unknown topic', 3, good, { topic: 'none' }],
    ['an unknown partition', 3, good, { index: 9 }],
    ['an acks of 5', 21, good, { acks: 5 }],
    ['no records', 87, null, {}],
    ['empty records', 87, new Uint8Array(0), {}],
    ['two batches', 87, twice, {}],
    ['an older magic', 87, oldMagic, {}],
    ['a flipped bit', 2, flipped, {}],
    ['a cut batch', 2, good.subarray(0, good.length - 3), {}],
    ['zstd for version 6', 76, batchOf(values('a'), { codec: 4 }), { version: 6 }],
    ['a batch over max.message.bytes', 10, batchOf(values('x'.repeat(200))), { topic: 'small' }],
    ['a record without a key', 87, batchOf([{ value: 'v' }]), { topic: 'compacted' }],
    ['a topic of the coordinators', 17, good, { topic: '__consumer_offsets' }],
    [
      'a transaction without its id',
      87,
      batchOf(values('a'), { producerId: 1, transactional: true }),
      {},
    ],
  ];
  for (const [what, error, records, input] of cases) {
    const answer = await produceTo(connection, records, input);
    expect({ what, error: answer.error, baseOffset: answer.baseOffset }).toEqual({
      what,
      error,
      baseOffset: -1,
    });
  }
  expect(await produceTo(connection, good)).toMatchObject({ error: 0, baseOffset: 0 });
});

test('an idempotent producer: repeats answer with their first offset, gaps and old epochs fail', async () => {
  await using server = await start();
  await using connection = await connectTo(server);
  const send = (sequence: number, epoch = 0) =>
    produceTo(connection, batchOf(values('a', 'b'), { producerId: 7, epoch, sequence }));
  expect(await send(0)).toMatchObject({ error: 0, baseOffset: 0 });
  expect(await send(2)).toMatchObject({ error: 0, baseOffset: 2 });
  expect(await send(0)).toMatchObject({ error: 0, baseOffset: 0 });
  expect(await send(6)).toMatchObject({ error: 45 });
  expect(await send(0, 1)).toMatchObject({ error: 0, baseOffset: 4 });
  expect(await send(2, 0)).toMatchObject({ error: 47 });
});

test('log append time is stamped and told', async () => {
  await using server = await KafkaServer.start({
    topics: { t: { config: { 'message.timestamp.type': 'LogAppendTime' } } },
  });
  await using connection = await connectTo(server);
  const { logAppendTime } = await produceTo(connection, batchOf(values('a')));
  expect(logAppendTime).toBeGreaterThan(1_700_000_000_000);
});

test('the records at fault are named by their place in the batch', async () => {
  const config = { 'message.timestamp.after.max.ms': 1000 };
  const topics = { compacted: { config: { 'cleanup.policy': 'compact' } }, timely: { config } };
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const keyless = batchOf([{ key: 'k', value: 'a' }, { value: 'b' }, { value: 'c' }]);
  const refused = await produceTo(connection, keyless, { topic: 'compacted' });
  expect(refused.error).toBe(87);
  expect(refused.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 2]);
  expect(refused.recordErrors[0]!.message).toContain('message without key');
  expect(refused.message).toContain('2 record errors in total');
  const late = batchOf([
    { value: 'a', timestamp: Date.now() },
    { value: 'b', timestamp: Date.now() + 3_600_000 },
  ]);
  const early = await produceTo(connection, late, { topic: 'timely' });
  expect(early).toMatchObject({ error: 32, recordErrors: [{ batchIndex: 1 }] });
  expect(early.recordErrors[0]!.message).toContain('out of range');
  const broken = await produceTo(connection, new Uint8Array(100), { topic: 'timely' });
  expect(broken.recordErrors).toEqual([]);
});

test('batches are stored in the codec of their topic, with all that they said', async () => {
  const types = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd', 'producer'];
  const topics = Object.fromEntries(
    types.map((type) => [type, { config: { 'compression.type': type } }]),
  );
  await using server = await KafkaServer.start({ topics });
  await using connection = await connectTo(server);
  const records = [
    { key: 'k', value: 'v'.repeat(500), headers: [{ key: 'h', value: 'x' }], timestamp: 1e12 },
    { key: null, value: null, timestamp: 1e12 + 7 },
  ];
  const stored: Record<string, number> = {};
  for (const topic of types) {
    for (const [round, codec] of [0, 4].entries()) {
      const producer = { producerId: 7, epoch: 0, sequence: 2 * round };
      const sent = batchOf(records, { codec, ...producer });
      const again = Uint8Array.from(sent);
      expect(await produceTo(connection, sent, { topic })).toMatchObject({ error: 0 });
      // A repeat is one, whatever became of the bytes.
      const repeat = await produceTo(connection, again, { topic });
      expect(repeat).toMatchObject({ error: 0, baseOffset: 2 * round });
      const read = await fetchFrom(connection, { topic, offset: 2 * round });
      const bytes = read.topics[0]!.partitions[0]!.records as Uint8Array;
      const [cursor] = [...batchesOf(bytes)];
      const { header } = cursor!;
      stored[`${topic} ${codec}`] = header.codec;
      expect(header).toMatchObject({ producerId: 7n, baseSequence: 2 * round, recordCount: 2 });
      cursor!.next();
      const first = cursor!.record();
      expect([first.timestamp, first.headers[0]!.key, first.value!.length]).toEqual([
        1e12,
        'h',
        500,
      ]);
      cursor!.next();
      expect(cursor!.record()).toMatchObject({ key: null, value: null, timestamp: 1e12 + 7 });
    }
  }
  const wanted = [0, 1, 2, 3, 4].flatMap((codec) => [codec, codec]);
  expect(Object.values(stored)).toEqual([...wanted, 0, 4]);
});
