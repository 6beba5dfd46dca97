/**
 * Codec of DescribeTopicPartitions, made by npm run protocol from
 * schema/75-describe-topic-partitions.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeTopicPartitionsRequestTopic {
  name: string;
}

export function readDescribeTopicPartitionsRequestTopic(r: WireReader, _v: number): DescribeTopicPartitionsRequestTopic {
  const value = {
    name: r.string(),
  } as DescribeTopicPartitionsRequestTopic;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsRequestTopic(w: WireWriter, _v: number, value: DescribeTopicPartitionsRequestTopic): void {
  w.string(value.name);
  w.noTags();
}

export interface DescribeTopicPartitionsRequestCursor {
  topic: string;
  index: number;
}

export function readDescribeTopicPartitionsRequestCursor(r: WireReader, _v: number): DescribeTopicPartitionsRequestCursor {
  const value = {
    topic: r.string(),
    index: r.int32(),
  } as DescribeTopicPartitionsRequestCursor;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsRequestCursor(w: WireWriter, _v: number, value: DescribeTopicPartitionsRequestCursor): void {
  w.string(value.topic);
  w.int32(value.index);
  w.noTags();
}

export interface DescribeTopicPartitionsRequest {
  topics: DescribeTopicPartitionsRequestTopic[];
  limit: number;
  cursor: DescribeTopicPartitionsRequestCursor | null;
}

export function readDescribeTopicPartitionsRequest(r: WireReader, v: number): DescribeTopicPartitionsRequest {
  const value = {
    topics: r.array(v, readDescribeTopicPartitionsRequestTopic),
    limit: r.int32(),
    cursor: r.isPresent(false) ? readDescribeTopicPartitionsRequestCursor(r, v) : null,
  } as DescribeTopicPartitionsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsRequest(w: WireWriter, v: number, value: DescribeTopicPartitionsRequest): void {
  w.array(value.topics, v, writeDescribeTopicPartitionsRequestTopic);
  w.int32(value.limit);
  w.presence(value.cursor !== null, false); if (value.cursor !== null) writeDescribeTopicPartitionsRequestCursor(w, v, value.cursor);
  w.noTags();
}

export interface DescribeTopicPartitionsResponseTopicPartition {
  error: number;
  index: number;
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  isr: number[];
  elr: number[] | null;
  lastElr: number[] | null;
  offline: number[];
}

export function readDescribeTopicPartitionsResponseTopicPartition(r: WireReader, v: number): DescribeTopicPartitionsResponseTopicPartition {
  const value = {
    error: r.int16(),
    index: r.int32(),
    leader: r.int32(),
    leaderEpoch: r.int32(),
    replicas: r.array(v, r.readInt32),
    isr: r.array(v, r.readInt32),
    elr: r.nullableArray(v, r.readInt32),
    lastElr: r.nullableArray(v, r.readInt32),
    offline: r.array(v, r.readInt32),
  } as DescribeTopicPartitionsResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsResponseTopicPartition(w: WireWriter, v: number, value: DescribeTopicPartitionsResponseTopicPartition): void {
  w.int16(value.error);
  w.int32(value.index);
  w.int32(value.leader);
  w.int32(value.leaderEpoch);
  w.array(value.replicas, v, w.writeInt32);
  w.array(value.isr, v, w.writeInt32);
  w.nullableArray(value.elr, v, w.writeInt32);
  w.nullableArray(value.lastElr, v, w.writeInt32);
  w.array(value.offline, v, w.writeInt32);
  w.noTags();
}

export interface DescribeTopicPartitionsResponseTopic {
  error: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: DescribeTopicPartitionsResponseTopicPartition[];
  ops: number;
}

export function readDescribeTopicPartitionsResponseTopic(r: WireReader, v: number): DescribeTopicPartitionsResponseTopic {
  const value = {
    error: r.int16(),
    name: r.nullableString(),
    topicId: r.uuid(),
    isInternal: r.boolean(),
    partitions: r.array(v, readDescribeTopicPartitionsResponseTopicPartition),
    ops: r.int32(),
  } as DescribeTopicPartitionsResponseTopic;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsResponseTopic(w: WireWriter, v: number, value: DescribeTopicPartitionsResponseTopic): void {
  w.int16(value.error);
  w.nullableString(value.name);
  w.uuid(value.topicId);
  w.boolean(value.isInternal);
  w.array(value.partitions, v, writeDescribeTopicPartitionsResponseTopicPartition);
  w.int32(value.ops);
  w.noTags();
}

export interface DescribeTopicPartitionsResponseNextCursor {
  topic: string;
  index: number;
}

export function readDescribeTopicPartitionsResponseNextCursor(r: WireReader, _v: number): DescribeTopicPartitionsResponseNextCursor {
  const value = {
    topic: r.string(),
    index: r.int32(),
  } as DescribeTopicPartitionsResponseNextCursor;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsResponseNextCursor(w: WireWriter, _v: number, value: DescribeTopicPartitionsResponseNextCursor): void {
  w.string(value.topic);
  w.int32(value.index);
  w.noTags();
}

export interface DescribeTopicPartitionsResponse {
  throttleMs: number;
  topics: DescribeTopicPartitionsResponseTopic[];
  nextCursor: DescribeTopicPartitionsResponseNextCursor | null;
}

export function readDescribeTopicPartitionsResponse(r: WireReader, v: number): DescribeTopicPartitionsResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readDescribeTopicPartitionsResponseTopic),
    nextCursor: r.isPresent(false) ? readDescribeTopicPartitionsResponseNextCursor(r, v) : null,
  } as DescribeTopicPartitionsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeTopicPartitionsResponse(w: WireWriter, v: number, value: DescribeTopicPartitionsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeDescribeTopicPartitionsResponseTopic);
  w.presence(value.nextCursor !== null, false); if (value.nextCursor !== null) writeDescribeTopicPartitionsResponseNextCursor(w, v, value.nextCursor);
  w.noTags();
}

