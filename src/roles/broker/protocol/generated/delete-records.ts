/**
 * Codec of DeleteRecords, made by npm run protocol from
 * schema/21-delete-records.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DeleteRecordsRequestTopicPartition {
  index: number;
  offset: number;
}

export function readDeleteRecordsRequestTopicPartition(r: WireReader, _v: number): DeleteRecordsRequestTopicPartition {
  const value = {
    index: r.int32(),
    offset: r.int64(),
  } as DeleteRecordsRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsRequestTopicPartition(w: WireWriter, _v: number, value: DeleteRecordsRequestTopicPartition): void {
  w.int32(value.index);
  w.int64(value.offset);
  w.noTags();
}

export interface DeleteRecordsRequestTopic {
  name: string;
  partitions: DeleteRecordsRequestTopicPartition[];
}

export function readDeleteRecordsRequestTopic(r: WireReader, v: number): DeleteRecordsRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readDeleteRecordsRequestTopicPartition),
  } as DeleteRecordsRequestTopic;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsRequestTopic(w: WireWriter, v: number, value: DeleteRecordsRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeDeleteRecordsRequestTopicPartition);
  w.noTags();
}

export interface DeleteRecordsRequest {
  topics: DeleteRecordsRequestTopic[];
  timeoutMs: number;
}

export function readDeleteRecordsRequest(r: WireReader, v: number): DeleteRecordsRequest {
  const value = {
    topics: r.array(v, readDeleteRecordsRequestTopic),
    timeoutMs: r.int32(),
  } as DeleteRecordsRequest;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsRequest(w: WireWriter, v: number, value: DeleteRecordsRequest): void {
  w.array(value.topics, v, writeDeleteRecordsRequestTopic);
  w.int32(value.timeoutMs);
  w.noTags();
}

export interface DeleteRecordsResponseTopicPartition {
  index: number;
  lowWatermark: number;
  error: number;
}

export function readDeleteRecordsResponseTopicPartition(r: WireReader, _v: number): DeleteRecordsResponseTopicPartition {
  const value = {
    index: r.int32(),
    lowWatermark: r.int64(),
    error: r.int16(),
  } as DeleteRecordsResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsResponseTopicPartition(w: WireWriter, _v: number, value: DeleteRecordsResponseTopicPartition): void {
  w.int32(value.index);
  w.int64(value.lowWatermark);
  w.int16(value.error);
  w.noTags();
}

export interface DeleteRecordsResponseTopic {
  name: string;
  partitions: DeleteRecordsResponseTopicPartition[];
}

export function readDeleteRecordsResponseTopic(r: WireReader, v: number): DeleteRecordsResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readDeleteRecordsResponseTopicPartition),
  } as DeleteRecordsResponseTopic;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsResponseTopic(w: WireWriter, v: number, value: DeleteRecordsResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeDeleteRecordsResponseTopicPartition);
  w.noTags();
}

export interface DeleteRecordsResponse {
  throttleMs: number;
  topics: DeleteRecordsResponseTopic[];
}

export function readDeleteRecordsResponse(r: WireReader, v: number): DeleteRecordsResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readDeleteRecordsResponseTopic),
  } as DeleteRecordsResponse;
  r.skipTags();
  return value;
}

export function writeDeleteRecordsResponse(w: WireWriter, v: number, value: DeleteRecordsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeDeleteRecordsResponseTopic);
  w.noTags();
}

