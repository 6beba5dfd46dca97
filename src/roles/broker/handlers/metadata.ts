/** Metadata: the brokers, the topics with their leaders; makes topics that are asked for. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type {
  MetadataRequest,
  MetadataResponse,
  MetadataResponseTopic,
} from '../protocol/generated/metadata.ts';
import { zeroUuid } from '../protocol/wire.ts';
import type { RequestContext } from '../request-context.ts';
import { clusterName, Operation, operationsNotAsked, Resource } from '../security/acl-rules.ts';
import { isInternalTopic, isTopicName, type Topic } from '../topics/topic.ts';
import { ErrorCode } from '../../shared/error-code.ts';

export function metadata(broker: Broker): Handler<'metadata'> {
  return (request, context) => {
    const { authorizer } = broker;
    const { host, port } = context.endpoint;
    const answer = (topics: MetadataResponseTopic[]): MetadataResponse => ({
      throttleMs: 0,
      brokers: [{ nodeId: broker.nodeId, host, port, rack: broker.rack }],
      clusterId: broker.clusterId,
      controllerId: broker.nodeId,
      topics,
      clusterOps: request.includeClusterOps
        ? authorizer.operations(context, Resource.cluster, clusterName)
        : operationsNotAsked,
    });
    const found = describeTopics(broker, request, context);
    // Mostly nothing has to be made, and nobody has to wait.
    if (found.every(isAnswer)) return answer(found);
    return makeMissing(broker, found, request, context).then(answer);
  };
}

/** The name of a topic that is to be made first. */
interface Missing {
  readonly missing: string;
}

function isAnswer(found: MetadataResponseTopic | Missing): found is MetadataResponseTopic {
  return !('missing' in found);
}

async function makeMissing(
  broker: Broker,
  found: readonly (MetadataResponseTopic | Missing)[],
  request: MetadataRequest,
  context: RequestContext,
): Promise<MetadataResponseTopic[]> {
  const topics: MetadataResponseTopic[] = [];
  for (const one of found) {
    if (isAnswer(one)) {
      topics.push(one);
      continue;
    }
    const partitions = broker.config.number('num.partitions');
    const topic = await broker.topics.create(one.missing, { partitions });
    topics.push(describe(broker, topic, request, context));
  }
  return topics;
}

function describeTopics(
  broker: Broker,
  request: MetadataRequest,
  context: RequestContext,
): (MetadataResponseTopic | Missing)[] {
  const isAll = request.topics === null || (context.version === 0 && request.topics.length === 0);
  if (isAll) {
    return broker.topics
      .all()
      .filter(({ name }) => broker.authorizer.allowsTopic(context, Operation.describe, name))
      .map((topic) => describe(broker, topic, request, context));
  }
  return request.topics!.map((asked) => describeAsked(broker, asked, request, context));
}

function describeAsked(
  broker: Broker,
  asked: { readonly topicId: string; readonly name: string | null },
  request: MetadataRequest,
  context: RequestContext,
): MetadataResponseTopic | Missing {
  const { topics, authorizer } = broker;
  if (asked.name === null || (asked.topicId !== zeroUuid && context.version >= 10)) {
    const topic = topics.byId(asked.topicId);
    const mayKnow =
      topic !== undefined && authorizer.allowsTopic(context, Operation.describe, topic.name);
    if (!mayKnow) return unknown(null, asked.topicId, ErrorCode.unknownTopicId);
    return describe(broker, topic, request, context);
  }
  const { name } = asked;
  if (!authorizer.allowsTopic(context, Operation.describe, name)) {
    return unknown(name, zeroUuid, ErrorCode.topicAuthorizationFailed);
  }
  const present = topics.get(name);
  if (present !== undefined) return describe(broker, present, request, context);
  if (!isTopicName(name)) return unknown(name, zeroUuid, ErrorCode.invalidTopic);
  // Coordinators make theirs themselves.
  const mayMake =
    request.allowAutoCreate &&
    broker.config.boolean('auto.create.topics.enable') &&
    !isInternalTopic(name);
  if (!mayMake) return unknown(name, zeroUuid, ErrorCode.unknownTopicOrPartition);
  const isAllowed =
    authorizer.allowsCluster(context, Operation.create) ||
    authorizer.allowsTopic(context, Operation.create, name);
  if (!isAllowed) return unknown(name, zeroUuid, ErrorCode.topicAuthorizationFailed);
  if (topics.collidesWith(name) !== undefined) {
    return unknown(name, zeroUuid, ErrorCode.invalidTopic);
  }
  return { missing: name };
}

function describe(
  broker: Broker,
  topic: Topic,
  request: MetadataRequest,
  context: RequestContext,
): MetadataResponseTopic {
  const { nodeId, authorizer } = broker;
  return {
    error: ErrorCode.none,
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.isInternal,
    partitions: topic.partitions.map(({ index, leaderEpoch }) => ({
      error: ErrorCode.none,
      index,
      leader: nodeId,
      leaderEpoch,
      replicas: [nodeId],
      isr: [nodeId],
      offline: [],
    })),
    topicOps: request.includeTopicOps
      ? authorizer.operations(context, Resource.topic, topic.name)
      : operationsNotAsked,
  };
}

function unknown(name: string | null, topicId: string, error: ErrorCode): MetadataResponseTopic {
  return {
    error,
    name,
    topicId,
    isInternal: false,
    partitions: [],
    topicOps: operationsNotAsked,
  };
}
