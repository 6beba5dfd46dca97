/**
 * Records of `__consumer_offsets` as bytes: Kafka's own formats, so that its brokers and tools read
 * what we write and the other way round.
 *
 * Values are written in the newest version that is not flexible (offset 3, or 1 where it carries
 * its own expiry; group 3); every version is read. Unknown kinds of keys are passed over, as
 * upstream does: newer brokers add kinds. Format doc: docs/formats/coordinators.md.
 */
import type { KeyedBytes } from '../coordinator/coordinator-log.ts';
import {
  decodeGroupCurrentKey,
  encodeGroupCurrentKey,
} from '../protocol/generated/group-current-key.ts';
import {
  decodeGroupCurrentValue,
  encodeGroupCurrentValue,
} from '../protocol/generated/group-current-value.ts';
import { decodeGroupEpochKey, encodeGroupEpochKey } from '../protocol/generated/group-epoch-key.ts';
import {
  decodeGroupEpochValue,
  encodeGroupEpochValue,
} from '../protocol/generated/group-epoch-value.ts';
import {
  decodeGroupMemberKey,
  encodeGroupMemberKey,
} from '../protocol/generated/group-member-key.ts';
import {
  decodeGroupMemberValue,
  encodeGroupMemberValue,
} from '../protocol/generated/group-member-value.ts';
import {
  decodeGroupMetadataKey,
  encodeGroupMetadataKey,
} from '../protocol/generated/group-metadata-key.ts';
import {
  decodeGroupMetadataValue,
  encodeGroupMetadataValue,
} from '../protocol/generated/group-metadata-value.ts';
import {
  decodeGroupTargetEpochKey,
  encodeGroupTargetEpochKey,
} from '../protocol/generated/group-target-epoch-key.ts';
import {
  decodeGroupTargetEpochValue,
  encodeGroupTargetEpochValue,
} from '../protocol/generated/group-target-epoch-value.ts';
import {
  decodeGroupTargetKey,
  encodeGroupTargetKey,
} from '../protocol/generated/group-target-key.ts';
import {
  decodeGroupTargetValue,
  encodeGroupTargetValue,
} from '../protocol/generated/group-target-value.ts';
import {
  decodeGroupTopicsKey,
  encodeGroupTopicsKey,
} from '../protocol/generated/group-topics-key.ts';
import {
  decodeGroupTopicsValue,
  encodeGroupTopicsValue,
} from '../protocol/generated/group-topics-value.ts';
import {
  decodeOffsetCommitKey,
  encodeOffsetCommitKey,
} from '../protocol/generated/offset-commit-key.ts';
import {
  decodeOffsetCommitValue,
  encodeOffsetCommitValue,
} from '../protocol/generated/offset-commit-value.ts';
import {
  GroupRecordType,
  type ClassicGroupRecord,
  type ClassicGroupValue,
  type GroupRecord,
  type OffsetRecord,
  type OffsetValue,
  type TopicIdPartitions,
} from './records.ts';

const offsetVersion = 3;
/** The only version that carries an expiry. */
const expiringOffsetVersion = 1;
const groupVersion = 3;

export function encodeRecord(record: GroupRecord): KeyedBytes {
  const { type, groupId, value } = record;
  switch (type) {
    case GroupRecordType.offset:
      return { key: encodeOffsetCommitKey(record, type), value: offsetBytes(record) };
    case GroupRecordType.classicGroup:
      return { key: encodeGroupMetadataKey({ groupId }, type), value: classicBytes(record) };
    case GroupRecordType.consumerEpoch:
      return {
        key: encodeGroupEpochKey({ groupId }, type),
        value: value === null ? null : encodeGroupEpochValue(record.value!, 0),
      };
    case GroupRecordType.consumerTopics:
      return {
        key: encodeGroupTopicsKey({ groupId }, type),
        value: record.value === null ? null : encodeGroupTopicsValue(topicsValue(record.value), 0),
      };
    case GroupRecordType.consumerTargetEpoch:
      return {
        key: encodeGroupTargetEpochKey({ groupId }, type),
        value: record.value === null ? null : encodeGroupTargetEpochValue(record.value, 0),
      };
    default:
      return encodeMemberRecord(record);
  }
}

type MemberRecord = Extract<GroupRecord, { readonly memberId: string }>;

function encodeMemberRecord(record: MemberRecord): KeyedBytes {
  const { type, groupId, memberId } = record;
  const key = { groupId, memberId };
  switch (type) {
    case GroupRecordType.consumerMember: {
      const { value } = record;
      return {
        key: encodeGroupMemberKey(key, type),
        value:
          value === null
            ? null
            : encodeGroupMemberValue({ ...value, topicNames: [...value.topicNames] }, 0),
      };
    }
    case GroupRecordType.consumerTarget: {
      const { value } = record;
      return {
        key: encodeGroupTargetKey(key, type),
        value:
          value === null
            ? null
            : encodeGroupTargetValue({ partitions: mutable(value.partitions) }, 0),
      };
    }
    case GroupRecordType.consumerCurrent: {
      const { value } = record;
      return {
        key: encodeGroupCurrentKey(key, type),
        value:
          value === null
            ? null
            : encodeGroupCurrentValue(
                {
                  ...value,
                  assigned: mutable(value.assigned),
                  pendingRevocation: mutable(value.pendingRevocation),
                },
                0,
              ),
      };
    }
  }
}

