/**
 * Producing to and consuming from varve's broker and Apache Kafka's with Kafka's own performance
 * tools: records of 100 bytes and 1 KiB, one and six partitions, acks 1 and all, latency at a fixed
 * rate.
 *
 * The seconds are the tool's; the CPU seconds are the broker's. Peak memory goes to standard error.
 */
import { join } from 'node:path';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import {
  cpuSecondsOf,
  kafkaPerf,
  peakBytesOf,
  startApache,
  startVarve,
  type BrokerProcess,
} from './broker-process.ts';

interface Load {
  readonly recordBytes: number;
  readonly partitions: number;
  readonly acks: '1' | 'all';
  readonly records: number;
}

async function startBoth(scratch: string): Promise<BrokerProcess[]> {
  const apache = await startApache(join(scratch, 'apache'));
  const varve = await startVarve(join(scratch, 'varve'));
  return apache === undefined ? [varve] : [varve, apache];
}

async function makeTopic({ bootstrap }: BrokerProcess, partitions: number): Promise<void> {
  const topic = ['--topic', 'load', '--partitions', String(partitions)];
  await kafkaPerf('TopicCommand', ['--bootstrap-server', bootstrap, '--create', ...topic]);
}

function produceArgs({ bootstrap }: BrokerProcess, load: Load, rate: number): string[] {
  return [
    '--topic',
    'load',
    '--num-records',
    String(load.records),
    '--record-size',
    String(load.recordBytes),
    '--throughput',
    String(rate),
    '--producer-props',
    `bootstrap.servers=${bootstrap}`,
    `acks=${load.acks}`,
  ];
}

async function stopAll(brokers: readonly BrokerProcess[]): Promise<void> {
  for (const broker of brokers) {
    const peak = (peakBytesOf(broker.pid) / 2 ** 20).toFixed(0);
    process.stderr.write(`${broker.name}: peak memory ${peak} MiB\n`);
    await broker.stop();
  }
}

function workload(
  name: string,
  load: Load,
  run: (broker: BrokerProcess) => Promise<number>,
): WorkloadFactory {
  return async (scratch) => {
    const brokers = await startBoth(scratch);
    for (const broker of brokers) await makeTopic(broker, load.partitions);
    const contenders: Contender[] = brokers.map((broker) => ({
      name: broker.name,
      async run() {
        const before = cpuSecondsOf(broker.pid);
        const seconds = await run(broker);
        return {
          bytes: load.records * load.recordBytes,
          operations: load.records,
          seconds,
          cpuSeconds: cpuSecondsOf(broker.pid) - before,
        };
      },
    }));
    const [varve, apache] = contenders;
    const made: Workload = {
      name,
      unit: 'MB/s',
      parameters: { ...load },
      contenders,
      targets:
        apache === undefined ? [] : [{ contender: varve!.name, over: apache.name, atLeast: 1 }],
      rounds: 3,
      dispose: () => stopAll(brokers),
    };
    return made;
  };
}

function producing(name: string, load: Load): WorkloadFactory {
  return workload(name, load, async (broker) => {
    const text = await kafkaPerf('ProducerPerformance', produceArgs(broker, load, -1));
    const rate = /, ([\d.]+) records\/sec[^\n]*99\.9th/.exec(text)?.[1];
    return load.records / Number(rate);
  });
}

export const produceSmall1: WorkloadFactory = producing(
  'broker: produce 100 B, 1 partition, acks 1',
  {
    recordBytes: 100,
    partitions: 1,
    acks: '1',
    records: 1_000_000,
  },
);
export const produceSmall6: WorkloadFactory = producing(
  'broker: produce 100 B, 6 partitions, acks all',
  {
    recordBytes: 100,
    partitions: 6,
    acks: 'all',
    records: 1_000_000,
  },
);
export const produceLarge1: WorkloadFactory = producing(
  'broker: produce 1 KiB, 1 partition, acks all',
  {
    recordBytes: 1024,
    partitions: 1,
    acks: 'all',
    records: 400_000,
  },
);
export const produceLarge6: WorkloadFactory = producing(
  'broker: produce 1 KiB, 6 partitions, acks 1',
  {
    recordBytes: 1024,
    partitions: 6,
    acks: '1',
    records: 400_000,
  },
);

const consumeLoad: Load = { recordBytes: 1024, partitions: 1, acks: '1', records: 400_000 };
const filled = new WeakSet<BrokerProcess>();

export const consumeLarge: WorkloadFactory = workload(
  'broker: consume 1 KiB, 1 partition',
  consumeLoad,
  async (broker) => {
    if (!filled.has(broker)) {
      await kafkaPerf('ProducerPerformance', produceArgs(broker, consumeLoad, -1));
      filled.add(broker);
    }
    const text = await kafkaPerf('ConsumerPerformance', [
      '--bootstrap-server',
      broker.bootstrap,
      '--topic',
      'load',
      '--num-records',
      String(consumeLoad.records),
    ]);
    // start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, …
    const cells = text.trim().split('\n').at(-1)!.split(', ');
    return Number(cells[7]) / 1000;
  },
);

const steady: Load = { recordBytes: 100, partitions: 1, acks: 'all', records: 30_000 };

/** The 99th percentile of the time to the acknowledgement, at 3,000 records a second. */
export const latency: WorkloadFactory = async (scratch) => {
  const made = await workload('broker: acknowledge at 3,000 records/s', steady, async (broker) => {
    const text = await kafkaPerf('ProducerPerformance', produceArgs(broker, steady, 3000));
    return Number(/(\d+) ms 99th/.exec(text)?.[1] ?? Number.NaN) / 1000;
  })(scratch);
  return { ...made, unit: 's', note: 'The seconds are the 99th percentile.', targets: [] };
};
