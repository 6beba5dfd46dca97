/**
 * Codec of DeleteTopics, made by npm run protocol from
 * schema/20-delete-topics.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter, zeroUuid } from '../wire.ts';

export interface DeleteTopicsRequestTopic {
  name: string | null;
  topicId: string;
}

export function readDeleteTopicsRequestTopic(r: WireReader, _v: number): DeleteTopicsRequestTopic {
  const value = {
    name: r.nullableString(),
    topicId: r.uuid(),
  } as DeleteTopicsRequestTopic;
  r.skipTags();
  return value;
}

export function writeDeleteTopicsRequestTopic(w: WireWriter, _v: number, value: DeleteTopicsRequestTopic): void {
  w.nullableString(value.name);
  w.uuid(value.topicId);
  w.noTags();
}

export interface DeleteTopicsRequest {
  topics: DeleteTopicsRequestTopic[];
  names: string[];
  timeoutMs: number;
}

export function readDeleteTopicsRequest(r: WireReader, v: number): DeleteTopicsRequest {
  const value = {
    topics: v >= 6 ? r.array(v, readDeleteTopicsRequestTopic) : [],
    names: v <= 5 ? r.array(v, r.readString) : [],
    timeoutMs: r.int32(),
  } as DeleteTopicsRequest;
  r.skipTags();
  return value;
}

export function writeDeleteTopicsRequest(w: WireWriter, v: number, value: DeleteTopicsRequest): void {
  if (v >= 6) { w.array(value.topics, v, writeDeleteTopicsRequestTopic); }
  else if (value.topics.length > 0) w.lost('topics', v);
  if (v <= 5) { w.array(value.names, v, w.writeString); }
  else if (value.names.length > 0) w.lost('names', v);
  w.int32(value.timeoutMs);
  w.noTags();
}

export interface DeleteTopicsResponseResult {
  name: string | null;
  topicId: string;
  error: number;
  message: string | null;
}

export function readDeleteTopicsResponseResult(r: WireReader, v: number): DeleteTopicsResponseResult {
  const value = {
    name: (v >= 6) ? r.nullableString() : r.string(),
    topicId: v >= 6 ? r.uuid() : zeroUuid,
    error: r.int16(),
    message: v >= 5 ? r.nullableString() : null,
  } as DeleteTopicsResponseResult;
  r.skipTags();
  return value;
}

export function writeDeleteTopicsResponseResult(w: WireWriter, v: number, value: DeleteTopicsResponseResult): void {
  if (v >= 6) w.nullableString(value.name); else w.string(w.present(value.name, 'name'));
  if (v >= 6) { w.uuid(value.topicId); }
  w.int16(value.error);
  if (v >= 5) { w.nullableString(value.message); }
  w.noTags();
}

export interface DeleteTopicsResponse {
  throttleMs: number;
  results: DeleteTopicsResponseResult[];
}

export function readDeleteTopicsResponse(r: WireReader, v: number): DeleteTopicsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readDeleteTopicsResponseResult),
  } as DeleteTopicsResponse;
  r.skipTags();
  return value;
}

export function writeDeleteTopicsResponse(w: WireWriter, v: number, value: DeleteTopicsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeDeleteTopicsResponseResult);
  w.noTags();
}

