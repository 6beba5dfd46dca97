/** Compaction of messages of magic 0 and 1. */
import { describe, expect, test } from 'vitest';
import { kafkaCodec } from '../../../../native-free-io/index.ts';
import {
  verifyPartition,
  type LogConfigInput,
  type PartitionLog,
} from '../../../../src/log/index.ts';
import { collect } from '../../../helpers/batches.ts';
import { legacyMessage, legacyWrapper, type LegacyInput } from '../../../helpers/legacy.ts';
import { clean, CleaningWorld, headersOf, putSegment, shown } from './cleaning-world.ts';

const asReplica = { origin: 'replica' } as const;
const dayMs = 86_400_000;

async function logOf(
  segments: readonly (readonly Uint8Array[])[],
  config: LogConfigInput = {},
): Promise<{ world: CleaningWorld; log: PartitionLog }> {
  const world = new CleaningWorld(config);
  const log = await world.open();
  for (const messages of segments) {
    for (const message of messages) log.appendBatchesSync(message.slice(), asReplica);
    await log.roll();
  }
  return { world, log };
}

/** A compressed set of messages at `offset` and what follows. */
function setOf(
  wrapper: { magic: 0 | 1; codec: number; offset: number; stampedAt?: number },
  inner: readonly Pick<LegacyInput, 'key' | 'value' | 'timestamp'>[],
): Uint8Array {
  const { magic, codec, offset, stampedAt } = wrapper;
  const messages = inner.map((message, at) =>
    legacyMessage({ ...message, magic, offset: magic === 0 ? offset + at : at }),
  );
  const timestamp = stampedAt ?? Math.max(...inner.map((message) => message.timestamp ?? -1));
  const attributes = codec | (stampedAt === undefined ? 0 : 8);
  const last = offset + inner.length - 1;
  return legacyWrapper({ magic, offset: last, timestamp, attributes }, messages, (bytes) =>
    kafkaCodec(codec).compressSync(bytes),
  );
}

describe.each([0, 1] as const)('magic %i', (magic) => {
  test('the last message of each key stays, byte for byte', async () => {
    const message = (offset: number, key: string | null, value: string | null) =>
      legacyMessage({ magic, offset, key, value, timestamp: 1000 + offset });
    const { log } = await logOf([
      [message(0, 'a', '1'), message(1, 'b', '1'), message(2, null, 'no key')],
      [message(3, 'a', '2')],
    ]);
    await clean(log);
    expect(await shown(log)).toEqual(['1:b=1', '3:a=2']);
    const bytes: string[] = [];
    for await (const batch of log.read()) bytes.push(Buffer.from(batch.bytes).toString('hex'));
    expect(bytes).toEqual(
      [message(1, 'b', '1'), message(3, 'a', '2')].map((m) => Buffer.from(m).toString('hex')),
    );
  });

  test.each([1, 2, 3])(
    'a set of codec %i keeps the messages that stay, in that codec',
    async (codec) => {
      const inner = ['a', 'b', 'c', 'd'].map((key, at) => ({
        key,
        value: key,
        timestamp: 50 + at,
      }));
      const { world, log } = await logOf([
        [setOf({ magic, codec, offset: 10 }, inner)],
        [legacyMessage({ magic, offset: 20, key: 'd', value: 'new', timestamp: 90 })],
        [legacyMessage({ magic, offset: 21, key: 'a', value: 'new', timestamp: 91 })],
      ]);
      await clean(log);
      expect(await shown(log)).toEqual(['11:b=b', '12:c=c', '20:d=new', '21:a=new']);
      const times = (await collect(log.read())).map(({ timestamp }) => timestamp);
      expect(times).toEqual(magic === 0 ? [-1, -1, -1, -1] : [51, 52, 90, 91]);
      const [first] = await headersOf(log);
      expect(first).toMatchObject({ magic, codec, lastOffset: 12 });
      expect(first!.maxTimestamp).toBe(magic === 0 ? -1 : 52);
      await log.close();
      expect(await verifyPartition({ dir: world.dir, env: { fs: world.fs } })).toMatchObject({
        problems: [],
      });
    },
  );

  test('a set of which all stay is not touched, one of which none stays goes', async () => {
    const set = setOf({ magic, codec: 1, offset: 0 }, [{ key: 'a', value: '1' }]);
    const kept = setOf({ magic, codec: 1, offset: 1 }, [{ key: 'b', value: '1' }]);
    const { log } = await logOf([[set], [kept], [legacyMessage({ magic, offset: 2, key: 'a' })]]);
    await clean(log);
    const bytes: string[] = [];
    for await (const batch of log.read()) bytes.push(Buffer.from(batch.bytes).toString('hex'));
    expect(bytes[0]).toBe(Buffer.from(kept).toString('hex'));
    expect(await shown(log)).toEqual(['1:b=1', '2:a!']);
  });

  test('tombstones go by the time of the file: delete.retention.ms before the last clean one', async () => {
    const message = (offset: number, key: string, value: string | null) =>
      legacyMessage({ magic, offset, key, value, timestamp: 5 });
    // Too small for neighbours to become one, which would make all as young as the youngest.
    const { world, log } = await logOf([[message(0, 'a', '1')], [message(1, 'a', null)]], {
      'segment.bytes': 75,
    });
    const round = async (texts: string): Promise<string[]> => {
      await putSegment(log, texts);
      await clean(log);
      return shown(log);
    };
    await clean(log);
    world.env.time.advance(dayMs - 1);
    expect(await round('b=1')).toEqual(['1:a!', '2:b=1']);
    world.env.time.advance(1);
    expect(await round('c=1')).toEqual(['1:a!', '2:b=1', '3:c=1']);
    expect(await round('d=1')).toEqual(['2:b=1', '3:c=1', '4:d=1']);
  });
});

test('a set stamped by the log keeps its stamp', async () => {
  const inner = [
    { key: 'a', value: '1', timestamp: 5 },
    { key: 'b', value: '1', timestamp: 6 },
  ];
  const { log } = await logOf([
    [setOf({ magic: 1, codec: 1, offset: 0, stampedAt: 777 }, inner)],
    [legacyMessage({ magic: 1, offset: 2, key: 'b', value: '2', timestamp: 9 })],
  ]);
  await clean(log);
  expect((await collect(log.read())).map(({ timestamp }) => timestamp)).toEqual([777, 9]);
});
