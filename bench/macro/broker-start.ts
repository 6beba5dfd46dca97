/** From nothing to the first record that a broker acknowledged: a new process, an empty folder. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBatch, KafkaConnection } from '../../src/roles/broker/index.ts';
import type { WorkloadFactory } from '../harness/workload.ts';
import { startApache, startVarve, type BrokerProcess } from './broker-process.ts';

async function produceOne({ bootstrap }: BrokerProcess): Promise<void> {
  const [host, port] = bootstrap.split(':') as [string, string];
  await using connection = await KafkaConnection.open({ host, port: Number(port) });
  const configs: { name: string; value: string }[] = [];
  const topic = { name: 'first', numPartitions: 1, replicationFactor: 1, assignments: [], configs };
  await connection.request('createTopics', {
    topics: [topic],
    timeoutMs: 10_000,
    validateOnly: false,
  });
  const records = encodeBatch([{ value: 'first' }], 0, Date.now()).bytes;
  for (;;) {
    const answer = await connection.request(
      'produce',
      {
        transactionalId: null,
        acks: -1,
        timeoutMs: 1000,
        topics: [{ name: 'first', partitions: [{ index: 0, records }] }],
      },
      { version: 9 },
    );
    if (answer.topics[0]!.partitions[0]!.error === 0) return;
  }
}

export const startToFirstProduce: WorkloadFactory = async (scratch) => {
  const starting = (name: string, start: (dir: string) => Promise<BrokerProcess | undefined>) => {
    const dir = join(scratch, name.replaceAll(' ', '-'));
    let broker: BrokerProcess | undefined;
    return {
      name,
      async run() {
        const began = performance.now();
        broker = await start(dir);
        if (broker === undefined) throw new Error(`${name} does not start`);
        await produceOne(broker);
        return { bytes: 0, operations: 1, seconds: (performance.now() - began) / 1000 };
      },
      async finish() {
        await broker?.stop();
        if (existsSync(dir)) rmSync(dir, { recursive: true });
      },
    };
  };
  return {
    name: 'broker: start to first accepted produce',
    unit: 's',
    parameters: {},
    contenders: [starting('varve', startVarve), starting('Apache Kafka 4.3.1', startApache)],
    targets: [],
    note: 'The aim is under 0.3 s. Apache Kafka formats its folder first, as its users have to.',
    rounds: 3,
  };
};
