/**
 * Codec of OffsetForLeaderEpoch, made by npm run protocol from
 * schema/23-offset-for-leader-epoch.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface OffsetForLeaderEpochRequestTopicPartition {
  index: number;
  currentLeaderEpoch: number;
  leaderEpoch: number;
}

export function readOffsetForLeaderEpochRequestTopicPartition(r: WireReader, _v: number): OffsetForLeaderEpochRequestTopicPartition {
  const value = {
    index: r.int32(),
    currentLeaderEpoch: r.int32(),
    leaderEpoch: r.int32(),
  } as OffsetForLeaderEpochRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochRequestTopicPartition(w: WireWriter, _v: number, value: OffsetForLeaderEpochRequestTopicPartition): void {
  w.int32(value.index);
  w.int32(value.currentLeaderEpoch);
  w.int32(value.leaderEpoch);
  w.noTags();
}

export interface OffsetForLeaderEpochRequestTopic {
  name: string;
  partitions: OffsetForLeaderEpochRequestTopicPartition[];
}

export function readOffsetForLeaderEpochRequestTopic(r: WireReader, v: number): OffsetForLeaderEpochRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetForLeaderEpochRequestTopicPartition),
  } as OffsetForLeaderEpochRequestTopic;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochRequestTopic(w: WireWriter, v: number, value: OffsetForLeaderEpochRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetForLeaderEpochRequestTopicPartition);
  w.noTags();
}

export interface OffsetForLeaderEpochRequest {
  replicaId: number;
  topics: OffsetForLeaderEpochRequestTopic[];
}

export function readOffsetForLeaderEpochRequest(r: WireReader, v: number): OffsetForLeaderEpochRequest {
  const value = {
    replicaId: v >= 3 ? r.int32() : -2,
    topics: r.array(v, readOffsetForLeaderEpochRequestTopic),
  } as OffsetForLeaderEpochRequest;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochRequest(w: WireWriter, v: number, value: OffsetForLeaderEpochRequest): void {
  if (v >= 3) { w.int32(value.replicaId); }
  w.array(value.topics, v, writeOffsetForLeaderEpochRequestTopic);
  w.noTags();
}

export interface OffsetForLeaderEpochResponseTopicPartition {
  error: number;
  index: number;
  leaderEpoch: number;
  endOffset: number;
}

export function readOffsetForLeaderEpochResponseTopicPartition(r: WireReader, _v: number): OffsetForLeaderEpochResponseTopicPartition {
  const value = {
    error: r.int16(),
    index: r.int32(),
    leaderEpoch: r.int32(),
    endOffset: r.int64(),
  } as OffsetForLeaderEpochResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochResponseTopicPartition(w: WireWriter, _v: number, value: OffsetForLeaderEpochResponseTopicPartition): void {
  w.int16(value.error);
  w.int32(value.index);
  w.int32(value.leaderEpoch);
  w.int64(value.endOffset);
  w.noTags();
}

export interface OffsetForLeaderEpochResponseTopic {
  name: string;
  partitions: OffsetForLeaderEpochResponseTopicPartition[];
}

export function readOffsetForLeaderEpochResponseTopic(r: WireReader, v: number): OffsetForLeaderEpochResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetForLeaderEpochResponseTopicPartition),
  } as OffsetForLeaderEpochResponseTopic;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochResponseTopic(w: WireWriter, v: number, value: OffsetForLeaderEpochResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetForLeaderEpochResponseTopicPartition);
  w.noTags();
}

export interface OffsetForLeaderEpochResponse {
  throttleMs: number;
  topics: OffsetForLeaderEpochResponseTopic[];
}

export function readOffsetForLeaderEpochResponse(r: WireReader, v: number): OffsetForLeaderEpochResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readOffsetForLeaderEpochResponseTopic),
  } as OffsetForLeaderEpochResponse;
  r.skipTags();
  return value;
}

export function writeOffsetForLeaderEpochResponse(w: WireWriter, v: number, value: OffsetForLeaderEpochResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeOffsetForLeaderEpochResponseTopic);
  w.noTags();
}

