/** What DescribeConfigs tells of settings. */
import { expect, test } from 'vitest';
import { KafkaServer } from '../../../../../src/roles/broker/index.ts';
import { connectTo } from '../../../../helpers/kafka-calls.ts';

const resources = [
  { type: 2, name: 't', keys: null },
  { type: 4, name: '1', keys: null },
];

test('every setting of topics and brokers is explained to who asks for it', async () => {
  await using server = await KafkaServer.start({ topics: { t: {} } });
  await using connection = await connectTo(server);
  const ask = async (includeDocs: boolean) => {
    const request = { resources, includeSynonyms: false, includeDocs };
    const { results } = await connection.request('describeConfigs', request);
    return results.flatMap(({ configs }) => configs);
  };
  const explained = await ask(true);
  expect(explained.length).toBeGreaterThan(90);
  expect(explained.filter(({ docs }) => !/^[A-Z].+\.$/.test(docs ?? ''))).toEqual([]);
  expect((await ask(false)).filter(({ docs }) => docs !== null)).toEqual([]);
});

test('a default in hours is no synonym of its setting in milliseconds, a given value is', async () => {
  const synonymsOf = async (config: Record<string, number>) => {
    await using server = await KafkaServer.start({ topics: { t: {} }, config });
    await using connection = await connectTo(server);
    const keys = ['retention.ms', 'retention.bytes'];
    const request = {
      resources: [{ type: 2, name: 't', keys }],
      includeSynonyms: true,
      includeDocs: false,
    };
    const { results } = await connection.request('describeConfigs', request);
    return results[0]!.configs.map(({ synonyms }) => synonyms.map(({ name }) => name));
  };
  expect(await synonymsOf({})).toEqual([['log.retention.bytes'], []]);
  const given = await synonymsOf({ 'log.retention.ms': 5 });
  expect(given).toEqual([['log.retention.bytes'], ['log.retention.ms']]);
});
