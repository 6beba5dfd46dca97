/**
 * Codec of CreateTopics, made by npm run protocol from
 * schema/19-create-topics.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter, zeroUuid } from '../wire.ts';

export interface CreateTopicsRequestTopicAssignment {
  index: number;
  brokers: number[];
}

export function readCreateTopicsRequestTopicAssignment(r: WireReader, v: number): CreateTopicsRequestTopicAssignment {
  const value = {
    index: r.int32(),
    brokers: r.array(v, r.readInt32),
  } as CreateTopicsRequestTopicAssignment;
  r.skipTags();
  return value;
}

export function writeCreateTopicsRequestTopicAssignment(w: WireWriter, v: number, value: CreateTopicsRequestTopicAssignment): void {
  w.int32(value.index);
  w.array(value.brokers, v, w.writeInt32);
  w.noTags();
}

export interface CreateTopicsRequestTopicConfig {
  name: string;
  value: string | null;
}

export function readCreateTopicsRequestTopicConfig(r: WireReader, _v: number): CreateTopicsRequestTopicConfig {
  const value = {
    name: r.string(),
    value: r.nullableString(),
  } as CreateTopicsRequestTopicConfig;
  r.skipTags();
  return value;
}

export function writeCreateTopicsRequestTopicConfig(w: WireWriter, _v: number, value: CreateTopicsRequestTopicConfig): void {
  w.string(value.name);
  w.nullableString(value.value);
  w.noTags();
}

export interface CreateTopicsRequestTopic {
  name: string;
  numPartitions: number;
  replicationFactor: number;
  assignments: CreateTopicsRequestTopicAssignment[];
  configs: CreateTopicsRequestTopicConfig[];
}

export function readCreateTopicsRequestTopic(r: WireReader, v: number): CreateTopicsRequestTopic {
  const value = {
    name: r.string(),
    numPartitions: r.int32(),
    replicationFactor: r.int16(),
    assignments: r.array(v, readCreateTopicsRequestTopicAssignment),
    configs: r.array(v, readCreateTopicsRequestTopicConfig),
  } as CreateTopicsRequestTopic;
  r.skipTags();
  return value;
}

export function writeCreateTopicsRequestTopic(w: WireWriter, v: number, value: CreateTopicsRequestTopic): void {
  w.string(value.name);
  w.int32(value.numPartitions);
  w.int16(value.replicationFactor);
  w.array(value.assignments, v, writeCreateTopicsRequestTopicAssignment);
  w.array(value.configs, v, writeCreateTopicsRequestTopicConfig);
  w.noTags();
}

export interface CreateTopicsRequest {
  topics: CreateTopicsRequestTopic[];
  timeoutMs: number;
  validateOnly: boolean;
}

export function readCreateTopicsRequest(r: WireReader, v: number): CreateTopicsRequest {
  const value = {
    topics: r.array(v, readCreateTopicsRequestTopic),
    timeoutMs: r.int32(),
    validateOnly: r.boolean(),
  } as CreateTopicsRequest;
  r.skipTags();
  return value;
}

export function writeCreateTopicsRequest(w: WireWriter, v: number, value: CreateTopicsRequest): void {
  w.array(value.topics, v, writeCreateTopicsRequestTopic);
  w.int32(value.timeoutMs);
  w.boolean(value.validateOnly);
  w.noTags();
}

export interface CreateTopicsResponseTopicConfig {
  name: string;
  value: string | null;
  readOnly: boolean;
  source: number;
  sensitive: boolean;
}

export function readCreateTopicsResponseTopicConfig(r: WireReader, _v: number): CreateTopicsResponseTopicConfig {
  const value = {
    name: r.string(),
    value: r.nullableString(),
    readOnly: r.boolean(),
    source: r.int8(),
    sensitive: r.boolean(),
  } as CreateTopicsResponseTopicConfig;
  r.skipTags();
  return value;
}

export function writeCreateTopicsResponseTopicConfig(w: WireWriter, _v: number, value: CreateTopicsResponseTopicConfig): void {
  w.string(value.name);
  w.nullableString(value.value);
  w.boolean(value.readOnly);
  w.int8(value.source);
  w.boolean(value.sensitive);
  w.noTags();
}

export interface CreateTopicsResponseTopic {
  name: string;
  topicId: string;
  error: number;
  message: string | null;
  configError: number;
  numPartitions: number;
  replicationFactor: number;
  configs: CreateTopicsResponseTopicConfig[] | null;
}

export function readCreateTopicsResponseTopic(r: WireReader, v: number): CreateTopicsResponseTopic {
  const value = {
    name: r.string(),
    topicId: v >= 7 ? r.uuid() : zeroUuid,
    error: r.int16(),
    message: r.nullableString(),
    configError: 0,
    numPartitions: v >= 5 ? r.int32() : -1,
    replicationFactor: v >= 5 ? r.int16() : -1,
    configs: v >= 5 ? r.nullableArray(v, readCreateTopicsResponseTopicConfig) : [],
  } as CreateTopicsResponseTopic;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.configError = r.int16();
    r.finishTag(end);
  }
  return value;
}

export function writeCreateTopicsResponseTopic(w: WireWriter, v: number, value: CreateTopicsResponseTopic): void {
  w.string(value.name);
  if (v >= 7) { w.uuid(value.topicId); }
  w.int16(value.error);
  w.nullableString(value.message);
  if (v >= 5) { w.int32(value.numPartitions); }
  if (v >= 5) { w.int16(value.replicationFactor); }
  if (v >= 5) { w.nullableArray(value.configs, v, writeCreateTopicsResponseTopicConfig); }
  if (!w.flexible) return;
  const has0 = v >= 5 && (value.configError !== 0);
  w.uvarint(Number(has0));
  if (has0) {
    const mark = w.openTag(0);
    w.int16(value.configError);
    w.closeTag(mark);
  }
}

export interface CreateTopicsResponse {
  throttleMs: number;
  topics: CreateTopicsResponseTopic[];
}

export function readCreateTopicsResponse(r: WireReader, v: number): CreateTopicsResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readCreateTopicsResponseTopic),
  } as CreateTopicsResponse;
  r.skipTags();
  return value;
}

export function writeCreateTopicsResponse(w: WireWriter, v: number, value: CreateTopicsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeCreateTopicsResponseTopic);
  w.noTags();
}

