/** CreateTopics, CreatePartitions, DeleteTopics. */
import { StoreError } from '../../../../native-free-io/index.ts';
import type { Broker } from '../broker.ts';
import { checkTopicConfig, describeTopicConfig } from '../config/topic-config.ts';
import type { Handler } from '../handler.ts';
import { errorOf } from '../log-errors.ts';
import type {
  CreateTopicsRequest,
  CreateTopicsRequestTopic,
  CreateTopicsResponseTopic,
} from '../protocol/generated/create-topics.ts';
import type { CreatePartitionsRequestTopic } from '../protocol/generated/create-partitions.ts';
import { zeroUuid } from '../protocol/wire.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation } from '../security/acl-rules.ts';
import { clusterMetadataTopic, isInternalTopic, isTopicName } from '../topics/topic.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { ConfigSource } from './describe-configs.ts';

/** More would take longer to make than any client waits. */
const maxPartitions = 10_000;

/** Why a request for one thing is refused. */
class Refusal extends Error {
  readonly error: ErrorCode;

  constructor(error: ErrorCode, message: string) {
    super(message);
    this.error = error;
  }
}

export function createTopics(broker: Broker): Handler<'createTopics'> {
  return async (request, context) => {
    const names = request.topics.map(({ name }) => name);
    const topics: CreateTopicsResponseTopic[] = [];
    for (const wanted of request.topics) {
      const isTwice = names.filter((name) => name === wanted.name).length > 1;
      if (isTwice && topics.some(({ name }) => name === wanted.name)) continue;
      topics.push(await createOne(broker, wanted, { request, context, isTwice }));
    }
    return { throttleMs: 0, topics };
  };
}

async function createOne(
  broker: Broker,
  wanted: CreateTopicsRequestTopic,
  asked: {
    readonly request: CreateTopicsRequest;
    readonly context: RequestContext;
    readonly isTwice: boolean;
  },
): Promise<CreateTopicsResponseTopic> {
  const answer: CreateTopicsResponseTopic = {
    name: wanted.name,
    topicId: zeroUuid,
    error: ErrorCode.none,
    message: null,
    configError: ErrorCode.none,
    numPartitions: -1,
    replicationFactor: -1,
    configs: null,
  };
  try {
    if (asked.isTwice) throw new Refusal(ErrorCode.invalidRequest, 'named twice in one request');
    const partitions = checkNew(broker, wanted, asked.context);
    const config = Object.fromEntries(wanted.configs.map(({ name, value }) => [name, value ?? '']));
    checkConfig(config);
    if (!asked.request.validateOnly) {
      answer.topicId = (await broker.topics.create(wanted.name, { partitions, config })).id;
    }
    answer.numPartitions = partitions;
    answer.replicationFactor = 1;
    answer.configs = describeTopicConfig(broker.topics.settingsOf(config)).map((setting) => ({
      name: setting.name,
      value: setting.value,
      readOnly: false,
      source: Object.hasOwn(config, setting.name) ? ConfigSource.topic : ConfigSource.default,
      sensitive: false,
    }));
  } catch (error) {
    answer.error = error instanceof Refusal ? error.error : errorOf(error);
    answer.message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Refusal)) tell(broker, wanted.name, error);
  }
  return answer;
}

/** Number of partitions of a topic that may be made. */
function checkNew(
  broker: Broker,
  wanted: CreateTopicsRequestTopic,
  context: RequestContext,
): number {
  const { name } = wanted;
  const { authorizer, topics, config, nodeId } = broker;
  const isAllowed =
    authorizer.allowsCluster(context, Operation.create) ||
    authorizer.allowsTopic(context, Operation.create, name);
  if (!isAllowed) throw new Refusal(ErrorCode.topicAuthorizationFailed, 'not allowed');
  if (!isTopicName(name) || name === clusterMetadataTopic) {
    throw new Refusal(ErrorCode.invalidTopic, `Topic name is invalid: '${name}'`);
  }
  if (topics.get(name) !== undefined) {
    throw new Refusal(ErrorCode.topicAlreadyExists, `Topic '${name}' already exists.`);
  }
  const other = topics.collidesWith(name);
  if (other !== undefined) {
    throw new Refusal(ErrorCode.invalidTopic, `Topic '${name}' collides with '${other}'`);
  }
  if (wanted.assignments.length > 0) return checkAssignments(wanted, nodeId);
  const { numPartitions, replicationFactor } = wanted;
  if (numPartitions !== -1 && (numPartitions < 1 || numPartitions > maxPartitions)) {
    throw new Refusal(ErrorCode.invalidPartitions, `${numPartitions} partitions: 1 to 10000`);
  }
  if (replicationFactor !== -1 && replicationFactor !== 1) {
    const reason = `Replication factor ${replicationFactor}: there is one broker`;
    throw new Refusal(ErrorCode.invalidReplicationFactor, reason);
  }
  return numPartitions === -1 ? config.number('num.partitions') : numPartitions;
}

