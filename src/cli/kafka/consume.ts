/** `varve kafka consume`: the records of a topic as lines. */
import { batchesOf, type KafkaConnection } from '../../roles/broker/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type Invocation } from '../command.ts';
import { assertFine, brokerOptions, connect, noUuid, partitionsOf } from './shared.ts';

const fetchBytes = 8 << 20;

export const consumeCommand: Command = {
  name: 'consume',
  summary: 'Print the values of a topic, one per line, partition by partition.',
  usage: 'TOPIC',
  arity: [1, 1],
  details: `
From the beginning, or with --from latest what comes from now on. Ends at the end of the topic
unless --follow is given. Records of transactions are shown before and without their end.`,
  options: {
    from: { type: 'string', value: 'PLACE', help: 'earliest, latest or an offset' },
    partition: { type: 'string', short: 'p', value: 'N', help: 'only this one' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'end after so many records' },
    follow: { type: 'boolean', short: 'f', help: 'wait for more at the end' },
    keys: { type: 'boolean', help: 'key, tab, value' },
    ...brokerOptions,
  },
  run: consume,
};

interface Reading {
  readonly index: number;
  offset: number;
  /** Where the partition ended when reading began. */
  readonly end: number;
}

async function consume(invocation: Invocation): Promise<0> {
  const { io, flags, positionals } = invocation;
  const topic = positionals[0]!;
  const follow = flags['follow'] === true;
  let left = wholeNumber(invocation, 'limit', { fallback: Number.MAX_SAFE_INTEGER, min: 1 });
  await using connection = await connect(invocation);
  const readings = await startReading(connection, topic, invocation);
  io.signal.addEventListener('abort', () => void connection.close(), { once: true });
  try {
    while (left > 0 && !io.signal.aborted) {
      const wanted = readings.filter(({ offset, end }) => follow || offset < end);
      if (wanted.length === 0) break;
      for (const { reading, bytes } of await fetchSome(connection, topic, wanted, follow)) {
        left -= await print(invocation, { topic, reading, left }, bytes);
      }
    }
  } catch (error) {
    // Closed from here: somebody pressed Ctrl-C.
    if (!io.signal.aborted) throw error;
  }
  return exitCode.fine;
}

async function startReading(
  connection: KafkaConnection,
  topic: string,
  invocation: Invocation,
): Promise<Reading[]> {
  const { flags } = invocation;
  const from = String(flags['from'] ?? 'earliest');
  if (!/^(?:earliest|latest|\d+)$/.test(from)) {
    throw new UsageError(`--from: expected earliest, latest or an offset, got '${from}'`);
  }
  const count = (await partitionsOf(connection, topic)).length;
  const only =
    flags['partition'] === undefined
      ? undefined
      : wholeNumber(invocation, 'partition', { fallback: 0, max: count - 1 });
  const indexes = only === undefined ? Array.from({ length: count }, (_, at) => at) : [only];
  const at = async (timestamp: number): Promise<Map<number, number>> => {
    const partitions = indexes.map((index) => ({ index, currentLeaderEpoch: -1, timestamp }));
    const answer = await connection.request('listOffsets', {
      replicaId: -1,
      isolation: 0,
      topics: [{ name: topic, partitions }],
    });
    return new Map(answer.topics[0]!.partitions.map(({ index, offset }) => [index, offset]));
  };
  const starts = from === 'latest' ? await at(-1) : await at(-2);
  const ends = await at(-1);
  return indexes.map((index) => ({
    index,
    offset: /^\d+$/.test(from) ? Number(from) : starts.get(index)!,
    end: ends.get(index)!,
  }));
}

async function fetchSome(
  connection: KafkaConnection,
  topic: string,
  wanted: readonly Reading[],
  follow: boolean,
): Promise<{ reading: Reading; bytes: Uint8Array }[]> {
  const answer = await connection.request(
    'fetch',
    {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: follow ? 500 : 0,
      minBytes: 1,
      maxBytes: fetchBytes,
      isolation: 0,
      fetchId: 0,
      fetchEpoch: -1,
      topics: [
        {
          name: topic,
          topicId: noUuid,
          partitions: wanted.map(({ index, offset }) => ({
            index,
            currentLeaderEpoch: -1,
            fetchOffset: offset,
            lastFetchedEpoch: -1,
            logStart: -1,
            partitionMaxBytes: fetchBytes,
            replicaDirId: noUuid,
          })),
        },
      ],
      forgotten: [],
      rackId: '',
    },
    // The newest that names topics.
    { version: 12 },
  );
  return (answer.topics[0]?.partitions ?? []).map(({ index, error, records }) => {
    assertFine(error, `${topic}-${index}`);
    const reading = wanted.find((one) => one.index === index)!;
    return { reading, bytes: records instanceof Uint8Array ? records : new Uint8Array(0) };
  });
}

/** Prints at most `left` records; how many. */
async function print(
  { io, flags }: Invocation,
  place: { readonly topic: string; readonly reading: Reading; readonly left: number },
  bytes: Uint8Array,
): Promise<number> {
  const { reading, left } = place;
  const lines: string[] = [];
  let isEmpty = true;
  for (const cursor of batchesOf(bytes)) {
    isEmpty = false;
    const { isControl, lastOffset } = cursor.header;
    while (!isControl && lines.length < left && cursor.next()) {
      if (cursor.offset >= reading.offset)
        lines.push(lineOf(cursor.record(), reading.index, flags));
    }
    if (lines.length === left) break;
    reading.offset = Math.max(reading.offset, lastOffset + 1);
  }
  if (isEmpty && flags['follow'] !== true) reading.offset = reading.end;
  if (lines.length > 0) await io.write(lines.join(''));
  return lines.length;
}

function lineOf(
  record: {
    readonly offset: number;
    readonly timestamp: number;
    readonly key: Uint8Array | null;
    readonly value: Uint8Array | null;
  },
  partition: number,
  flags: Invocation['flags'],
): string {
  const text = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : new TextDecoder().decode(bytes);
  const { offset, timestamp } = record;
  const key = text(record.key);
  const value = text(record.value);
  if (flags['json'] === true) {
    return `${JSON.stringify({ partition, offset, timestamp, key, value })}\n`;
  }
  return `${flags['keys'] === true ? `${key ?? ''}\t` : ''}${value ?? ''}\n`;
}
