/** What a broker tells about itself and its logs: cluster, partitions, log folders, producers. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type { DescribeTopicPartitionsResponseTopic } from '../protocol/generated/describe-topic-partitions.ts';
import { zeroUuid } from '../protocol/wire.ts';
import { clusterName, Operation, operationsNotAsked, Resource } from '../security/acl-rules.ts';
import type { Partition } from '../topics/partition.ts';
import { ErrorCode } from '../../shared/error-code.ts';

export function describeCluster(broker: Broker): Handler<'describeCluster'> {
  return (request, context) => {
    const { host, port } = context.endpoint;
    const isBrokers = request.endpointType === 1;
    return {
      throttleMs: 0,
      error: isBrokers ? ErrorCode.none : ErrorCode.unsupportedEndpointType,
      message: isBrokers ? null : 'only endpoints of brokers are known',
      endpointType: request.endpointType,
      clusterId: broker.clusterId,
      controllerId: broker.nodeId,
      brokers: isBrokers ? [{ id: broker.nodeId, host, port, rack: broker.rack }] : [],
      ops: request.includeOps
        ? broker.authorizer.operations(context, Resource.cluster, clusterName)
        : operationsNotAsked,
    };
  };
}

export function describeTopicPartitions(broker: Broker): Handler<'describeTopicPartitions'> {
  return (request, context) => {
    const { topics, authorizer, nodeId } = broker;
    const names =
      request.topics.length > 0
        ? request.topics.map(({ name }) => name)
        : topics.all().map(({ name }) => name);
    const from = request.cursor;
    const sorted = [...new Set(names)]
      .toSorted()
      .filter((name) => from === null || name >= from.topic);
    let left = Math.min(Math.max(1, request.limit), 2000);
    const answers: DescribeTopicPartitionsResponseTopic[] = [];
    for (const name of sorted) {
      if (left <= 0)
        return { throttleMs: 0, topics: answers, nextCursor: { topic: name, index: 0 } };
      if (!authorizer.allowsTopic(context, Operation.describe, name)) {
        if (request.topics.length > 0)
          answers.push(noTopic(name, ErrorCode.topicAuthorizationFailed));
        continue;
      }
      const topic = topics.get(name);
      if (topic === undefined) {
        answers.push(noTopic(name, ErrorCode.unknownTopicOrPartition));
        continue;
      }
      const first = from?.topic === name ? Math.max(0, from.index) : 0;
      const shown = topic.partitions.filter(({ index }) => index >= first && index < first + left);
      left -= shown.length;
      answers.push({
        error: ErrorCode.none,
        name,
        topicId: topic.id,
        isInternal: topic.isInternal,
        partitions: shown.map(({ index, leaderEpoch }) => ({
          error: ErrorCode.none,
          index,
          leader: nodeId,
          leaderEpoch,
          replicas: [nodeId],
          isr: [nodeId],
          elr: [],
          lastElr: [],
          offline: [],
        })),
        ops: authorizer.operations(context, Resource.topic, name),
      });
      const next = first + shown.length;
      if (next < topic.partitions.length) {
        return { throttleMs: 0, topics: answers, nextCursor: { topic: name, index: next } };
      }
    }
    return { throttleMs: 0, topics: answers, nextCursor: null };
  };
}

function noTopic(name: string, error: ErrorCode): DescribeTopicPartitionsResponseTopic {
  return {
    error,
    name,
    topicId: zeroUuid,
    isInternal: false,
    partitions: [],
    ops: operationsNotAsked,
  };
}

export function describeLogDirs(broker: Broker): Handler<'describeLogDirs'> {
  return async (request, context) => {
    if (!broker.authorizer.allowsCluster(context, Operation.describe)) {
      return { throttleMs: 0, error: ErrorCode.clusterAuthorizationFailed, dirs: [] };
    }
    const { directory } = broker.topics;
    const wanted = request.topics?.map(({ name, partitions }) => ({ name, indexes: partitions }));
    const asked =
      wanted ??
      broker.topics.all().map(({ name, partitions }) => ({
        name,
        indexes: partitions.map(({ index }) => index),
      }));
    const topics = asked.flatMap(({ name, indexes }) => {
      const found = indexes
        .map((index) => broker.topics.partition(name, index))
        .filter((partition) => partition !== undefined);
      if (found.length === 0) return [];
      const partitions = found.map(({ index, log }) => ({
        index,
        size: log.sizeBytes,
        lag: 0,
        isFuture: false,
      }));
      return [{ name, partitions }];
    });
    const space = await broker.env.fs.space(directory.dir).catch(() => undefined);
    const dir = {
      error: ErrorCode.none,
      dir: directory.dir,
      topics,
      total: space?.total ?? -1,
      usable: space?.available ?? -1,
    };
    return { throttleMs: 0, error: ErrorCode.none, dirs: [dir] };
  };
}

export function alterReplicaLogDirs(broker: Broker): Handler<'alterReplicaLogDirs'> {
  return (request) => ({
    throttleMs: 0,
    results: request.dirs.flatMap(({ path, topics }) =>
      topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((index) => {
          const isHere = path === broker.topics.directory.dir;
          const isThere = broker.topics.partition(name, index) !== undefined;
          const error = !isHere
            ? ErrorCode.logDirNotFound
            : isThere
              ? ErrorCode.none
              : ErrorCode.unknownTopicOrPartition;
          return { index, error };
        }),
      })),
    ),
  });
}

export function describeProducers(broker: Broker): Handler<'describeProducers'> {
  return (request, context) => ({
    throttleMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((index) => {
        const mayRead = broker.authorizer.allowsTopic(context, Operation.read, name);
        const partition = broker.topics.partition(name, index);
        const error = !mayRead
          ? ErrorCode.topicAuthorizationFailed
          : partition === undefined
            ? ErrorCode.unknownTopicOrPartition
            : ErrorCode.none;
        const producers = mayRead && partition !== undefined ? producersOf(partition) : [];
        return { index, error, message: null, producers };
      }),
    })),
  });
}

function producersOf(partition: Partition) {
  return [...partition.log.core.producers.producers()].map((entry) => ({
    producerId: Number(entry.producerId),
    epoch: entry.epoch,
    lastSequence: entry.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: entry.lastTimestamp,
    coordinatorEpoch: entry.coordinatorEpoch,
    txnStart: entry.txnFirstOffset,
  }));
}
