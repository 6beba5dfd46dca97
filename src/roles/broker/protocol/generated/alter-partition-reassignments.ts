/**
 * Codec of AlterPartitionReassignments, made by npm run protocol from
 * schema/45-alter-partition-reassignments.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AlterPartitionReassignmentsRequestTopicPartition {
  index: number;
  replicas: number[] | null;
}

export function readAlterPartitionReassignmentsRequestTopicPartition(r: WireReader, v: number): AlterPartitionReassignmentsRequestTopicPartition {
  const value = {
    index: r.int32(),
    replicas: r.nullableArray(v, r.readInt32),
  } as AlterPartitionReassignmentsRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsRequestTopicPartition(w: WireWriter, v: number, value: AlterPartitionReassignmentsRequestTopicPartition): void {
  w.int32(value.index);
  w.nullableArray(value.replicas, v, w.writeInt32);
  w.noTags();
}

export interface AlterPartitionReassignmentsRequestTopic {
  name: string;
  partitions: AlterPartitionReassignmentsRequestTopicPartition[];
}

export function readAlterPartitionReassignmentsRequestTopic(r: WireReader, v: number): AlterPartitionReassignmentsRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readAlterPartitionReassignmentsRequestTopicPartition),
  } as AlterPartitionReassignmentsRequestTopic;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsRequestTopic(w: WireWriter, v: number, value: AlterPartitionReassignmentsRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeAlterPartitionReassignmentsRequestTopicPartition);
  w.noTags();
}

export interface AlterPartitionReassignmentsRequest {
  timeoutMs: number;
  topics: AlterPartitionReassignmentsRequestTopic[];
}

export function readAlterPartitionReassignmentsRequest(r: WireReader, v: number): AlterPartitionReassignmentsRequest {
  const value = {
    timeoutMs: r.int32(),
    topics: r.array(v, readAlterPartitionReassignmentsRequestTopic),
  } as AlterPartitionReassignmentsRequest;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsRequest(w: WireWriter, v: number, value: AlterPartitionReassignmentsRequest): void {
  w.int32(value.timeoutMs);
  w.array(value.topics, v, writeAlterPartitionReassignmentsRequestTopic);
  w.noTags();
}

export interface AlterPartitionReassignmentsResponseTopicPartition {
  index: number;
  error: number;
  message: string | null;
}

export function readAlterPartitionReassignmentsResponseTopicPartition(r: WireReader, _v: number): AlterPartitionReassignmentsResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
  } as AlterPartitionReassignmentsResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsResponseTopicPartition(w: WireWriter, _v: number, value: AlterPartitionReassignmentsResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface AlterPartitionReassignmentsResponseTopic {
  name: string;
  partitions: AlterPartitionReassignmentsResponseTopicPartition[];
}

export function readAlterPartitionReassignmentsResponseTopic(r: WireReader, v: number): AlterPartitionReassignmentsResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readAlterPartitionReassignmentsResponseTopicPartition),
  } as AlterPartitionReassignmentsResponseTopic;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsResponseTopic(w: WireWriter, v: number, value: AlterPartitionReassignmentsResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeAlterPartitionReassignmentsResponseTopicPartition);
  w.noTags();
}

export interface AlterPartitionReassignmentsResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  topics: AlterPartitionReassignmentsResponseTopic[];
}

export function readAlterPartitionReassignmentsResponse(r: WireReader, v: number): AlterPartitionReassignmentsResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    topics: r.array(v, readAlterPartitionReassignmentsResponseTopic),
  } as AlterPartitionReassignmentsResponse;
  r.skipTags();
  return value;
}

export function writeAlterPartitionReassignmentsResponse(w: WireWriter, v: number, value: AlterPartitionReassignmentsResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.topics, v, writeAlterPartitionReassignmentsResponseTopic);
  w.noTags();
}

