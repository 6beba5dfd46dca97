/** DeleteRecords, and what one broker says of elections and reassignments. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import { errorOf } from '../log-errors.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation } from '../security/acl-rules.ts';
import { ErrorCode } from '../../shared/error-code.ts';

const toHighWatermark = -1;

export function deleteRecords(broker: Broker): Handler<'deleteRecords'> {
  return async (request, context) => {
    const topics = [];
    for (const { name, partitions } of request.topics) {
      const answers = [];
      for (const { index, offset } of partitions) {
        answers.push(await deleteBefore(broker, { name, index, offset }, context));
      }
      topics.push({ name, partitions: answers });
    }
    return { throttleMs: 0, topics };
  };
}

async function deleteBefore(
  broker: Broker,
  {
    name,
    index,
    offset,
  }: { readonly name: string; readonly index: number; readonly offset: number },
  context: RequestContext,
) {
  const refused = (error: ErrorCode) => ({ index, lowWatermark: -1, error });
  if (!broker.authorizer.allowsTopic(context, Operation.delete, name)) {
    return refused(ErrorCode.topicAuthorizationFailed);
  }
  const partition = broker.topics.partition(name, index);
  if (partition === undefined) return refused(ErrorCode.unknownTopicOrPartition);
  const { log } = partition;
  if (!log.config['cleanup.policy'].includes('delete')) return refused(ErrorCode.policyViolation);
  const before = offset === toHighWatermark ? log.highWatermark : offset;
  if (before < 0 || before > log.highWatermark) return refused(ErrorCode.offsetOutOfRange);
  try {
    await log.deleteRecordsBefore(before);
    partition.wake();
    return { index, lowWatermark: log.logStartOffset, error: ErrorCode.none };
  } catch (error) {
    return refused(errorOf(error));
  }
}

/** The one replica leads already. */
export function electLeaders(broker: Broker): Handler<'electLeaders'> {
  return (request, context) => {
    if (!broker.authorizer.allowsCluster(context, Operation.alter)) {
      return { throttleMs: 0, error: ErrorCode.clusterAuthorizationFailed, results: [] };
    }
    const results = (request.topics ?? []).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((index) => {
        const isThere = broker.topics.partition(name, index) !== undefined;
        const error = isThere ? ErrorCode.electionNotNeeded : ErrorCode.unknownTopicOrPartition;
        const message = isThere
          ? 'Leader election not needed for topic partition.'
          : 'No such partition.';
        return { index, error, message };
      }),
    }));
    return { throttleMs: 0, error: ErrorCode.none, results };
  };
}

/** Only [this broker] can be the replicas; that they are already. */
export function alterPartitionReassignments(
  broker: Broker,
): Handler<'alterPartitionReassignments'> {
  return (request, context) => {
    const isAllowed = broker.authorizer.allowsCluster(context, Operation.alter);
    const error = isAllowed ? ErrorCode.none : ErrorCode.clusterAuthorizationFailed;
    const topics = (isAllowed ? request.topics : []).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, replicas }) => {
        const answer = (code: ErrorCode, message: string | null) => ({
          index,
          error: code,
          message,
        });
        if (broker.topics.partition(name, index) === undefined) {
          return answer(ErrorCode.unknownTopicOrPartition, 'No such partition.');
        }
        if (replicas === null) return answer(ErrorCode.noReassignmentInProgress, null);
        if (replicas.length === 1 && replicas[0] === broker.nodeId) {
          return answer(ErrorCode.none, null);
        }
        return answer(ErrorCode.invalidReplicaAssignment, `replicas have to be [${broker.nodeId}]`);
      }),
    }));
    return { throttleMs: 0, error, message: null, topics };
  };
}

export function listPartitionReassignments(_broker: Broker): Handler<'listPartitionReassignments'> {
  return () => ({ throttleMs: 0, error: ErrorCode.none, message: null, topics: [] });
}
