/**
 * From sending a record to having fetched it, at a fixed rate: one connection produces with acks
 * all and never waits for an answer, another fetches with long polls.
 *
 * Both ends are in this process and read one clock. A rate of what a person would call busy, far
 * below what either broker can take.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { batchesOf, encodeBatch, type KafkaConnection } from '../../src/roles/broker/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';
import {
  apacheName,
  brokerKinds,
  BrokersInTurn,
  connectTo,
  endOffset,
  makeTopic,
  varveName,
  type BrokerKind,
  type BrokerProcess,
} from './broker-process.ts';

const topic = 'steady';
const recordsPerSecond = 1000;
const warmUpRecords = 3000;
const counted = 8000;
const recordBytes = 100;
const noUuid = Buffer.alloc(16).toString('base64url');

export const brokerLatency: WorkloadFactory = async (scratch) => {
  const kinds = await brokerKinds();
  const turns = new BrokersInTurn(scratch, (broker) => makeTopic(broker, topic, 1));
  const name = (of: string, share: string): string => `${of}, ${share}`;
  return {
    name: 'broker: produce to fetched at 1,000 records/s',
    unit: 'us',
    parameters: { recordsPerSecond, records: counted, recordBytes },
    contenders: kinds.flatMap((kind) => percentiles(kind, turns, name)),
    targets:
      kinds.length === 1
        ? []
        : ['p50', 'p99'].map((share) => ({
            contender: name(varveName, share),
            over: name(apacheName, share),
            atLeast: 1,
          })),
    order: 'by contender',
    rounds: 3,
    dispose: () => turns.stop(),
  };
};

function percentiles(
  kind: BrokerKind,
  turns: BrokersInTurn,
  name: (of: string, share: string) => string,
): Contender[] {
  // The rounds of p99 look at what those of p50 have measured.
  const measured: number[][] = [];
  let looked = 0;
  const p50 = turns.contender(kind, async (broker) => {
    const sorted = (await latencies(broker)).toSorted((a, b) => a - b);
    measured.push(sorted);
    return { bytes: 0, operations: 1, seconds: percentile(sorted, 0.5) / 1000 };
  });
  return [
    { ...p50, name: name(kind.name, 'p50') },
    {
      name: name(kind.name, 'p99'),
      run: () => {
        const sorted = measured[looked++]!;
        return Promise.resolve({
          bytes: 0,
          operations: 1,
          seconds: percentile(sorted, 0.99) / 1000,
        });
      },
    },
  ];
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)]!;
}

/** Milliseconds from send to fetched of every record after the warm-up. */
async function latencies(broker: BrokerProcess): Promise<number[]> {
  await using producer = await connectTo(broker);
  await using consumer = await connectTo(broker);
  const from = (await endOffset(consumer, topic, 0))!;
  const total = warmUpRecords + counted;
  const sending = send(producer, total);
  const found: number[] = [];
  for (let offset = from; found.length < total;) {
    const bytes = await fetchFrom(consumer, offset);
    const nowMs = performance.now();
    for (const cursor of batchesOf(bytes)) {
      while (cursor.next()) {
        if (cursor.offset < offset) continue;
        offset = cursor.offset + 1;
        const value = Buffer.from(cursor.record().value!);
        found.push(nowMs - value.readDoubleBE(0));
      }
    }
  }
  await sending;
  return found.slice(warmUpRecords);
}

/** Sends on time whatever the answers do, and awaits them at the end. */
async function send(connection: KafkaConnection, total: number): Promise<void> {
  const beganMs = performance.now();
  const answers: Promise<void>[] = [];
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, ((performance.now() - beganMs) / 1000) * recordsPerSecond);
    for (; sent < due; sent++) answers.push(sendOne(connection));
    await sleep(1);
  }
  await Promise.all(answers);
}

async function sendOne(connection: KafkaConnection): Promise<void> {
  const value = Buffer.alloc(recordBytes);
  value.writeDoubleBE(performance.now(), 0);
  const records = encodeBatch([{ value }], 0, Date.now()).bytes;
  const topics = [{ name: topic, partitions: [{ index: 0, records }] }];
  const request = { transactionalId: null, acks: -1, timeoutMs: 10_000, topics };
  const answer = await connection.request('produce', request, { version: 9 });
  const { error } = answer.topics[0]!.partitions[0]!;
  if (error !== 0) throw new Error(`a record was refused: error ${error}`);
}

async function fetchFrom(connection: KafkaConnection, fetchOffset: number): Promise<Uint8Array> {
  const partition = {
    index: 0,
    currentLeaderEpoch: -1,
    fetchOffset,
    lastFetchedEpoch: -1,
    logStart: -1,
    partitionMaxBytes: 1 << 20,
    replicaDirId: noUuid,
  };
  const request = {
    clusterId: null,
    replicaId: -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1 << 20,
    isolation: 0,
    fetchId: 0,
    fetchEpoch: -1,
    topics: [{ name: topic, topicId: noUuid, partitions: [partition] }],
    forgotten: [],
    rackId: '',
  };
  // The newest version that names topics.
  const answer = await connection.request('fetch', request, { version: 12 });
  const { error, records } = answer.topics[0]!.partitions[0]!;
  if (error !== 0) throw new Error(`a fetch failed: error ${error}`);
  return records instanceof Uint8Array ? records : new Uint8Array(0);
}
