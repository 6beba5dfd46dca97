/** Power cuts while a broker makes, changes, grows and deletes topics and takes producer ids. */
import { expect, test } from 'vitest';
import type { FileSystem } from '../../native-free-io/index.ts';
import { realEnv } from '../../src/env/index.ts';
import { LogDirectory } from '../../src/log/index.ts';
import { ProducerIds } from '../../src/roles/broker/producer-ids.ts';
import { BrokerState } from '../../src/roles/broker/topics/broker-state.ts';
import { Topics } from '../../src/roles/broker/topics/topics.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

const dir = '/kafka';

async function open(fs: FileSystem) {
  const env = realEnv({ fs });
  const directory = await LogDirectory.open({ dir, env, maintenance: false });
  const state = BrokerState.open(fs, dir);
  const topics = await Topics.open({ env, directory, state, defaults: {} });
  return { directory, topics, ids: new ProducerIds(state) };
}

/** What was acknowledged, and what was begun after it. */
class Trace {
  /** Partitions and retention by topic, as acknowledged. */
  readonly topics = new Map<string, { id: string; partitions: number; retention: string }>();
  /** Topics that a change is under way for. */
  readonly changing = new Set<string>();
  lastProducerId = -1;
}

async function work(fs: FileSystem, trace: Trace, begin: () => void): Promise<void> {
  const { directory, topics, ids } = await open(fs);
  begin();
  trace.changing.add('a');
  const a = await topics.create('a', { partitions: 1, config: { 'retention.ms': '1' } });
  trace.topics.set('a', { id: a.id, partitions: 1, retention: '1' });
  topics.configure(a, { 'retention.ms': '2' });
  trace.topics.set('a', { id: a.id, partitions: 1, retention: '2' });
  await topics.grow(a, 2);
  trace.topics.set('a', { id: a.id, partitions: 2, retention: '2' });
  trace.changing.delete('a');
  trace.lastProducerId = ids.next();
  trace.topics.delete('a');
  trace.changing.add('a');
  await topics.delete(a);
  await topics.create('a', { partitions: 1 });
  await directory.close();
}

async function check(fs: FileSystem, trace: Trace): Promise<void> {
  const { directory, topics, ids } = await open(fs);
  for (const topic of topics.all()) {
    expect(topic.partitions.map(({ index }) => index)).toEqual([...topic.partitions.keys()]);
    const acknowledged = trace.topics.get(topic.name);
    if (acknowledged === undefined) expect(trace.changing.has(topic.name), topic.name).toBe(true);
  }
  for (const [name, wanted] of trace.topics) {
    const topic = topics.get(name);
    expect(topic?.id, name).toBe(wanted.id);
    expect(topic!.partitions.length).toBeGreaterThanOrEqual(wanted.partitions);
    if (trace.changing.has(name)) continue;
    expect(topic!.partitions).toHaveLength(wanted.partitions);
    expect(topic!.config['retention.ms'] ?? '').toBe(wanted.retention);
  }
  expect(ids.next()).toBeGreaterThan(trace.lastProducerId);
  await directory.close();
}

test(
  'a power cut at any moment leaves every topic whole or gone, and no producer id is given twice',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere('power cuts while topics change', {
      trace: () => new Trace(),
      run: work,
      check,
    });
    expect(report.operations).toBeGreaterThan(60);
  },
);
