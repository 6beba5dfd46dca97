/**
 * Codec of ListPartitionReassignments, made by npm run protocol from
 * schema/46-list-partition-reassignments.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ListPartitionReassignmentsRequestTopic {
  name: string;
  partitions: number[];
}

export function readListPartitionReassignmentsRequestTopic(r: WireReader, v: number): ListPartitionReassignmentsRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as ListPartitionReassignmentsRequestTopic;
  r.skipTags();
  return value;
}

export function writeListPartitionReassignmentsRequestTopic(w: WireWriter, v: number, value: ListPartitionReassignmentsRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ListPartitionReassignmentsRequest {
  timeoutMs: number;
  topics: ListPartitionReassignmentsRequestTopic[] | null;
}

export function readListPartitionReassignmentsRequest(r: WireReader, v: number): ListPartitionReassignmentsRequest {
  const value = {
    timeoutMs: r.int32(),
    topics: r.nullableArray(v, readListPartitionReassignmentsRequestTopic),
  } as ListPartitionReassignmentsRequest;
  r.skipTags();
  return value;
}

export function writeListPartitionReassignmentsRequest(w: WireWriter, v: number, value: ListPartitionReassignmentsRequest): void {
  w.int32(value.timeoutMs);
  w.nullableArray(value.topics, v, writeListPartitionReassignmentsRequestTopic);
  w.noTags();
}

export interface ListPartitionReassignmentsResponseTopicPartition {
  index: number;
  replicas: number[];
  adding: number[];
  removing: number[];
}

export function readListPartitionReassignmentsResponseTopicPartition(r: WireReader, v: number): ListPartitionReassignmentsResponseTopicPartition {
  const value = {
    index: r.int32(),
    replicas: r.array(v, r.readInt32),
    adding: r.array(v, r.readInt32),
    removing: r.array(v, r.readInt32),
  } as ListPartitionReassignmentsResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeListPartitionReassignmentsResponseTopicPartition(w: WireWriter, v: number, value: ListPartitionReassignmentsResponseTopicPartition): void {
  w.int32(value.index);
  w.array(value.replicas, v, w.writeInt32);
  w.array(value.adding, v, w.writeInt32);
  w.array(value.removing, v, w.writeInt32);
  w.noTags();
}

export interface ListPartitionReassignmentsResponseTopic {
  name: string;
  partitions: ListPartitionReassignmentsResponseTopicPartition[];
}

export function readListPartitionReassignmentsResponseTopic(r: WireReader, v: number): ListPartitionReassignmentsResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readListPartitionReassignmentsResponseTopicPartition),
  } as ListPartitionReassignmentsResponseTopic;
  r.skipTags();
  return value;
}

export function writeListPartitionReassignmentsResponseTopic(w: WireWriter, v: number, value: ListPartitionReassignmentsResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeListPartitionReassignmentsResponseTopicPartition);
  w.noTags();
}

export interface ListPartitionReassignmentsResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  topics: ListPartitionReassignmentsResponseTopic[];
}

export function readListPartitionReassignmentsResponse(r: WireReader, v: number): ListPartitionReassignmentsResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    topics: r.array(v, readListPartitionReassignmentsResponseTopic),
  } as ListPartitionReassignmentsResponse;
  r.skipTags();
  return value;
}

export function writeListPartitionReassignmentsResponse(w: WireWriter, v: number, value: ListPartitionReassignmentsResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.topics, v, writeListPartitionReassignmentsResponseTopic);
  w.noTags();
}

