/**
 * Codec of ConsumerGroupDescribe, made by npm run protocol from
 * schema/69-consumer-group-describe.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ConsumerGroupDescribeRequest {
  groups: string[];
  includeOps: boolean;
}

export function readConsumerGroupDescribeRequest(r: WireReader, v: number): ConsumerGroupDescribeRequest {
  const value = {
    groups: r.array(v, r.readString),
    includeOps: r.boolean(),
  } as ConsumerGroupDescribeRequest;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeRequest(w: WireWriter, v: number, value: ConsumerGroupDescribeRequest): void {
  w.array(value.groups, v, w.writeString);
  w.boolean(value.includeOps);
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroupMemberAssignmentPartition {
  topicId: string;
  topicName: string;
  partitions: number[];
}

export function readConsumerGroupDescribeResponseGroupMemberAssignmentPartition(r: WireReader, v: number): ConsumerGroupDescribeResponseGroupMemberAssignmentPartition {
  const value = {
    topicId: r.uuid(),
    topicName: r.string(),
    partitions: r.array(v, r.readInt32),
  } as ConsumerGroupDescribeResponseGroupMemberAssignmentPartition;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroupMemberAssignmentPartition(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroupMemberAssignmentPartition): void {
  w.uuid(value.topicId);
  w.string(value.topicName);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroupMemberAssignment {
  partitions: ConsumerGroupDescribeResponseGroupMemberAssignmentPartition[];
}

export function readConsumerGroupDescribeResponseGroupMemberAssignment(r: WireReader, v: number): ConsumerGroupDescribeResponseGroupMemberAssignment {
  const value = {
    partitions: r.array(v, readConsumerGroupDescribeResponseGroupMemberAssignmentPartition),
  } as ConsumerGroupDescribeResponseGroupMemberAssignment;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroupMemberAssignment(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroupMemberAssignment): void {
  w.array(value.partitions, v, writeConsumerGroupDescribeResponseGroupMemberAssignmentPartition);
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition {
  topicId: string;
  topicName: string;
  partitions: number[];
}

export function readConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition(r: WireReader, v: number): ConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition {
  const value = {
    topicId: r.uuid(),
    topicName: r.string(),
    partitions: r.array(v, r.readInt32),
  } as ConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition): void {
  w.uuid(value.topicId);
  w.string(value.topicName);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroupMemberTargetAssignment {
  partitions: ConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition[];
}

export function readConsumerGroupDescribeResponseGroupMemberTargetAssignment(r: WireReader, v: number): ConsumerGroupDescribeResponseGroupMemberTargetAssignment {
  const value = {
    partitions: r.array(v, readConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition),
  } as ConsumerGroupDescribeResponseGroupMemberTargetAssignment;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroupMemberTargetAssignment(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroupMemberTargetAssignment): void {
  w.array(value.partitions, v, writeConsumerGroupDescribeResponseGroupMemberTargetAssignmentPartition);
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroupMember {
  memberId: string;
  instanceId: string | null;
  rackId: string | null;
  memberEpoch: number;
  clientId: string;
  clientHost: string;
  topicNames: string[];
  topicRegex: string | null;
  assignment: ConsumerGroupDescribeResponseGroupMemberAssignment;
  targetAssignment: ConsumerGroupDescribeResponseGroupMemberTargetAssignment;
  memberType: number;
}

export function readConsumerGroupDescribeResponseGroupMember(r: WireReader, v: number): ConsumerGroupDescribeResponseGroupMember {
  const value = {
    memberId: r.string(),
    instanceId: r.nullableString(),
    rackId: r.nullableString(),
    memberEpoch: r.int32(),
    clientId: r.string(),
    clientHost: r.string(),
    topicNames: r.array(v, r.readString),
    topicRegex: r.nullableString(),
    assignment: readConsumerGroupDescribeResponseGroupMemberAssignment(r, v),
    targetAssignment: readConsumerGroupDescribeResponseGroupMemberTargetAssignment(r, v),
    memberType: v >= 1 ? r.int8() : -1,
  } as ConsumerGroupDescribeResponseGroupMember;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroupMember(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroupMember): void {
  w.string(value.memberId);
  w.nullableString(value.instanceId);
  w.nullableString(value.rackId);
  w.int32(value.memberEpoch);
  w.string(value.clientId);
  w.string(value.clientHost);
  w.array(value.topicNames, v, w.writeString);
  w.nullableString(value.topicRegex);
  writeConsumerGroupDescribeResponseGroupMemberAssignment(w, v, value.assignment);
  writeConsumerGroupDescribeResponseGroupMemberTargetAssignment(w, v, value.targetAssignment);
  if (v >= 1) { w.int8(value.memberType); }
  w.noTags();
}

export interface ConsumerGroupDescribeResponseGroup {
  error: number;
  message: string | null;
  groupId: string;
  state: string;
  groupEpoch: number;
  assignmentEpoch: number;
  assignor: string;
  members: ConsumerGroupDescribeResponseGroupMember[];
  ops: number;
}

export function readConsumerGroupDescribeResponseGroup(r: WireReader, v: number): ConsumerGroupDescribeResponseGroup {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    groupId: r.string(),
    state: r.string(),
    groupEpoch: r.int32(),
    assignmentEpoch: r.int32(),
    assignor: r.string(),
    members: r.array(v, readConsumerGroupDescribeResponseGroupMember),
    ops: r.int32(),
  } as ConsumerGroupDescribeResponseGroup;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponseGroup(w: WireWriter, v: number, value: ConsumerGroupDescribeResponseGroup): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.string(value.groupId);
  w.string(value.state);
  w.int32(value.groupEpoch);
  w.int32(value.assignmentEpoch);
  w.string(value.assignor);
  w.array(value.members, v, writeConsumerGroupDescribeResponseGroupMember);
  w.int32(value.ops);
  w.noTags();
}

export interface ConsumerGroupDescribeResponse {
  throttleMs: number;
  groups: ConsumerGroupDescribeResponseGroup[];
}

export function readConsumerGroupDescribeResponse(r: WireReader, v: number): ConsumerGroupDescribeResponse {
  const value = {
    throttleMs: r.int32(),
    groups: r.array(v, readConsumerGroupDescribeResponseGroup),
  } as ConsumerGroupDescribeResponse;
  r.skipTags();
  return value;
}

export function writeConsumerGroupDescribeResponse(w: WireWriter, v: number, value: ConsumerGroupDescribeResponse): void {
  w.int32(value.throttleMs);
  w.array(value.groups, v, writeConsumerGroupDescribeResponseGroup);
  w.noTags();
}

