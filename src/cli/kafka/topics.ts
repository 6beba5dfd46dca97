/** `varve kafka topics`: list, describe, create, alter, delete. */
import { wholeNumber } from '../arguments.ts';
import { exitCode, type Command, type CommandGroup } from '../command.ts';
import { alter } from './topics-alter.ts';
import {
  assertFine,
  brokerOptions,
  connect,
  noUuid,
  parseSettings,
  table,
  writeResult,
} from './shared.ts';

const timeoutMs = 30_000;

const list: Command = {
  name: 'list',
  summary: 'Names of topics with their partitions.',
  usage: '[TOPIC…]',
  arity: [0, 1000],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    const named = positionals.map((name) => ({ topicId: noUuid, name }));
    const answer = await connection.request('metadata', {
      topics: named.length > 0 ? named : null,
      allowAutoCreate: false,
      includeClusterOps: false,
      includeTopicOps: false,
    });
    for (const { error, name } of answer.topics) assertFine(error, name ?? 'a topic');
    const topics = answer.topics.map(({ name, topicId, partitions, isInternal }) => ({
      name: name ?? '',
      partitions: partitions.length,
      id: topicId,
      isInternal,
    }));
    topics.sort((a, b) => (a.name < b.name ? -1 : 1));
    const rows = topics.map((one) => [one.name, String(one.partitions), one.id]);
    await writeResult(invocation, topics, table(['TOPIC', 'PARTITIONS', 'ID'], rows));
    return exitCode.fine;
  },
};

const create: Command = {
  name: 'create',
  summary: 'Make a topic.',
  usage: 'TOPIC',
  arity: [1, 1],
  options: {
    partitions: { type: 'string', short: 'p', value: 'N', help: "default: the broker's" },
    config: { type: 'string', value: 'K=V,…', help: 'settings, as cleanup.policy=compact' },
    ...brokerOptions,
  },
  async run(invocation) {
    const { flags, positionals } = invocation;
    const wanted = wholeNumber(invocation, 'partitions', { fallback: 0, min: 1 });
    const settings = Object.entries(parseSettings(flags['config']));
    await using connection = await connect(invocation);
    const name = positionals[0]!;
    const answer = await connection.request('createTopics', {
      topics: [
        {
          name,
          numPartitions: wanted === 0 ? -1 : wanted,
          replicationFactor: -1,
          assignments: [],
          configs: settings.map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs,
      validateOnly: false,
    });
    const made = answer.topics[0]!;
    assertFine(made.error, name, made.message);
    const result = { name, id: made.topicId, partitions: made.numPartitions };
    await writeResult(invocation, result, `${name} made with partitions: ${made.numPartitions}\n`);
    return exitCode.fine;
  },
};

const remove: Command = {
  name: 'delete',
  summary: 'Delete topics with all their records.',
  usage: 'TOPIC…',
  arity: [1, 1000],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    const answer = await connection.request('deleteTopics', {
      topics: positionals.map((name) => ({ name, topicId: noUuid })),
      names: [],
      timeoutMs,
    });
    for (const { name, error, message } of answer.results) assertFine(error, name ?? '', message);
    const names = answer.results.map(({ name }) => name);
    await writeResult(invocation, names, `deleted: ${names.join(', ')}\n`);
    return exitCode.fine;
  },
};

const describe: Command = {
  name: 'describe',
  summary: 'Settings of a topic and where each comes from.',
  usage: 'TOPIC',
  arity: [1, 1],
  options: brokerOptions,
  async run(invocation) {
    const { positionals } = invocation;
    await using connection = await connect(invocation);
    const answer = await connection.request('describeConfigs', {
      resources: [{ type: 2, name: positionals[0]!, keys: null }],
      includeSynonyms: false,
      includeDocs: false,
    });
    const found = answer.results[0]!;
    assertFine(found.error, positionals[0]!, found.message);
    const origins = ['', 'topic', 'broker', 'broker', 'broker', 'default'];
    const settings = found.configs.map(({ name, value, source }) => ({
      name,
      value: value ?? '',
      from: origins[source] ?? '',
    }));
    const rows = settings.map(({ name, value, from }) => [name, value, from]);
    await writeResult(invocation, settings, table(['SETTING', 'VALUE', 'FROM'], rows));
    return exitCode.fine;
  },
};

export const topicsGroup: CommandGroup = {
  name: 'topics',
  summary: 'Topics of a broker.',
  commands: [list, create, alter, describe, remove],
};
