/** `varve kafka consume`: the records of a topic as lines. */
import {
  committedBatchesOf,
  type AbortedTransaction,
  type KafkaConnection,
} from '../../roles/broker/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, type Command, type Invocation } from '../command.ts';
import {
  assertFine,
  brokerOptions,
  connect,
  latest,
  noUuid,
  offsetsAt,
  offsetsOf,
  parsePlace,
  partitionsOf,
} from './shared.ts';

const fetchBytes = 8 << 20;

export const consumeCommand: Command = {
  name: 'consume',
  summary: 'Print the values of a topic, one per line, partition by partition.',
  usage: 'TOPIC',
  arity: [1, 1],
  details: `
From the beginning, or with --from latest what comes from now on. Ends at the end of the topic
unless --follow is given. Records of transactions are shown when they are committed; with
--uncommitted before, and those that were aborted, too.`,
  options: {
    from: { type: 'string', value: 'PLACE', help: 'earliest, latest or an offset' },
    partition: { type: 'string', short: 'p', value: 'N', help: 'only this one' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'end after so many records' },
    follow: { type: 'boolean', short: 'f', help: 'wait for more at the end' },
    keys: { type: 'boolean', help: 'key, tab, value' },
    uncommitted: { type: 'boolean', help: 'show what is not, or never, committed' },
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
      for (const fetched of await fetchSome(connection, topic, wanted, invocation)) {
        left -= await print(invocation, fetched, left);
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
  const from = parsePlace(String(flags['from'] ?? 'earliest'), '--from');
  const places = await partitionsOf(connection, topic);
  const count = places.length;
  const only =
    flags['partition'] === undefined
      ? undefined
      : wholeNumber(invocation, 'partition', { fallback: 0, max: count - 1 });
  const wanted = places.filter(({ partition }) => only === undefined || partition === only);
  const starts = await offsetsOf(connection, wanted, from);
  const isolation = isolationOf(invocation);
  const ends = await offsetsAt(connection, wanted, { timestamp: latest, isolation });
  return wanted.map(({ partition }, at) => ({
    index: partition,
    offset: starts[at]!,
    end: ends[at]!,
  }));
}

/** As on the wire. */
const readUncommitted = 0;
const readCommitted = 1;

function isolationOf({ flags }: Invocation): number {
  return flags['uncommitted'] === true ? readUncommitted : readCommitted;
}

interface Fetched {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  readonly aborted: readonly AbortedTransaction[];
}

async function fetchSome(
  connection: KafkaConnection,
  topic: string,
  wanted: readonly Reading[],
  invocation: Invocation,
): Promise<Fetched[]> {
  const follow = invocation.flags['follow'] === true;
  const answer = await connection.request(
    'fetch',
    {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1 },
      maxWaitMs: follow ? 500 : 0,
      minBytes: 1,
      maxBytes: fetchBytes,
      isolation: isolationOf(invocation),
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
  return (answer.topics[0]?.partitions ?? []).map(({ index, error, records, aborted }) => {
    assertFine(error, `${topic}-${index}`);
    const reading = wanted.find((one) => one.index === index)!;
    const bytes = records instanceof Uint8Array ? records : new Uint8Array(0);
    return { reading, bytes, aborted: aborted ?? [] };
  });
}

/** Prints at most `left` records; how many. */
async function print(
  { io, flags }: Invocation,
  { reading, bytes, aborted }: Fetched,
  left: number,
): Promise<number> {
  const lines: string[] = [];
  let isEmpty = true;
  for (const { cursor, isHidden } of committedBatchesOf(bytes, aborted)) {
    isEmpty = false;
    while (!isHidden && lines.length < left && cursor.next()) {
      if (cursor.offset >= reading.offset)
        lines.push(lineOf(cursor.record(), reading.index, flags));
    }
    if (lines.length === left) break;
    reading.offset = Math.max(reading.offset, cursor.header.lastOffset + 1);
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
