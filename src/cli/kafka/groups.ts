/** `varve kafka groups` and `varve kafka offsets`: who reads, how far, and how much is left. */
import type { KafkaConnection } from '../../roles/broker/index.ts';
import { exitCode, type Command, type CommandGroup } from '../command.ts';
import {
  assertFine,
  brokerOptions,
  connect,
  earliest,
  latest,
  offsetsAt,
  offsetsOf,
  parsePlace,
  partitionsOf,
  table,
  writeResult,
} from './shared.ts';

const list: Command = {
  name: 'list',
  summary: 'Consumer groups with their states.',
  usage: '',
  arity: [0, 0],
  options: brokerOptions,
  async run(invocation) {
    await using connection = await connect(invocation);
    const { error, groups } = await connection.request('listGroups', { states: [], types: [] });
    assertFine(error, 'groups');
    const rows = groups.map(({ groupId, state, type, protocolType }) => {
      return [groupId, state, type, protocolType];
    });
    await writeResult(invocation, groups, table(['GROUP', 'STATE', 'TYPE', 'PROTOCOL'], rows));
    return exitCode.fine;
  },
};

const describe: Command = {
  name: 'describe',
  summary: 'Committed offsets of a group, with what is left to read.',
  usage: 'GROUP',
  arity: [1, 1],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    const groupId = positionals[0]!;
    await findCoordinator(connection, groupId);
    const fetched = await connection.request('offsetFetch', {
      groupId: '',
      topics: [],
      groups: [{ groupId, memberId: null, memberEpoch: -1, topics: null }],
      requireStable: false,
    });
    const group = fetched.groups[0]!;
    assertFine(group.error, groupId);
    const committed = group.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ index, offset }) => ({ topic: name, partition: index, offset })),
    );
    const ends = await offsetsAt(connection, committed, { timestamp: latest });
    const result = committed.map((one, at) => ({
      ...one,
      end: ends[at]!,
      lag: ends[at]! - one.offset,
    }));
    const rows = result.map(({ topic, partition, offset, end, lag }) =>
      [topic, partition, offset, end, lag].map(String),
    );
    await writeResult(
      invocation,
      result,
      table(['TOPIC', 'PARTITION', 'OFFSET', 'END', 'LAG'], rows),
    );
    return exitCode.fine;
  },
};

const remove: Command = {
  name: 'delete',
  summary: 'Delete groups that nobody is in, with their offsets.',
  usage: 'GROUP…',
  arity: [1, 1000],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    await findCoordinator(connection, positionals[0]!);
    const { results } = await connection.request('deleteGroups', { groups: [...positionals] });
    for (const { groupId, error } of results) assertFine(error, groupId);
    await writeResult(invocation, positionals, `deleted: ${positionals.join(', ')}\n`);
    return exitCode.fine;
  },
};

const reset: Command = {
  name: 'reset',
  summary: 'Set where a group goes on in a topic; nobody may be in it.',
  usage: 'GROUP TOPIC',
  arity: [2, 2],
  options: {
    to: {
      type: 'string',
      value: 'PLACE',
      help: 'earliest, latest or an offset (default earliest)',
    },
    ...brokerOptions,
  },
  async run(invocation) {
    const { flags, positionals } = invocation;
    const [groupId, topic] = positionals as [string, string];
    const to = parsePlace(String(flags['to'] ?? 'earliest'), '--to');
    await using connection = await connect(invocation);
    const places = await partitionsOf(connection, topic);
    await findCoordinator(connection, groupId);
    const offsets = await offsetsOf(connection, places, to);
    const answer = await connection.request('offsetCommit', {
      groupId,
      generationOrEpoch: -1,
      memberId: '',
      instanceId: null,
      retentionMs: -1,
      topics: [
        {
          name: topic,
          partitions: places.map(({ partition }, at) => {
            return { index: partition, offset: offsets[at]!, leaderEpoch: -1, metadata: '' };
          }),
        },
      ],
    });
    for (const { error } of answer.topics[0]!.partitions) assertFine(error, groupId);
    const rows = places.map(({ partition }, at) => [topic, String(partition), String(offsets[at])]);
    await writeResult(invocation, offsets, table(['TOPIC', 'PARTITION', 'OFFSET'], rows));
    return exitCode.fine;
  },
};

export const groupsGroup: CommandGroup = {
  name: 'groups',
  summary: 'Consumer groups of a broker.',
  commands: [list, describe, reset, remove],
};

export const offsetsCommand: Command = {
  name: 'offsets',
  summary: 'Where the partitions of a topic begin and end.',
  usage: 'TOPIC',
  arity: [1, 1],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    const places = await partitionsOf(connection, positionals[0]!);
    const starts = await offsetsAt(connection, places, { timestamp: earliest });
    const ends = await offsetsAt(connection, places, { timestamp: latest });
    const result = places.map(({ partition }, at) => {
      return { partition, start: starts[at]!, end: ends[at]! };
    });
    const rows = result.map(({ partition, start, end }) => [partition, start, end].map(String));
    await writeResult(invocation, result, table(['PARTITION', 'START', 'END'], rows));
    return exitCode.fine;
  },
};

const coordinatorNotAvailable = 15;
const triesMs = [0, 50, 100, 200, 400, 800, 1600];

/** A broker makes the topic that groups are kept in when it is first asked who keeps them. */
async function findCoordinator(connection: KafkaConnection, groupId: string): Promise<void> {
  let error = coordinatorNotAvailable;
  for (const waitMs of triesMs) {
    if (error !== coordinatorNotAvailable) break;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const answer = await connection.request('findCoordinator', {
      key: '',
      keyType: 0,
      keys: [groupId],
    });
    error = answer.coordinators[0]!.error;
  }
  assertFine(error, groupId);
}
