/**
 * Codec of OffsetCommit, made by npm run protocol from
 * schema/8-offset-commit.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface OffsetCommitRequestTopicPartition {
  index: number;
  offset: number;
  leaderEpoch: number;
  metadata: string | null;
}

export function readOffsetCommitRequestTopicPartition(r: WireReader, v: number): OffsetCommitRequestTopicPartition {
  const value = {
    index: r.int32(),
    offset: r.int64(),
    leaderEpoch: v >= 6 ? r.int32() : -1,
    metadata: r.nullableString(),
  } as OffsetCommitRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetCommitRequestTopicPartition(w: WireWriter, v: number, value: OffsetCommitRequestTopicPartition): void {
  w.int32(value.index);
  w.int64(value.offset);
  if (v >= 6) { w.int32(value.leaderEpoch); }
  w.nullableString(value.metadata);
  w.noTags();
}

export interface OffsetCommitRequestTopic {
  name: string;
  partitions: OffsetCommitRequestTopicPartition[];
}

export function readOffsetCommitRequestTopic(r: WireReader, v: number): OffsetCommitRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetCommitRequestTopicPartition),
  } as OffsetCommitRequestTopic;
  r.skipTags();
  return value;
}

export function writeOffsetCommitRequestTopic(w: WireWriter, v: number, value: OffsetCommitRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetCommitRequestTopicPartition);
  w.noTags();
}

export interface OffsetCommitRequest {
  groupId: string;
  generationOrEpoch: number;
  memberId: string;
  instanceId: string | null;
  retentionMs: number;
  topics: OffsetCommitRequestTopic[];
}

export function readOffsetCommitRequest(r: WireReader, v: number): OffsetCommitRequest {
  const value = {
    groupId: r.string(),
    generationOrEpoch: r.int32(),
    memberId: r.string(),
    instanceId: v >= 7 ? r.nullableString() : null,
    retentionMs: v <= 4 ? r.int64() : -1,
    topics: r.array(v, readOffsetCommitRequestTopic),
  } as OffsetCommitRequest;
  r.skipTags();
  return value;
}

export function writeOffsetCommitRequest(w: WireWriter, v: number, value: OffsetCommitRequest): void {
  w.string(value.groupId);
  w.int32(value.generationOrEpoch);
  w.string(value.memberId);
  if (v >= 7) { w.nullableString(value.instanceId); }
  else if (value.instanceId !== null) w.lost('instanceId', v);
  if (v <= 4) { w.int64(value.retentionMs); }
  w.array(value.topics, v, writeOffsetCommitRequestTopic);
  w.noTags();
}

export interface OffsetCommitResponseTopicPartition {
  index: number;
  error: number;
}

export function readOffsetCommitResponseTopicPartition(r: WireReader, _v: number): OffsetCommitResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as OffsetCommitResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetCommitResponseTopicPartition(w: WireWriter, _v: number, value: OffsetCommitResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface OffsetCommitResponseTopic {
  name: string;
  partitions: OffsetCommitResponseTopicPartition[];
}

export function readOffsetCommitResponseTopic(r: WireReader, v: number): OffsetCommitResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetCommitResponseTopicPartition),
  } as OffsetCommitResponseTopic;
  r.skipTags();
  return value;
}

export function writeOffsetCommitResponseTopic(w: WireWriter, v: number, value: OffsetCommitResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetCommitResponseTopicPartition);
  w.noTags();
}

export interface OffsetCommitResponse {
  throttleMs: number;
  topics: OffsetCommitResponseTopic[];
}

export function readOffsetCommitResponse(r: WireReader, v: number): OffsetCommitResponse {
  const value = {
    throttleMs: v >= 3 ? r.int32() : 0,
    topics: r.array(v, readOffsetCommitResponseTopic),
  } as OffsetCommitResponse;
  r.skipTags();
  return value;
}

export function writeOffsetCommitResponse(w: WireWriter, v: number, value: OffsetCommitResponse): void {
  if (v >= 3) { w.int32(value.throttleMs); }
  w.array(value.topics, v, writeOffsetCommitResponseTopic);
  w.noTags();
}

