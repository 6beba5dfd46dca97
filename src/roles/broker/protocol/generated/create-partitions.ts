/**
 * Codec of CreatePartitions, made by npm run protocol from
 * schema/37-create-partitions.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface CreatePartitionsRequestTopicAssignment {
  brokers: number[];
}

export function readCreatePartitionsRequestTopicAssignment(r: WireReader, v: number): CreatePartitionsRequestTopicAssignment {
  const value = {
    brokers: r.array(v, r.readInt32),
  } as CreatePartitionsRequestTopicAssignment;
  r.skipTags();
  return value;
}

export function writeCreatePartitionsRequestTopicAssignment(w: WireWriter, v: number, value: CreatePartitionsRequestTopicAssignment): void {
  w.array(value.brokers, v, w.writeInt32);
  w.noTags();
}

export interface CreatePartitionsRequestTopic {
  name: string;
  count: number;
  assignments: CreatePartitionsRequestTopicAssignment[] | null;
}

export function readCreatePartitionsRequestTopic(r: WireReader, v: number): CreatePartitionsRequestTopic {
  const value = {
    name: r.string(),
    count: r.int32(),
    assignments: r.nullableArray(v, readCreatePartitionsRequestTopicAssignment),
  } as CreatePartitionsRequestTopic;
  r.skipTags();
  return value;
}

export function writeCreatePartitionsRequestTopic(w: WireWriter, v: number, value: CreatePartitionsRequestTopic): void {
  w.string(value.name);
  w.int32(value.count);
  w.nullableArray(value.assignments, v, writeCreatePartitionsRequestTopicAssignment);
  w.noTags();
}

export interface CreatePartitionsRequest {
  topics: CreatePartitionsRequestTopic[];
  timeoutMs: number;
  validateOnly: boolean;
}

export function readCreatePartitionsRequest(r: WireReader, v: number): CreatePartitionsRequest {
  const value = {
    topics: r.array(v, readCreatePartitionsRequestTopic),
    timeoutMs: r.int32(),
    validateOnly: r.boolean(),
  } as CreatePartitionsRequest;
  r.skipTags();
  return value;
}

export function writeCreatePartitionsRequest(w: WireWriter, v: number, value: CreatePartitionsRequest): void {
  w.array(value.topics, v, writeCreatePartitionsRequestTopic);
  w.int32(value.timeoutMs);
  w.boolean(value.validateOnly);
  w.noTags();
}

export interface CreatePartitionsResponseResult {
  name: string;
  error: number;
  message: string | null;
}

export function readCreatePartitionsResponseResult(r: WireReader, _v: number): CreatePartitionsResponseResult {
  const value = {
    name: r.string(),
    error: r.int16(),
    message: r.nullableString(),
  } as CreatePartitionsResponseResult;
  r.skipTags();
  return value;
}

export function writeCreatePartitionsResponseResult(w: WireWriter, _v: number, value: CreatePartitionsResponseResult): void {
  w.string(value.name);
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface CreatePartitionsResponse {
  throttleMs: number;
  results: CreatePartitionsResponseResult[];
}

export function readCreatePartitionsResponse(r: WireReader, v: number): CreatePartitionsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readCreatePartitionsResponseResult),
  } as CreatePartitionsResponse;
  r.skipTags();
  return value;
}

export function writeCreatePartitionsResponse(w: WireWriter, v: number, value: CreatePartitionsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeCreatePartitionsResponseResult);
  w.noTags();
}

