/**
 * OffsetCommit and TxnOffsetCommit.
 *
 * Upstream: apache/kafka: group-coordinator/.../OffsetMetadataManager.java, ClassicGroup.java
 * (validateOffsetCommit), ConsumerGroup.java (validateOffsetCommit).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { OffsetCommitRequest } from '../protocol/generated/offset-commit.ts';
import type { TxnOffsetCommitRequest } from '../protocol/generated/txn-offset-commit.ts';
import { startSessionTimer } from './classic-rebalance.ts';
import type { ClassicGroup } from './classic-state.ts';
import type { ConsumerGroup } from './consumer-state.ts';
import type { RequestOrigin } from './messages.ts';
import { applyOffset, applyPendingOffset } from './offset-apply.ts';
import { GroupRecordType, type OffsetRecord } from './records.ts';
import type { Group, OffsetsPartition, PendingWrite } from './state.ts';
import { groupOrNew, persist, reply, type Turn } from './turn.ts';
import { validateClassicMember } from './validation.ts';

interface Claim {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
  readonly transactional: boolean;
  readonly version: number;
}

interface AskedTopic {
  readonly name: string;
  readonly partitions: readonly {
    readonly index: number;
    readonly offset: number;
    readonly leaderEpoch: number;
    readonly metadata: string | null;
  }[];
}

interface AnsweredTopic {
  name: string;
  partitions: { index: number; error: number }[];
}

export function commitOffsets(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: OffsetCommitRequest,
): void {
  const error = refusalOf(partition, {
    groupId: request.groupId,
    memberId: request.memberId,
    instanceId: request.instanceId,
    generation: request.generationOrEpoch,
    transactional: false,
    version: origin.version,
  });
  if (error !== ErrorCode.none) {
    const topics = failedTopics(request.topics, error);
    reply(turn, origin, { throttleMs: 0, topics }, partition);
    return;
  }
  const group = groupOrNew(turn, partition, request.groupId);
  countAsHeartbeat(turn, group, request.memberId);
  const expireMs = request.retentionMs < 0 ? -1 : turn.nowMs + request.retentionMs;
  const { topics, records } = recordsOf(turn, request, expireMs);
  if (records.length > 0) {
    persist(turn, partition, records);
    for (const record of records) applyOffset(turn, partition, record);
  }
  reply(turn, origin, { throttleMs: 0, topics }, partition);
}

/** Takes effect only when its write is durable: the log may refuse the producer's epoch. */
export function commitInTransaction(
  turn: Turn,
  partition: OffsetsPartition,
  origin: RequestOrigin,
  request: TxnOffsetCommitRequest,
): void {
  const { groupId, producerId, producerEpoch } = request;
  const error = refusalOf(partition, {
    groupId,
    memberId: request.memberId,
    instanceId: request.instanceId,
    generation: request.generation,
    transactional: true,
    version: origin.version,
  });
  if (error !== ErrorCode.none) {
    const stale = error === ErrorCode.staleMemberEpoch ? ErrorCode.illegalGeneration : error;
    const topics = failedTopics(request.topics, stale);
    reply(turn, origin, { throttleMs: 0, topics }, partition);
    return;
  }
  const { topics, records } = recordsOf(turn, request, -1);
  const response = { throttleMs: 0, topics };
  if (records.length === 0) {
    reply(turn, origin, response, partition);
    return;
  }
  const producer = { producerId, epoch: producerEpoch };
  const ticket = persist(turn, partition, records, producer);
  turn.state.writes.set(ticket, {
    of: 'transactionalOffsets',
    groupId,
    producerId,
    records,
    origin,
    response,
  });
}

type TransactionalWrite = Extract<PendingWrite, { of: 'transactionalOffsets' }>;

