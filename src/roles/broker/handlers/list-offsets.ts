/** ListOffsets and OffsetForLeaderEpoch: from a time or a leadership to an offset. */
import { offsetOfMaxTimestamp } from '../../../log/index.ts';
import type { Broker } from '../broker.ts';
import { epochError } from '../fetching/read-partition.ts';
import type { Handler } from '../handler.ts';
import { errorOf } from '../log-errors.ts';
import type {
  ListOffsetsRequestTopicPartition,
  ListOffsetsResponseTopicPartition,
} from '../protocol/generated/list-offsets.ts';
import { Operation } from '../security/acl-rules.ts';
import type { Partition } from '../topics/partition.ts';
import { ErrorCode } from '../../shared/error-code.ts';

/** Times that stand for places, never renumber. */
const latest = -1;
const earliest = -2;
const maxTimestamp = -3;
const earliestLocal = -4;
const latestTiered = -5;

type Isolation = 'log_end' | 'read_uncommitted' | 'read_committed';

export function listOffsets(broker: Broker): Handler<'listOffsets'> {
  return async (request, context) => {
    const isolation: Isolation =
      request.replicaId !== -1
        ? 'log_end'
        : request.isolation === 1
          ? 'read_committed'
          : 'read_uncommitted';
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { name, partitions } of request.topics) {
      for (const { index } of partitions) {
        const key = `${name}-${index}`;
        if (seen.has(key)) twice.add(key);
        seen.add(key);
      }
    }
    const topics = [];
    for (const { name, partitions } of request.topics) {
      const mayKnow = broker.authorizer.allowsTopic(context, Operation.describe, name);
      const answers: ListOffsetsResponseTopicPartition[] = [];
      for (const asked of partitions) {
        const partition = broker.topics.partition(name, asked.index);
        if (!mayKnow) answers.push(failed(asked.index, ErrorCode.topicAuthorizationFailed));
        else if (twice.has(`${name}-${asked.index}`)) {
          answers.push(failed(asked.index, ErrorCode.invalidRequest));
        } else if (partition === undefined) {
          answers.push(failed(asked.index, ErrorCode.unknownTopicOrPartition));
        } else answers.push(await lookUp(partition, asked, isolation, context.version));
      }
      topics.push({ name, partitions: answers });
    }
    return { throttleMs: 0, topics };
  };
}

async function lookUp(
  partition: Partition,
  asked: ListOffsetsRequestTopicPartition,
  isolation: Isolation,
  version: number,
): Promise<ListOffsetsResponseTopicPartition> {
  const { index, timestamp } = asked;
  const { log } = partition;
  const refusal = epochError(partition, asked.currentLeaderEpoch);
  if (refusal !== ErrorCode.none) return failed(index, refusal);
  const at = (offset: number, leaderEpoch: number, time = -1) => {
    return { index, error: ErrorCode.none, timestamp: time, offset, leaderEpoch };
  };
  try {
    if (timestamp === latest) {
      const offset =
        isolation === 'log_end'
          ? log.logEndOffset
          : isolation === 'read_committed'
            ? log.lastStableOffset
            : log.highWatermark;
      return at(offset, partition.leaderEpoch);
    }
    if (timestamp === earliest || (timestamp === earliestLocal && version >= 8)) {
      return at(log.logStartOffset, log.core.epochs.epochFor(log.logStartOffset));
    }
    if (timestamp === latestTiered && version >= 9) return at(-1, -1);
    if (timestamp === maxTimestamp && version >= 7) {
      const found = offsetOfMaxTimestamp(log.core);
      return found === undefined
        ? at(-1, -1)
        : at(found.offset, found.leaderEpoch, found.timestamp);
    }
    if (timestamp < 0) return failed(index, ErrorCode.unsupportedVersion);
    const found = await log.offsetForTimestamp(timestamp, { isolation });
    return found === undefined ? at(-1, -1) : at(found.offset, found.leaderEpoch, found.timestamp);
  } catch (error) {
    return failed(index, errorOf(error));
  }
}

function failed(index: number, error: ErrorCode): ListOffsetsResponseTopicPartition {
  return { index, error, timestamp: -1, offset: -1, leaderEpoch: -1 };
}

export function offsetForLeaderEpoch(broker: Broker): Handler<'offsetForLeaderEpoch'> {
  return (request, context) => ({
    throttleMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, currentLeaderEpoch, leaderEpoch }) => {
        const refused = (error: ErrorCode) => ({ error, index, leaderEpoch: -1, endOffset: -1 });
        if (!broker.authorizer.allowsTopic(context, Operation.describe, name)) {
          return refused(ErrorCode.topicAuthorizationFailed);
        }
        const partition = broker.topics.partition(name, index);
        if (partition === undefined) return refused(ErrorCode.unknownTopicOrPartition);
        const error = epochError(partition, currentLeaderEpoch);
        if (error !== ErrorCode.none) return refused(error);
        const { log } = partition;
        const end = log.core.epochs.endOffsetFor(leaderEpoch, log.logEndOffset);
        return { error, index, leaderEpoch: end.epoch, endOffset: end.endOffset };
      }),
    })),
  });
}
