/**
 * Members of one group from different clients, each telling what it owns and what it has read.
 *
 * All use an assignor called `roundrobin`, so that any of them may be the leader.
 */
import {
  AssignerProtocol,
  Kafka,
  logLevel,
  PartitionAssigners,
  type PartitionAssigner,
} from 'kafkajs';
import { expect } from 'vitest';
import type { KafkaJars } from '../kafka/jars.ts';
import { JavaProcess } from './java-process.ts';

export interface Member extends AsyncDisposable {
  readonly name: string;
  /** Partitions owned now. */
  owned(): readonly number[];
  /** Values read, in order. */
  read(): readonly string[];
  leave(): Promise<void>;
  /** Without a word to anybody. */
  kill(): Promise<void>;
}

interface Place {
  readonly bootstrap: string;
  readonly topic: string;
  readonly group: string;
}

interface JavaOptions {
  readonly protocol?: 'classic' | 'consumer';
  readonly assignor?: string;
  readonly instanceId?: string;
}

interface VerifiableEvent {
  readonly name: string;
  readonly partitions?: readonly { readonly partition: number }[];
  readonly value?: string;
}

/** Apache's VerifiableConsumer. */
export function javaMember(jars: KafkaJars, place: Place, options: JavaOptions = {}): Member {
  const { protocol = 'classic', assignor, instanceId } = options;
  const strategy = assignor ?? 'org.apache.kafka.clients.consumer.RoundRobinAssignor';
  const child = JavaProcess.java(jars, 'org.apache.kafka.tools.VerifiableConsumer', [
    '--bootstrap-server',
    place.bootstrap,
    '--topic',
    place.topic,
    '--group-id',
    place.group,
    '--group-protocol',
    protocol,
    '--reset-policy',
    'earliest',
    '--verbose',
    ...(protocol === 'classic'
      ? ['--session-timeout', '6000', '--assignment-strategy', strategy]
      : []),
    ...(protocol === 'consumer' && assignor !== undefined
      ? ['--group-remote-assignor', assignor]
      : []),
    ...(instanceId === undefined ? [] : ['--group-instance-id', instanceId]),
  ]);
  const events = (): VerifiableEvent[] =>
    child.lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as VerifiableEvent];
      } catch {
        return [];
      }
    });
  const name = `java ${jars.version} ${protocol}`;
  return {
    name,
    owned: () => {
      const owned = new Set<number>();
      for (const event of events()) {
        for (const { partition } of event.partitions ?? []) {
          if (event.name === 'partitions_assigned') owned.add(partition);
          if (event.name === 'partitions_revoked') owned.delete(partition);
        }
        if (event.name === 'partitions_lost') owned.clear();
      }
      return [...owned].toSorted((a, b) => a - b);
    },
    read: () =>
      events().flatMap((event) => (event.name === 'record_data' ? [event.value ?? ''] : [])),
    leave: () => child.stop(),
    kill: () => child.kill(),
    [Symbol.asyncDispose]: () => child.kill(),
  };
}

/** kafkajs with its assigner under the name that the others know. */
const roundRobin: PartitionAssigner = (config) => ({
  ...PartitionAssigners.roundRobin(config),
  name: 'roundrobin',
  protocol: ({ topics }) => ({
    name: 'roundrobin',
    metadata: AssignerProtocol.MemberMetadata.encode({
      version: 0,
      topics,
      userData: Buffer.alloc(0),
    }),
  }),
});

