/** `varve kafka topics alter`: more partitions, settings set and taken back. */
import type { KafkaConnection } from '../../roles/broker/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type Invocation } from '../command.ts';
import { assertFine, brokerOptions, connect, parseSettings, writeResult } from './shared.ts';

/** Kind of resource and operations in IncrementalAlterConfigs. */
const topicResource = 2;
const operation = { set: 0, delete: 1 };

interface Change {
  readonly name: string;
  readonly op: number;
  readonly value: string | null;
}

export const alter: Command = {
  name: 'alter',
  summary: 'Give a topic more partitions or other settings.',
  details:
    'Records stay where they are: with more partitions, new records of a key may go to another one\n' +
    'than its old ones.',
  usage: 'TOPIC',
  arity: [1, 1],
  options: {
    partitions: { type: 'string', short: 'p', value: 'N', help: 'how many there shall be' },
    config: { type: 'string', value: 'K=V,…', help: 'settings, as retention.ms=60000' },
    unset: { type: 'string', value: 'K,…', help: "settings that shall be the broker's again" },
    ...brokerOptions,
  },
  async run(invocation) {
    const { flags, positionals } = invocation;
    const name = positionals[0]!;
    const partitions = wholeNumber(invocation, 'partitions', { fallback: 0, min: 1 });
    const changes = wantedChanges(flags);
    if (partitions === 0 && changes.length === 0)
      throw new UsageError('nothing to change: give --partitions, --config or --unset');
    await using connection = await connect(invocation);
    if (changes.length > 0) await changeSettings(connection, name, changes);
    if (partitions > 0) await addPartitions(connection, name, partitions);
    const result = {
      name,
      ...(partitions > 0 ? { partitions } : {}),
      settings: Object.fromEntries(changes.map(({ name: key, value }) => [key, value])),
    };
    await writeResult(invocation, result, `altered: ${name}\n`);
    return exitCode.fine;
  },
};

function wantedChanges(flags: Invocation['flags']): Change[] {
  const set = Object.entries(parseSettings(flags['config']));
  const unset = String(flags['unset'] ?? '')
    .split(',')
    .filter((name) => name !== '');
  return [
    ...set.map(([name, value]) => ({ name, op: operation.set, value })),
    ...unset.map((name) => ({ name, op: operation.delete, value: null })),
  ];
}

async function changeSettings(
  connection: KafkaConnection,
  name: string,
  configs: readonly Change[],
): Promise<void> {
  const { results } = await connection.request('incrementalAlterConfigs', {
    resources: [{ type: topicResource, name, configs: [...configs] }],
    validateOnly: false,
  });
  assertFine(results[0]!.error, name, results[0]!.message);
}

async function addPartitions(
  connection: KafkaConnection,
  name: string,
  count: number,
): Promise<void> {
  const { results } = await connection.request('createPartitions', {
    topics: [{ name, count, assignments: null }],
    timeoutMs: 30_000,
    validateOnly: false,
  });
  assertFine(results[0]!.error, name, results[0]!.message);
}
