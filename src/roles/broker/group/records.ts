/**
 * The records of `__consumer_offsets` as plain data; record-codec.ts has their bytes.
 *
 * A null value is a tombstone. Format doc: docs/formats/coordinators.md.
 */

/** Version number of the key: on disk, never renumber. Keys 0 and 1 are the same record. */
export const GroupRecordType = {
  offset: 1,
  classicGroup: 2,
  consumerEpoch: 3,
  consumerTopics: 4,
  consumerMember: 5,
  consumerTargetEpoch: 6,
  consumerTarget: 7,
  consumerCurrent: 8,
} as const;
export type GroupRecordType = (typeof GroupRecordType)[keyof typeof GroupRecordType];

export interface OffsetValue {
  readonly offset: number;
  /** -1 when the client gave none. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** -1: the retention of the broker decides. */
  readonly expireTimestampMs: number;
}

export interface ClassicMemberValue {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly subscription: Uint8Array;
  readonly assignment: Uint8Array;
}

export interface ClassicGroupValue {
  readonly protocolType: string;
  readonly generation: number;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  readonly stateTimestampMs: number;
  readonly members: readonly ClassicMemberValue[];
}

export interface SubscribedTopic {
  readonly topicId: string;
  readonly name: string;
  readonly partitionCount: number;
}

export interface ConsumerMemberValue {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly topicNames: readonly string[];
  readonly topicRegex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly assignor: string | null;
}

export interface TopicIdPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface CurrentAssignmentValue {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: number;
  readonly assigned: readonly TopicIdPartitions[];
  readonly pendingRevocation: readonly TopicIdPartitions[];
}

interface OfGroup {
  readonly groupId: string;
}
interface OfMember extends OfGroup {
  readonly memberId: string;
}

export interface OffsetRecord extends OfGroup {
  readonly type: typeof GroupRecordType.offset;
  readonly topic: string;
  readonly partition: number;
  readonly value: OffsetValue | null;
}
export interface ClassicGroupRecord extends OfGroup {
  readonly type: typeof GroupRecordType.classicGroup;
  readonly value: ClassicGroupValue | null;
}
export interface ConsumerEpochRecord extends OfGroup {
  readonly type: typeof GroupRecordType.consumerEpoch;
  readonly value: { readonly epoch: number } | null;
}
export interface ConsumerTopicsRecord extends OfGroup {
  readonly type: typeof GroupRecordType.consumerTopics;
  readonly value: { readonly topics: readonly SubscribedTopic[] } | null;
}
export interface ConsumerMemberRecord extends OfMember {
  readonly type: typeof GroupRecordType.consumerMember;
  readonly value: ConsumerMemberValue | null;
}
export interface ConsumerTargetEpochRecord extends OfGroup {
  readonly type: typeof GroupRecordType.consumerTargetEpoch;
  readonly value: { readonly epoch: number } | null;
}
export interface ConsumerTargetRecord extends OfMember {
  readonly type: typeof GroupRecordType.consumerTarget;
  readonly value: { readonly partitions: readonly TopicIdPartitions[] } | null;
}
export interface ConsumerCurrentRecord extends OfMember {
  readonly type: typeof GroupRecordType.consumerCurrent;
  readonly value: CurrentAssignmentValue | null;
}

export type ConsumerRecord =
  | ConsumerEpochRecord
  | ConsumerTopicsRecord
  | ConsumerMemberRecord
  | ConsumerTargetEpochRecord
  | ConsumerTargetRecord
  | ConsumerCurrentRecord;

export type GroupRecord = OffsetRecord | ClassicGroupRecord | ConsumerRecord;