export async function kafkajsMember(place: Place): Promise<Member> {
  const kafka = new Kafka({ brokers: [place.bootstrap], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({
    groupId: place.group,
    sessionTimeout: 6000,
    heartbeatInterval: 300,
    maxWaitTimeInMs: 200,
    partitionAssigners: [roundRobin],
  });
  let owned: readonly number[] = [];
  const read: string[] = [];
  consumer.on('consumer.group_join', ({ payload }) => {
    owned = payload.memberAssignment[place.topic] ?? [];
  });
  consumer.on('consumer.rebalancing', () => (owned = []));
  await consumer.connect();
  await consumer.subscribe({ topic: place.topic, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      read.push(String(message.value));
      return Promise.resolve();
    },
  });
  const leave = async (): Promise<void> => {
    owned = [];
    await consumer.disconnect();
  };
  return {
    name: 'kafkajs',
    owned: () => owned.toSorted((a, b) => a - b),
    read: () => read,
    leave,
    kill: leave,
    [Symbol.asyncDispose]: leave,
  };
}

const pythonProgram = `
import json, sys
from confluent_kafka import Consumer
bootstrap, topic, group, protocol = sys.argv[1:5]
config = {'bootstrap.servers': bootstrap, 'group.id': group, 'auto.offset.reset': 'earliest'}
if protocol == 'classic':
    config.update({'session.timeout.ms': 6000, 'partition.assignment.strategy': 'roundrobin'})
else:
    config['group.protocol'] = protocol
def say(**event): print(json.dumps(event), flush=True)
consumer = Consumer(config)
def parts(ps): return [{'partition': p.partition} for p in ps]
consumer.subscribe([topic],
    on_assign=lambda c, ps: say(name='partitions_assigned', partitions=parts(ps)),
    on_revoke=lambda c, ps: say(name='partitions_revoked', partitions=parts(ps)))
import signal
running = True
def stop(*_):
    global running
    running = False
signal.signal(signal.SIGTERM, stop)
while running:
    message = consumer.poll(0.1)
    if message is not None and not message.error():
        say(name='record_data', value=message.value().decode())
consumer.close()
`;

/** confluent-kafka for Python: librdkafka. `python` is an interpreter that has it. */
export function pythonMember(
  python: string,
  place: Place,
  protocol: 'classic' | 'consumer' = 'classic',
): Member {
  const child = new JavaProcess(python, [
    '-c',
    pythonProgram,
    place.bootstrap,
    place.topic,
    place.group,
    protocol,
  ]);
  const events = (): VerifiableEvent[] =>
    child.lines.map((line) => JSON.parse(line) as VerifiableEvent);
  return {
    name: `python ${protocol}`,
    owned: () => {
      const owned = new Set<number>();
      for (const { name, partitions } of events()) {
        for (const { partition } of partitions ?? []) {
          if (name === 'partitions_assigned') owned.add(partition);
          else owned.delete(partition);
        }
      }
      return [...owned].toSorted((a, b) => a - b);
    },
    read: () => events().flatMap(({ name, value }) => (name === 'record_data' ? [value!] : [])),
    leave: () => child.stop(),
    kill: () => child.kill(),
    [Symbol.asyncDispose]: () => child.kill(),
  };
}

/** Writes `count` values `v<from>`… round the partitions; what it wrote. */
export async function produce(place: Place, from: number, count: number): Promise<string[]> {
  const kafka = new Kafka({ brokers: [place.bootstrap], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  const partitions = (await admin.fetchTopicOffsets(place.topic)).length;
  const values = Array.from({ length: count }, (_, index) => `v${from + index}`);
  await producer.send({
    topic: place.topic,
    messages: values.map((value, index) => ({ value, partition: index % partitions })),
  });
  await Promise.all([producer.disconnect(), admin.disconnect()]);
  return values;
}

/** Every partition is owned once, and every member owns some. */
export async function settled(members: readonly Member[], partitions: number): Promise<void> {
  await expect
    .poll(
      () => ({
        owned: members.flatMap((member) => member.owned()).toSorted((a, b) => a - b),
        idle: members.filter((member) => member.owned().length === 0).map(({ name }) => name),
      }),
      { timeout: 45_000, interval: 100 },
    )
    .toEqual({ owned: Array.from({ length: partitions }, (_, index) => index), idle: [] });
}

export function everythingRead(members: readonly Member[]): Set<string> {
  return new Set(members.flatMap((member) => member.read()));
}