function mutable(lists: readonly TopicIdPartitions[]): { topicId: string; partitions: number[] }[] {
  return lists.map(({ topicId, partitions }) => ({ topicId, partitions: [...partitions] }));
}

function topicsValue(value: {
  readonly topics: readonly { topicId: string; name: string; partitionCount: number }[];
}) {
  return { topics: value.topics.map((topic) => ({ ...topic, racks: [] })) };
}

function offsetBytes({ value }: OffsetRecord): Uint8Array | null {
  if (value === null) return null;
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs } = value;
  return encodeOffsetCommitValue(
    { offset, leaderEpoch, metadata, commitMs: commitTimestampMs, expireMs: expireTimestampMs },
    expireTimestampMs >= 0 ? expiringOffsetVersion : offsetVersion,
  );
}

function classicBytes({ value }: ClassicGroupRecord): Uint8Array | null {
  if (value === null) return null;
  return encodeGroupMetadataValue(
    {
      protocolType: value.protocolType,
      generation: value.generation,
      protocol: value.protocolName,
      leader: value.leaderId,
      stateMs: value.stateTimestampMs,
      members: value.members.map((member) => ({ ...member })),
    },
    groupVersion,
  );
}

/** Undefined for kinds of records that are not ours to know. */
export function decodeRecord(key: Uint8Array, value: Uint8Array | null): GroupRecord | undefined {
  const type = key.length < 2 ? -1 : (key[0]! << 8) | key[1]!;
  switch (type) {
    case 0:
    case GroupRecordType.offset: {
      const { groupId, topic, partition } = decodeOffsetCommitKey(key);
      const decoded = value === null ? null : offsetValue(value);
      return { type: GroupRecordType.offset, groupId, topic, partition, value: decoded };
    }
    case GroupRecordType.classicGroup: {
      const { groupId } = decodeGroupMetadataKey(key);
      return { type, groupId, value: value === null ? null : classicValue(value) };
    }
    case GroupRecordType.consumerEpoch: {
      const { groupId } = decodeGroupEpochKey(key);
      return { type, groupId, value: value === null ? null : decodeGroupEpochValue(value) };
    }
    case GroupRecordType.consumerTopics: {
      const { groupId } = decodeGroupTopicsKey(key);
      return { type, groupId, value: value === null ? null : decodeGroupTopicsValue(value) };
    }
    case GroupRecordType.consumerTargetEpoch: {
      const { groupId } = decodeGroupTargetEpochKey(key);
      return { type, groupId, value: value === null ? null : decodeGroupTargetEpochValue(value) };
    }
    default:
      return decodeMemberRecord(type, key, value);
  }
}

function decodeMemberRecord(
  type: number,
  key: Uint8Array,
  value: Uint8Array | null,
): GroupRecord | undefined {
  switch (type) {
    case GroupRecordType.consumerMember: {
      const { groupId, memberId } = decodeGroupMemberKey(key);
      const decoded = value === null ? null : decodeGroupMemberValue(value);
      return { type, groupId, memberId, value: decoded };
    }
    case GroupRecordType.consumerTarget: {
      const { groupId, memberId } = decodeGroupTargetKey(key);
      const decoded = value === null ? null : decodeGroupTargetValue(value);
      return { type, groupId, memberId, value: decoded };
    }
    case GroupRecordType.consumerCurrent: {
      const { groupId, memberId } = decodeGroupCurrentKey(key);
      const decoded = value === null ? null : decodeGroupCurrentValue(value);
      return { type, groupId, memberId, value: decoded };
    }
    default:
      return undefined;
  }
}

function offsetValue(bytes: Uint8Array): OffsetValue {
  const { offset, leaderEpoch, metadata, commitMs, expireMs } = decodeOffsetCommitValue(bytes);
  return {
    offset,
    leaderEpoch,
    metadata,
    commitTimestampMs: commitMs,
    expireTimestampMs: expireMs,
  };
}

/** Owns its bytes: what is loaded stays. */
function classicValue(bytes: Uint8Array): ClassicGroupValue {
  const value = decodeGroupMetadataValue(bytes);
  return {
    protocolType: value.protocolType,
    generation: value.generation,
    protocolName: value.protocol,
    leaderId: value.leader,
    stateTimestampMs: value.stateMs,
    members: value.members.map((member) => ({
      ...member,
      subscription: new Uint8Array(member.subscription),
      assignment: new Uint8Array(member.assignment),
    })),
  };
}
