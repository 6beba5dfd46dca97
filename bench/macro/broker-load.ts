/**
 * Producing to and consuming from varve's broker and Apache Kafka's with Kafka's own performance
 * tools: records of 100 bytes and 1 KiB, one and eight partitions, acks 1 and all.
 *
 * The rates are the tool's, after its own warm-up; CPU time and peak memory are the broker's, of
 * all that a round sent. The brokers run one after the other, each on a new folder.
 */
import type { Workload, WorkloadFactory } from '../harness/workload.ts';
import {
  apacheName,
  brokerKinds,
  BrokersInTurn,
  kafkaPerf,
  makeTopic,
  varveName,
  type BrokerProcess,
} from './broker-process.ts';

interface Load {
  readonly recordBytes: number;
  readonly partitions: number;
  readonly acks: '1' | 'all';
}

const topic = 'load';
const rounds = 3;

/** About 300 MB a round. */
function recordsOf({ recordBytes }: Load): { records: number; warmUp: number } {
  return recordBytes < 1000
    ? { records: 2_500_000, warmUp: 500_000 }
    : { records: 300_000, warmUp: 60_000 };
}

/** Sends a round's records; records a second once the producer is warm. */
async function produceRound({ bootstrap }: BrokerProcess, load: Load): Promise<number> {
  const { records, warmUp } = recordsOf(load);
  const text = await kafkaPerf('ProducerPerformance', {
    'bootstrap-server': bootstrap,
    topic,
    'num-records': records,
    'warmup-records': warmUp,
    'record-size': load.recordBytes,
    throughput: -1,
    'command-property': `acks=${load.acks}`,
  });
  const rate = /steady state records sent, ([\d.]+) records\/sec/.exec(text)?.[1];
  if (rate === undefined) throw new Error(`the tool told no rate:\n${text}`);
  return Number(rate);
}

/** Reads all that is stored; seconds of fetching, without joining the group. */
async function consumeRound({ bootstrap }: BrokerProcess, records: number): Promise<number> {
  const options = { 'bootstrap-server': bootstrap, topic, 'num-records': records };
  const text = await kafkaPerf('ConsumerPerformance', options);
  // start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, …
  const cells = text.trim().split('\n').at(-1)!.split(', ');
  if (Number(cells[4]) < records) throw new Error(`the tool read too few records:\n${text}`);
  return Number(cells[7]) / 1000;
}

async function workload(
  made: Pick<Workload, 'name' | 'parameters'>,
  turns: BrokersInTurn,
  run: Parameters<BrokersInTurn['contender']>[1],
): Promise<Workload> {
  const kinds = await brokerKinds();
  const hasApache = kinds.length > 1;
  return {
    ...made,
    unit: 'MB/s',
    contenders: kinds.map((kind) => turns.contender(kind, run)),
    targets: hasApache
      ? [
          { contender: varveName, over: apacheName, atLeast: 1 },
          { contender: varveName, over: apacheName, memoryAtMost: 0.1 },
        ]
      : [],
    order: 'by contender',
    rounds,
    dispose: () => turns.stop(),
  };
}

function producing(load: Load): [string, WorkloadFactory] {
  const { recordBytes, partitions, acks } = load;
  const size = recordBytes < 1000 ? `${recordBytes} B` : `${recordBytes / 1024} KiB`;
  const name = `broker: produce ${size}, ${partitions} partition${partitions === 1 ? '' : 's'}, acks ${acks}`;
  const { records, warmUp } = recordsOf(load);
  const factory: WorkloadFactory = (scratch) => {
    const turns = new BrokersInTurn(scratch, (broker) => makeTopic(broker, topic, partitions));
    return workload({ name, parameters: { ...load, records, warmUp } }, turns, async (broker) => {
      const rate = await produceRound(broker, load);
      const bytes = records * recordBytes;
      return { bytes, operations: records, seconds: records / rate };
    });
  };
  return [name, factory];
}

function consuming(recordBytes: number, partitions: number): [string, WorkloadFactory] {
  const load: Load = { recordBytes, partitions, acks: '1' };
  const size = recordBytes < 1000 ? `${recordBytes} B` : `${recordBytes / 1024} KiB`;
  const name = `broker: consume ${size}, ${partitions} partition${partitions === 1 ? '' : 's'}`;
  const { records } = recordsOf(load);
  // Filled twice: the tool has no warm-up of its own.
  const stored = 2 * records;
  const factory: WorkloadFactory = (scratch) => {
    const turns = new BrokersInTurn(scratch, async (broker) => {
      await makeTopic(broker, topic, partitions);
      for (let fill = 0; fill < 2; fill++) await produceRound(broker, load);
    });
    const parameters = { recordBytes, partitions, records: stored };
    return workload({ name, parameters }, turns, async (broker) => {
      const seconds = await consumeRound(broker, stored);
      return { bytes: stored * recordBytes, operations: stored, seconds };
    });
  };
  return [name, factory];
}

const sizes = [100, 1024];
const partitionCounts = [1, 8];
const allAcks: readonly Load['acks'][] = ['1', 'all'];

export const brokerLoads: Readonly<Record<string, WorkloadFactory>> = Object.fromEntries([
  ...sizes.flatMap((recordBytes) =>
    partitionCounts.flatMap((partitions) =>
      allAcks.map((acks) => producing({ recordBytes, partitions, acks })),
    ),
  ),
  ...sizes.flatMap((recordBytes) =>
    partitionCounts.map((partitions) => consuming(recordBytes, partitions)),
  ),
]);
