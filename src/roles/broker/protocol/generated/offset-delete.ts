/**
 * Codec of OffsetDelete, made by npm run protocol from
 * schema/47-offset-delete.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface OffsetDeleteRequestTopicPartition {
  index: number;
}

export function readOffsetDeleteRequestTopicPartition(r: WireReader, _v: number): OffsetDeleteRequestTopicPartition {
  return {
    index: r.int32(),
  };
}

export function writeOffsetDeleteRequestTopicPartition(w: WireWriter, _v: number, value: OffsetDeleteRequestTopicPartition): void {
  w.int32(value.index);
}

export interface OffsetDeleteRequestTopic {
  name: string;
  partitions: OffsetDeleteRequestTopicPartition[];
}

export function readOffsetDeleteRequestTopic(r: WireReader, v: number): OffsetDeleteRequestTopic {
  return {
    name: r.string(),
    partitions: r.array(v, readOffsetDeleteRequestTopicPartition),
  };
}

export function writeOffsetDeleteRequestTopic(w: WireWriter, v: number, value: OffsetDeleteRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetDeleteRequestTopicPartition);
}

export interface OffsetDeleteRequest {
  groupId: string;
  topics: OffsetDeleteRequestTopic[];
}

export function readOffsetDeleteRequest(r: WireReader, v: number): OffsetDeleteRequest {
  return {
    groupId: r.string(),
    topics: r.array(v, readOffsetDeleteRequestTopic),
  };
}

export function writeOffsetDeleteRequest(w: WireWriter, v: number, value: OffsetDeleteRequest): void {
  w.string(value.groupId);
  w.array(value.topics, v, writeOffsetDeleteRequestTopic);
}

export interface OffsetDeleteResponseTopicPartition {
  index: number;
  error: number;
}

export function readOffsetDeleteResponseTopicPartition(r: WireReader, _v: number): OffsetDeleteResponseTopicPartition {
  return {
    index: r.int32(),
    error: r.int16(),
  };
}

export function writeOffsetDeleteResponseTopicPartition(w: WireWriter, _v: number, value: OffsetDeleteResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
}

export interface OffsetDeleteResponseTopic {
  name: string;
  partitions: OffsetDeleteResponseTopicPartition[];
}

export function readOffsetDeleteResponseTopic(r: WireReader, v: number): OffsetDeleteResponseTopic {
  return {
    name: r.string(),
    partitions: r.array(v, readOffsetDeleteResponseTopicPartition),
  };
}

export function writeOffsetDeleteResponseTopic(w: WireWriter, v: number, value: OffsetDeleteResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetDeleteResponseTopicPartition);
}

export interface OffsetDeleteResponse {
  error: number;
  throttleMs: number;
  topics: OffsetDeleteResponseTopic[];
}

export function readOffsetDeleteResponse(r: WireReader, v: number): OffsetDeleteResponse {
  return {
    error: r.int16(),
    throttleMs: r.int32(),
    topics: r.array(v, readOffsetDeleteResponseTopic),
  };
}

export function writeOffsetDeleteResponse(w: WireWriter, v: number, value: OffsetDeleteResponse): void {
  w.int16(value.error);
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeOffsetDeleteResponseTopic);
}