export function transactionalOffsetsStored(
  turn: Turn,
  partition: OffsetsPartition,
  write: TransactionalWrite,
  error: ErrorCode,
): void {
  if (error !== ErrorCode.none) {
    const topics = write.response.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index }) => ({ index, error })),
    }));
    reply(turn, write.origin, { throttleMs: 0, topics });
    return;
  }
  for (const record of write.records) {
    applyPendingOffset(turn, partition, write.producerId, record);
  }
  reply(turn, write.origin, write.response);
}

function failedTopics(topics: readonly AskedTopic[], error: ErrorCode): AnsweredTopic[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index }) => ({ index, error })),
  }));
}

function recordsOf(
  turn: Turn,
  request: { readonly groupId: string; readonly topics: readonly AskedTopic[] },
  expireTimestampMs: number,
): { topics: AnsweredTopic[]; records: OffsetRecord[] } {
  const records: OffsetRecord[] = [];
  const most = turn.state.config['offset.metadata.max.bytes'];
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => {
      const { index } = asked;
      const metadata = asked.metadata ?? '';
      const known = turn.state.topics.get(name);
      if (known === undefined || index < 0 || index >= known.partitionCount) {
        return { index, error: ErrorCode.unknownTopicOrPartition };
      }
      if (metadata.length > most) return { index, error: ErrorCode.offsetMetadataTooLarge };
      records.push({
        type: GroupRecordType.offset,
        groupId: request.groupId,
        topic: name,
        partition: index,
        value: {
          offset: asked.offset,
          leaderEpoch: asked.leaderEpoch,
          metadata,
          commitTimestampMs: turn.nowMs,
          expireTimestampMs,
        },
      });
      return { index, error: ErrorCode.none };
    }),
  }));
  return { topics, records };
}

function refusalOf(partition: OffsetsPartition, claim: Claim): ErrorCode {
  const group = partition.groups.get(claim.groupId);
  if (group === undefined) {
    if (claim.generation < 0) return ErrorCode.none;
    // Clients that know of epochs are told that the group went away.
    return claim.version >= epochVersion && !claim.transactional
      ? ErrorCode.groupIdNotFound
      : ErrorCode.illegalGeneration;
  }
  const { members } = group;
  return members.type === 'classic'
    ? classicRefusal(members, claim)
    : consumerRefusal(members, claim);
}

/** From here on OffsetCommit speaks of member epochs. */
const epochVersion = 9;

function classicRefusal(members: ClassicGroup, claim: Claim): ErrorCode {
  if (members.state === 'Dead') return ErrorCode.coordinatorNotAvailable;
  if (claim.generation < 0 && members.state === 'Empty') return ErrorCode.none;
  if (claim.generation >= 0 || claim.memberId !== '' || claim.instanceId !== null) {
    const error = validateClassicMember(members, claim);
    if (error !== ErrorCode.none) return error;
    if (claim.generation !== members.generation) return ErrorCode.illegalGeneration;
  } else if (!claim.transactional) {
    return ErrorCode.unknownMemberId;
  }
  if (members.state === 'CompletingRebalance') return ErrorCode.rebalanceInProgress;
  return ErrorCode.none;
}

function consumerRefusal(members: ConsumerGroup, claim: Claim): ErrorCode {
  if (claim.generation < 0 && members.members.size === 0) return ErrorCode.none;
  if (claim.transactional && claim.memberId === '' && claim.generation < 0) return ErrorCode.none;
  const member = members.members.get(claim.memberId);
  if (member === undefined) return ErrorCode.unknownMemberId;
  if (!claim.transactional && claim.version < epochVersion) return ErrorCode.unsupportedVersion;
  return claim.generation === member.memberEpoch ? ErrorCode.none : ErrorCode.staleMemberEpoch;
}

function countAsHeartbeat(turn: Turn, group: Group, memberId: string): void {
  const { members } = group;
  if (members.type !== 'classic') return;
  if (members.state !== 'Stable' && members.state !== 'PreparingRebalance') return;
  const member = members.members.get(memberId);
  if (member !== undefined) startSessionTimer(turn, { group, members }, member);
}
