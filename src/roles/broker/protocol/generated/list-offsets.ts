/**
 * Codec of ListOffsets, made by npm run protocol from
 * schema/2-list-offsets.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ListOffsetsRequestTopicPartition {
  index: number;
  currentLeaderEpoch: number;
  timestamp: number;
}

export function readListOffsetsRequestTopicPartition(r: WireReader, v: number): ListOffsetsRequestTopicPartition {
  const value = {
    index: r.int32(),
    currentLeaderEpoch: v >= 4 ? r.int32() : -1,
    timestamp: r.int64(),
  } as ListOffsetsRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeListOffsetsRequestTopicPartition(w: WireWriter, v: number, value: ListOffsetsRequestTopicPartition): void {
  w.int32(value.index);
  if (v >= 4) { w.int32(value.currentLeaderEpoch); }
  w.int64(value.timestamp);
  w.noTags();
}

export interface ListOffsetsRequestTopic {
  name: string;
  partitions: ListOffsetsRequestTopicPartition[];
}

export function readListOffsetsRequestTopic(r: WireReader, v: number): ListOffsetsRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readListOffsetsRequestTopicPartition),
  } as ListOffsetsRequestTopic;
  r.skipTags();
  return value;
}

export function writeListOffsetsRequestTopic(w: WireWriter, v: number, value: ListOffsetsRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeListOffsetsRequestTopicPartition);
  w.noTags();
}

export interface ListOffsetsRequest {
  replicaId: number;
  isolation: number;
  topics: ListOffsetsRequestTopic[];
}

export function readListOffsetsRequest(r: WireReader, v: number): ListOffsetsRequest {
  const value = {
    replicaId: r.int32(),
    isolation: v >= 2 ? r.int8() : 0,
    topics: r.array(v, readListOffsetsRequestTopic),
  } as ListOffsetsRequest;
  r.skipTags();
  return value;
}

export function writeListOffsetsRequest(w: WireWriter, v: number, value: ListOffsetsRequest): void {
  w.int32(value.replicaId);
  if (v >= 2) { w.int8(value.isolation); }
  w.array(value.topics, v, writeListOffsetsRequestTopic);
  w.noTags();
}

export interface ListOffsetsResponseTopicPartition {
  index: number;
  error: number;
  timestamp: number;
  offset: number;
  leaderEpoch: number;
}

export function readListOffsetsResponseTopicPartition(r: WireReader, v: number): ListOffsetsResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    timestamp: r.int64(),
    offset: r.int64(),
    leaderEpoch: v >= 4 ? r.int32() : -1,
  } as ListOffsetsResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeListOffsetsResponseTopicPartition(w: WireWriter, v: number, value: ListOffsetsResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.int64(value.timestamp);
  w.int64(value.offset);
  if (v >= 4) { w.int32(value.leaderEpoch); }
  w.noTags();
}

export interface ListOffsetsResponseTopic {
  name: string;
  partitions: ListOffsetsResponseTopicPartition[];
}

export function readListOffsetsResponseTopic(r: WireReader, v: number): ListOffsetsResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readListOffsetsResponseTopicPartition),
  } as ListOffsetsResponseTopic;
  r.skipTags();
  return value;
}

export function writeListOffsetsResponseTopic(w: WireWriter, v: number, value: ListOffsetsResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeListOffsetsResponseTopicPartition);
  w.noTags();
}

export interface ListOffsetsResponse {
  throttleMs: number;
  topics: ListOffsetsResponseTopic[];
}

export function readListOffsetsResponse(r: WireReader, v: number): ListOffsetsResponse {
  const value = {
    throttleMs: v >= 2 ? r.int32() : 0,
    topics: r.array(v, readListOffsetsResponseTopic),
  } as ListOffsetsResponse;
  r.skipTags();
  return value;
}

export function writeListOffsetsResponse(w: WireWriter, v: number, value: ListOffsetsResponse): void {
  if (v >= 2) { w.int32(value.throttleMs); }
  w.array(value.topics, v, writeListOffsetsResponseTopic);
  w.noTags();
}