function checkAssignments(wanted: CreateTopicsRequestTopic, nodeId: number): number {
  const { assignments, numPartitions, replicationFactor } = wanted;
  if (numPartitions !== -1 || replicationFactor !== -1) {
    throw new Refusal(ErrorCode.invalidRequest, 'counts and assignments exclude each other');
  }
  const sorted = assignments.toSorted((a, b) => a.index - b.index);
  const isFine = sorted.every(
    ({ index, brokers }, at) => index === at && brokers.length === 1 && brokers[0] === nodeId,
  );
  if (!isFine) {
    throw new Refusal(ErrorCode.invalidReplicaAssignment, `replicas have to be [${nodeId}]`);
  }
  return sorted.length;
}

function checkConfig(config: Readonly<Record<string, string>>): void {
  try {
    checkTopicConfig(config);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new Refusal(ErrorCode.invalidConfig, error.message);
  }
}

function tell(broker: Broker, topic: string, error: unknown): void {
  broker.env.logger.log('error', 'a topic could not be changed', { topic, error: String(error) });
}

export function createPartitions(broker: Broker): Handler<'createPartitions'> {
  return async (request, context) => {
    const results = [];
    for (const wanted of request.topics) {
      try {
        await growOne(broker, wanted, context, request.validateOnly);
        results.push({ name: wanted.name, error: ErrorCode.none, message: null });
      } catch (error) {
        const code = error instanceof Refusal ? error.error : errorOf(error);
        const message = error instanceof Error ? error.message : String(error);
        results.push({ name: wanted.name, error: code, message });
      }
    }
    return { throttleMs: 0, results };
  };
}

async function growOne(
  broker: Broker,
  wanted: CreatePartitionsRequestTopic,
  context: RequestContext,
  validateOnly: boolean,
): Promise<void> {
  const { name, count, assignments } = wanted;
  if (!broker.authorizer.allowsTopic(context, Operation.alter, name)) {
    throw new Refusal(ErrorCode.topicAuthorizationFailed, 'not allowed');
  }
  const topic = broker.topics.get(name);
  if (topic === undefined) {
    throw new Refusal(ErrorCode.unknownTopicOrPartition, `no topic '${name}'`);
  }
  const present = topic.partitions.length;
  if (count <= present || count > maxPartitions) {
    const reason = `Topic currently has ${present} partitions, which is not less than ${count}.`;
    throw new Refusal(ErrorCode.invalidPartitions, reason);
  }
  if (assignments !== null) {
    const isFine =
      assignments.length === count - present &&
      assignments.every(({ brokers }) => brokers.length === 1 && brokers[0] === broker.nodeId);
    if (!isFine) throw new Refusal(ErrorCode.invalidReplicaAssignment, 'wrong assignments');
  }
  if (!validateOnly) await broker.topics.grow(topic, count);
}

export function deleteTopics(broker: Broker): Handler<'deleteTopics'> {
  return async (request, context) => {
    const asked: readonly { readonly name: string | null; readonly topicId: string }[] =
      context.version >= 6
        ? request.topics
        : request.names.map((name) => ({ name, topicId: zeroUuid }));
    const results = [];
    for (const { name, topicId } of asked) {
      const topic = name === null ? broker.topics.byId(topicId) : broker.topics.get(name);
      const answer = (error: ErrorCode, message: string | null = null) => {
        return { name: name ?? topic?.name ?? null, topicId: topic?.id ?? topicId, error, message };
      };
      const isAllowed = broker.authorizer.allowsTopic(
        context,
        Operation.delete,
        name ?? topic?.name ?? '',
      );
      if (!isAllowed) results.push(answer(ErrorCode.topicAuthorizationFailed));
      else if (topic === undefined) {
        const isById = name === null;
        results.push(answer(isById ? ErrorCode.unknownTopicId : ErrorCode.unknownTopicOrPartition));
      } else if (!broker.config.boolean('delete.topic.enable') || isInternalTopic(topic.name)) {
        const isInternal = isInternalTopic(topic.name);
        results.push(
          answer(isInternal ? ErrorCode.invalidRequest : ErrorCode.topicDeletionDisabled),
        );
      } else {
        await broker.topics.delete(topic);
        results.push(answer(ErrorCode.none));
      }
    }
    return { throttleMs: 0, results };
  };
}
