/** From nothing to the first record that a broker acknowledged: a new process, an empty folder. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBatch } from '../../src/roles/broker/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import {
  apacheName,
  brokerKinds,
  connectTo,
  peakBytesOf,
  varveName,
  type BrokerKind,
  type BrokerProcess,
} from './broker-process.ts';

const topic = 'first';

/** Asks for a topic that is made when it is named, then produces until the record is taken. */
async function produceOne(broker: BrokerProcess): Promise<void> {
  await using connection = await connectTo(broker);
  const records = encodeBatch([{ value: 'first' }], 0, Date.now()).bytes;
  const topics = [{ name: topic, partitions: [{ index: 0, records }] }];
  const asked = [{ topicId: Buffer.alloc(16).toString('base64url'), name: topic }];
  const flags = { allowAutoCreate: true, includeClusterOps: false, includeTopicOps: false };
  for (let error = -1; error !== 0;) {
    await connection.request('metadata', { topics: asked, ...flags });
    const request = { transactionalId: null, acks: -1, timeoutMs: 1000, topics };
    const answer = await connection.request('produce', request, { version: 9 });
    error = answer.topics[0]!.partitions[0]!.error;
  }
}

function starting(kind: BrokerKind, dir: string): Contender {
  let broker: BrokerProcess | undefined;
  return {
    name: kind.name,
    async run() {
      const began = performance.now();
      broker = await kind.start(dir);
      await produceOne(broker);
      const seconds = (performance.now() - began) / 1000;
      return { bytes: 0, operations: 1, seconds, peakBytes: peakBytesOf(broker.pid) };
    },
    async finish() {
      await broker?.stop();
      if (existsSync(dir)) rmSync(dir, { recursive: true });
    },
  };
}

export const startToFirstProduce: WorkloadFactory = async (scratch) => {
  const kinds = await brokerKinds();
  return {
    name: 'broker: start to first accepted produce',
    unit: 's',
    parameters: {},
    contenders: kinds.map((kind) => starting(kind, join(scratch, kind.name.replaceAll(' ', '-')))),
    targets: [
      { contender: varveName, atLeast: 0.3 },
      ...(kinds.length === 1 ? [] : [{ contender: varveName, over: apacheName, atLeast: 10 }]),
    ],
    note: 'Apache Kafka formats its folder first, as its users have to.',
    rounds: 9,
  };
};
