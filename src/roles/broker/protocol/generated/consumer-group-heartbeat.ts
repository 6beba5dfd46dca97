/**
 * Codec of ConsumerGroupHeartbeat, made by npm run protocol from
 * schema/68-consumer-group-heartbeat.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ConsumerGroupHeartbeatRequestOwned {
  topicId: string;
  partitions: number[];
}

export function readConsumerGroupHeartbeatRequestOwned(r: WireReader, v: number): ConsumerGroupHeartbeatRequestOwned {
  const value = {
    topicId: r.uuid(),
    partitions: r.array(v, r.readInt32),
  } as ConsumerGroupHeartbeatRequestOwned;
  r.skipTags();
  return value;
}

export function writeConsumerGroupHeartbeatRequestOwned(w: WireWriter, v: number, value: ConsumerGroupHeartbeatRequestOwned): void {
  w.uuid(value.topicId);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ConsumerGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  rebalanceTimeoutMs: number;
  topicNames: string[] | null;
  topicRegex: string | null;
  serverAssignor: string | null;
  owned: ConsumerGroupHeartbeatRequestOwned[] | null;
}

export function readConsumerGroupHeartbeatRequest(r: WireReader, v: number): ConsumerGroupHeartbeatRequest {
  const value = {
    groupId: r.string(),
    memberId: r.string(),
    memberEpoch: r.int32(),
    instanceId: r.nullableString(),
    rackId: r.nullableString(),
    rebalanceTimeoutMs: r.int32(),
    topicNames: r.nullableArray(v, r.readString),
    topicRegex: v >= 1 ? r.nullableString() : null,
    serverAssignor: r.nullableString(),
    owned: r.nullableArray(v, readConsumerGroupHeartbeatRequestOwned),
  } as ConsumerGroupHeartbeatRequest;
  r.skipTags();
  return value;
}

export function writeConsumerGroupHeartbeatRequest(w: WireWriter, v: number, value: ConsumerGroupHeartbeatRequest): void {
  w.string(value.groupId);
  w.string(value.memberId);
  w.int32(value.memberEpoch);
  w.nullableString(value.instanceId);
  w.nullableString(value.rackId);
  w.int32(value.rebalanceTimeoutMs);
  w.nullableArray(value.topicNames, v, w.writeString);
  if (v >= 1) { w.nullableString(value.topicRegex); }
  else if (value.topicRegex !== null) w.lost('topicRegex', v);
  w.nullableString(value.serverAssignor);
  w.nullableArray(value.owned, v, writeConsumerGroupHeartbeatRequestOwned);
  w.noTags();
}

export interface ConsumerGroupHeartbeatResponseAssignmentPartition {
  topicId: string;
  partitions: number[];
}

export function readConsumerGroupHeartbeatResponseAssignmentPartition(r: WireReader, v: number): ConsumerGroupHeartbeatResponseAssignmentPartition {
  const value = {
    topicId: r.uuid(),
    partitions: r.array(v, r.readInt32),
  } as ConsumerGroupHeartbeatResponseAssignmentPartition;
  r.skipTags();
  return value;
}

export function writeConsumerGroupHeartbeatResponseAssignmentPartition(w: WireWriter, v: number, value: ConsumerGroupHeartbeatResponseAssignmentPartition): void {
  w.uuid(value.topicId);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ConsumerGroupHeartbeatResponseAssignment {
  partitions: ConsumerGroupHeartbeatResponseAssignmentPartition[];
}

export function readConsumerGroupHeartbeatResponseAssignment(r: WireReader, v: number): ConsumerGroupHeartbeatResponseAssignment {
  const value = {
    partitions: r.array(v, readConsumerGroupHeartbeatResponseAssignmentPartition),
  } as ConsumerGroupHeartbeatResponseAssignment;
  r.skipTags();
  return value;
}

export function writeConsumerGroupHeartbeatResponseAssignment(w: WireWriter, v: number, value: ConsumerGroupHeartbeatResponseAssignment): void {
  w.array(value.partitions, v, writeConsumerGroupHeartbeatResponseAssignmentPartition);
  w.noTags();
}

export interface ConsumerGroupHeartbeatResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  memberId: string | null;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  assignment: ConsumerGroupHeartbeatResponseAssignment | null;
}

export function readConsumerGroupHeartbeatResponse(r: WireReader, v: number): ConsumerGroupHeartbeatResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    memberId: r.nullableString(),
    memberEpoch: r.int32(),
    heartbeatIntervalMs: r.int32(),
    assignment: r.isPresent(false) ? readConsumerGroupHeartbeatResponseAssignment(r, v) : null,
  } as ConsumerGroupHeartbeatResponse;
  r.skipTags();
  return value;
}

export function writeConsumerGroupHeartbeatResponse(w: WireWriter, v: number, value: ConsumerGroupHeartbeatResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.nullableString(value.memberId);
  w.int32(value.memberEpoch);
  w.int32(value.heartbeatIntervalMs);
  w.presence(value.assignment !== null, false); if (value.assignment !== null) writeConsumerGroupHeartbeatResponseAssignment(w, v, value.assignment);
  w.noTags();
}

