/** What the commands that talk to a broker have in common. */
import { KafkaConnection, kafkaErrorText } from '../../roles/broker/index.ts';
import { StateError } from '../../../native-free-io/index.ts';
import { UsageError, type Invocation, type OptionSpec } from '../command.ts';

/** Asked for by name, not by identifier. */
export const noUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Options of every command that connects. */
export const brokerOptions: Readonly<Record<string, OptionSpec>> = {
  broker: { type: 'string', short: 'b', value: 'HOST:PORT', help: 'default 127.0.0.1:9092' },
  user: { type: 'string', value: 'NAME', help: 'log in with SASL PLAIN' },
  password: { type: 'string', value: 'TEXT', help: 'its password' },
  json: { type: 'boolean', help: 'print the result as JSON' },
};

export function connect({ flags }: Invocation): Promise<KafkaConnection> {
  const { host, port } = parseAddress(String(flags['broker'] ?? '127.0.0.1:9092'), '--broker');
  const { user, password } = flags;
  return KafkaConnection.open({
    host,
    port,
    clientId: 'varve-cli',
    ...(user === undefined ? {} : { user: String(user), password: String(password ?? '') }),
  });
}

export function parseAddress(text: string, option: string): { host: string; port: number } {
  const found = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found !== null && port <= 65_535)
    return { host: found[1]!.replace(/^\[(.*)\]$/, '$1'), port };
  throw new UsageError(`${option}: expected HOST:PORT, got '${text}'`);
}

/** `a=1,b=2`, also where a value holds commas. */
export function parseSettings(flag: string | boolean | undefined): Record<string, string> {
  if (flag === undefined) return {};
  return Object.fromEntries(
    String(flag)
      .split(/,(?=[a-z.]+=)/)
      .map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw new UsageError(`--config: expected NAME=VALUE, got '${pair}'`);
        return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
  );
}

/** Throws what the broker said unless it said that all is well. */
export function assertFine(error: number, what: string, message: string | null = null): void {
  if (error === 0) return;
  const text = message ?? kafkaErrorText(error);
  throw new StateError('KAFKA_REFUSED', `${what}: ${text}`, { context: { error } });
}

/** Columns wide enough for what stands in them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]!.length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** The result as JSON where --json asks for it, else as text for people. */
export function writeResult(
  { io, flags }: Invocation,
  result: unknown,
  text: string,
): Promise<void> {
  return io.write(flags['json'] === true ? `${JSON.stringify(result)}\n` : text);
}

/** Times that stand for the ends of a partition, as on the wire. */
export const latest = -1;
export const earliest = -2;

/** `earliest`, `latest` or an offset. */
export function parsePlace(text: string, option: string): string {
  if (/^(?:earliest|latest|\d+)$/.test(text)) return text;
  throw new UsageError(`${option}: expected earliest, latest or an offset, got '${text}'`);
}

/** Where `place` is in each partition, in their order. */
export async function offsetsOf(
  connection: KafkaConnection,
  partitions: readonly Place[],
  place: string,
): Promise<number[]> {
  if (/^\d+$/.test(place)) return partitions.map(() => Number(place));
  return offsetsAt(connection, partitions, { timestamp: place === 'latest' ? latest : earliest });
}

/** The offsets of a time, in the order of the places. */
export async function offsetsAt(
  connection: KafkaConnection,
  places: readonly Place[],
  { timestamp, isolation = 0 }: { readonly timestamp: number; readonly isolation?: number },
): Promise<number[]> {
  const names = [...new Set(places.map(({ topic }) => topic))];
  const answer = await connection.request('listOffsets', {
    replicaId: -1,
    isolation,
    topics: names.map((name) => ({
      name,
      partitions: places
        .filter(({ topic }) => topic === name)
        .map(({ partition }) => ({ index: partition, currentLeaderEpoch: -1, timestamp })),
    })),
  });
  const found = new Map<string, number>();
  for (const { name, partitions } of answer.topics) {
    for (const { index, error, offset } of partitions) {
      assertFine(error, `${name}-${index}`);
      found.set(`${name}-${index}`, offset);
    }
  }
  return places.map(({ topic, partition }) => found.get(`${topic}-${partition}`) ?? -1);
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The partitions of a topic in their order; `make` lets the broker make it. */
export async function partitionsOf(
  connection: KafkaConnection,
  topic: string,
  make = false,
): Promise<Place[]> {
  const { topics } = await connection.request('metadata', {
    topics: [{ topicId: noUuid, name: topic }],
    allowAutoCreate: make,
    includeClusterOps: false,
    includeTopicOps: false,
  });
  assertFine(topics[0]!.error, topic);
  return topics[0]!.partitions
    .map(({ index }) => ({ topic, partition: index }))
    .toSorted((a, b) => a.partition - b.partition);
}
