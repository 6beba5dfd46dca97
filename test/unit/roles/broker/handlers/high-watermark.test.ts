/** A leader whose followers lag: the high watermark is behind the end of its log. */
import { expect, onTestFinished, test } from 'vitest';
import { realEnv } from '../../../../../src/env/index.ts';
import { LogDirectory, type PartitionOptions } from '../../../../../src/log/index.ts';
import type { Broker } from '../../../../../src/roles/broker/broker.ts';
import { BrokerConfig } from '../../../../../src/roles/broker/config/broker-config.ts';
import { release } from '../../../../../src/roles/broker/connection/output.ts';
import { FetchCache } from '../../../../../src/roles/broker/fetching/fetch-cache.ts';
import { fetch } from '../../../../../src/roles/broker/handlers/fetch.ts';
import { listOffsets } from '../../../../../src/roles/broker/handlers/list-offsets.ts';
import { produce } from '../../../../../src/roles/broker/handlers/produce.ts';
import { Metrics } from '../../../../../src/roles/broker/metrics.ts';
import type { RequestContext } from '../../../../../src/roles/broker/request-context.ts';
import { anonymous, Authorizer } from '../../../../../src/roles/broker/security/authorizer.ts';
import { Quotas } from '../../../../../src/roles/broker/security/quotas.ts';
import { BrokerState } from '../../../../../src/roles/broker/topics/broker-state.ts';
import { Topics } from '../../../../../src/roles/broker/topics/topics.ts';
import { batchOf, fetchRequest, values } from '../../../../helpers/kafka-calls.ts';
import { manualEnv } from '../../../../helpers/manual-env.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

/** The parts of a broker that produce and fetch, with one partition that waits for followers. */
async function laggingLeader() {
  const { time, clock, timers } = manualEnv();
  const env = realEnv({ clock, timers });
  const dir = temporaryFolder();
  const directory = await LogDirectory.open({ dir, env, maintenance: false });
  const open = directory.partition.bind(directory);
  directory.partition = (topic: string, index: number, options: PartitionOptions) =>
    open(topic, index, { ...options, soleReplica: false });
  const state = BrokerState.open(env.fs, dir);
  const topics = await Topics.open({ env, directory, state, defaults: {} });
  const { partitions } = await topics.create('t', { partitions: 1 });
  onTestFinished(() => directory.close());
  const broker = {
    env,
    topics,
    config: new BrokerConfig(),
    authorizer: new Authorizer(state, undefined),
    quotas: new Quotas(state, clock),
    fetchCache: new FetchCache(env, 10),
    metrics: new Metrics(),
    stopping: new AbortController().signal,
  } as unknown as Broker;
  return { time, broker, partition: partitions[0]! };
}

const context = (version: number): RequestContext => ({
  version,
  clientId: 'test',
  clientHost: '127.0.0.1',
  connectionId: 1,
  principal: anonymous,
  endpoint: { host: 'localhost', port: 1 },
  signal: new AbortController().signal,
  throttle: () => undefined,
  closeAfterAnswer: () => undefined,
});

/** What became of an answer so far. */
function watch<T>(answer: T | Promise<T>): { now: Awaited<T> | undefined } {
  const seen: { now: Awaited<T> | undefined } = { now: undefined };
  void Promise.resolve(answer).then((value) => (seen.now = value));
  return seen;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function send(broker: Broker, acks: number, ...texts: string[]) {
  const partitions = [{ index: 0, records: batchOf(values(...texts)) }];
  const request = {
    transactionalId: null,
    acks,
    timeoutMs: 1000,
    topics: [{ name: 't', partitions }],
  };
  return watch(produce(broker, () => 0)(request, context(9)));
}

test('KF-69 acks -1 is answered when the high watermark has passed, and only then', async () => {
  const { broker, partition } = await laggingLeader();
  const first = send(broker, -1, 'a', 'b');
  const one = send(broker, 1, 'c');
  const second = send(broker, -1, 'd');
  await turn();
  expect([first.now, second.now]).toEqual([undefined, undefined]);
  expect(one.now?.topics[0]!.partitions[0]).toMatchObject({ error: 0, baseOffset: 2 });
  partition.log.raiseHighWatermark(1);
  partition.wake();
  await turn();
  expect(first.now).toBeUndefined();
  partition.log.raiseHighWatermark(2);
  partition.wake();
  await turn();
  expect(first.now?.topics[0]!.partitions[0]).toMatchObject({ error: 0, baseOffset: 0 });
  expect(second.now).toBeUndefined();
  partition.log.raiseHighWatermark(4);
  partition.wake();
  await turn();
  expect(second.now?.topics[0]!.partitions[0]).toMatchObject({ error: 0, baseOffset: 3 });
});

test('KF-69 acks -1 that waits too long is answered REQUEST_TIMED_OUT; the records stay', async () => {
  const { time, broker, partition } = await laggingLeader();
  const waiting = send(broker, -1, 'a');
  time.advance(999);
  await turn();
  expect(waiting.now).toBeUndefined();
  time.advance(1);
  await turn();
  expect(waiting.now?.topics[0]!.partitions[0]!.error).toBe(7);
  expect(partition.log.logEndOffset).toBe(1);
});

test('a topic that is deleted meanwhile is no longer led here', async () => {
  const { broker } = await laggingLeader();
  const waiting = send(broker, -1, 'a');
  await broker.topics.delete(broker.topics.get('t')!);
  await turn();
  expect(waiting.now?.topics[0]!.partitions[0]!.error).toBe(6);
});

test('what is above the high watermark is not read, whatever acks said; a consumer waits for it', async () => {
  const { broker, partition } = await laggingLeader();
  send(broker, 1, 'a', 'b', 'c');
  const ask = (maxWaitMs: number) => {
    const request = fetchRequest({ maxWaitMs });
    return watch(fetch(broker)(request, context(12)));
  };
  const atOnce = ask(0);
  const waiting = ask(10_000);
  await turn();
  const told = atOnce.now?.topics[0]?.partitions[0];
  expect(told).toMatchObject({ error: 0, highWatermark: 0, lastStable: 0 });
  expect(told?.records?.length ?? 0).toBe(0);
  expect(waiting.now).toBeUndefined();
  const latest = () => {
    const partitions = [{ index: 0, currentLeaderEpoch: -1, timestamp: -1 }];
    const request = { replicaId: -1, isolation: 0, topics: [{ name: 't', partitions }] };
    return watch(listOffsets(broker)(request, context(7)));
  };
  const before = latest();
  partition.log.raiseHighWatermark(3);
  partition.wake();
  const after = latest();
  await turn();
  const read = waiting.now?.topics[0]?.partitions[0];
  expect(read).toMatchObject({ error: 0, highWatermark: 3 });
  expect(read?.records?.length).toBeGreaterThan(0);
  const offsetOf = (one: typeof before) => one.now?.topics[0]!.partitions[0]!.offset;
  expect([offsetOf(before), offsetOf(after)]).toEqual([0, 3]);
  release(read?.records ?? null);
});
