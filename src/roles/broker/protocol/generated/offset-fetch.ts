/**
 * Codec of OffsetFetch, made by npm run protocol from
 * schema/9-offset-fetch.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface OffsetFetchRequestTopic {
  name: string;
  partitions: number[];
}

export function readOffsetFetchRequestTopic(r: WireReader, v: number): OffsetFetchRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as OffsetFetchRequestTopic;
  r.skipTags();
  return value;
}

export function writeOffsetFetchRequestTopic(w: WireWriter, v: number, value: OffsetFetchRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface OffsetFetchRequestGroupTopic {
  name: string;
  partitions: number[];
}

export function readOffsetFetchRequestGroupTopic(r: WireReader, v: number): OffsetFetchRequestGroupTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as OffsetFetchRequestGroupTopic;
  r.skipTags();
  return value;
}

export function writeOffsetFetchRequestGroupTopic(w: WireWriter, v: number, value: OffsetFetchRequestGroupTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface OffsetFetchRequestGroup {
  groupId: string;
  memberId: string | null;
  memberEpoch: number;
  topics: OffsetFetchRequestGroupTopic[] | null;
}

export function readOffsetFetchRequestGroup(r: WireReader, v: number): OffsetFetchRequestGroup {
  const value = {
    groupId: r.string(),
    memberId: v >= 9 ? r.nullableString() : null,
    memberEpoch: v >= 9 ? r.int32() : -1,
    topics: r.nullableArray(v, readOffsetFetchRequestGroupTopic),
  } as OffsetFetchRequestGroup;
  r.skipTags();
  return value;
}

export function writeOffsetFetchRequestGroup(w: WireWriter, v: number, value: OffsetFetchRequestGroup): void {
  w.string(value.groupId);
  if (v >= 9) { w.nullableString(value.memberId); }
  if (v >= 9) { w.int32(value.memberEpoch); }
  w.nullableArray(value.topics, v, writeOffsetFetchRequestGroupTopic);
  w.noTags();
}

export interface OffsetFetchRequest {
  groupId: string;
  topics: OffsetFetchRequestTopic[] | null;
  groups: OffsetFetchRequestGroup[];
  requireStable: boolean;
}

export function readOffsetFetchRequest(r: WireReader, v: number): OffsetFetchRequest {
  const value = {
    groupId: v <= 7 ? r.string() : '',
    topics: v <= 7 ? ((v >= 2 && v <= 7) ? r.nullableArray(v, readOffsetFetchRequestTopic) : r.array(v, readOffsetFetchRequestTopic)) : [],
    groups: v >= 8 ? r.array(v, readOffsetFetchRequestGroup) : [],
    requireStable: v >= 7 ? r.boolean() : false,
  } as OffsetFetchRequest;
  r.skipTags();
  return value;
}

export function writeOffsetFetchRequest(w: WireWriter, v: number, value: OffsetFetchRequest): void {
  if (v <= 7) { w.string(value.groupId); }
  else if (value.groupId !== '') w.lost('groupId', v);
  if (v <= 7) { if (v >= 2 && v <= 7) w.nullableArray(value.topics, v, writeOffsetFetchRequestTopic); else w.array(w.present(value.topics, 'topics'), v, writeOffsetFetchRequestTopic); }
  else if (value.topics === null || value.topics.length > 0) w.lost('topics', v);
  if (v >= 8) { w.array(value.groups, v, writeOffsetFetchRequestGroup); }
  else if (value.groups.length > 0) w.lost('groups', v);
  if (v >= 7) { w.boolean(value.requireStable); }
  w.noTags();
}

export interface OffsetFetchResponseTopicPartition {
  index: number;
  offset: number;
  leaderEpoch: number;
  metadata: string | null;
  error: number;
}

export function readOffsetFetchResponseTopicPartition(r: WireReader, v: number): OffsetFetchResponseTopicPartition {
  const value = {
    index: r.int32(),
    offset: r.int64(),
    leaderEpoch: v >= 5 ? r.int32() : -1,
    metadata: r.nullableString(),
    error: r.int16(),
  } as OffsetFetchResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponseTopicPartition(w: WireWriter, v: number, value: OffsetFetchResponseTopicPartition): void {
  w.int32(value.index);
  w.int64(value.offset);
  if (v >= 5) { w.int32(value.leaderEpoch); }
  w.nullableString(value.metadata);
  w.int16(value.error);
  w.noTags();
}

export interface OffsetFetchResponseTopic {
  name: string;
  partitions: OffsetFetchResponseTopicPartition[];
}

export function readOffsetFetchResponseTopic(r: WireReader, v: number): OffsetFetchResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetFetchResponseTopicPartition),
  } as OffsetFetchResponseTopic;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponseTopic(w: WireWriter, v: number, value: OffsetFetchResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetFetchResponseTopicPartition);
  w.noTags();
}

export interface OffsetFetchResponseGroupTopicPartition {
  index: number;
  offset: number;
  leaderEpoch: number;
  metadata: string | null;
  error: number;
}

export function readOffsetFetchResponseGroupTopicPartition(r: WireReader, v: number): OffsetFetchResponseGroupTopicPartition {
  const value = {
    index: r.int32(),
    offset: r.int64(),
    leaderEpoch: v >= 5 ? r.int32() : -1,
    metadata: r.nullableString(),
    error: r.int16(),
  } as OffsetFetchResponseGroupTopicPartition;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponseGroupTopicPartition(w: WireWriter, v: number, value: OffsetFetchResponseGroupTopicPartition): void {
  w.int32(value.index);
  w.int64(value.offset);
  if (v >= 5) { w.int32(value.leaderEpoch); }
  w.nullableString(value.metadata);
  w.int16(value.error);
  w.noTags();
}

export interface OffsetFetchResponseGroupTopic {
  name: string;
  partitions: OffsetFetchResponseGroupTopicPartition[];
}

export function readOffsetFetchResponseGroupTopic(r: WireReader, v: number): OffsetFetchResponseGroupTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readOffsetFetchResponseGroupTopicPartition),
  } as OffsetFetchResponseGroupTopic;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponseGroupTopic(w: WireWriter, v: number, value: OffsetFetchResponseGroupTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeOffsetFetchResponseGroupTopicPartition);
  w.noTags();
}

export interface OffsetFetchResponseGroup {
  groupId: string;
  topics: OffsetFetchResponseGroupTopic[];
  error: number;
}

export function readOffsetFetchResponseGroup(r: WireReader, v: number): OffsetFetchResponseGroup {
  const value = {
    groupId: r.string(),
    topics: r.array(v, readOffsetFetchResponseGroupTopic),
    error: r.int16(),
  } as OffsetFetchResponseGroup;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponseGroup(w: WireWriter, v: number, value: OffsetFetchResponseGroup): void {
  w.string(value.groupId);
  w.array(value.topics, v, writeOffsetFetchResponseGroupTopic);
  w.int16(value.error);
  w.noTags();
}

export interface OffsetFetchResponse {
  throttleMs: number;
  topics: OffsetFetchResponseTopic[];
  error: number;
  groups: OffsetFetchResponseGroup[];
}

export function readOffsetFetchResponse(r: WireReader, v: number): OffsetFetchResponse {
  const value = {
    throttleMs: v >= 3 ? r.int32() : 0,
    topics: v <= 7 ? r.array(v, readOffsetFetchResponseTopic) : [],
    error: v >= 2 && v <= 7 ? r.int16() : 0,
    groups: v >= 8 ? r.array(v, readOffsetFetchResponseGroup) : [],
  } as OffsetFetchResponse;
  r.skipTags();
  return value;
}

export function writeOffsetFetchResponse(w: WireWriter, v: number, value: OffsetFetchResponse): void {
  if (v >= 3) { w.int32(value.throttleMs); }
  if (v <= 7) { w.array(value.topics, v, writeOffsetFetchResponseTopic); }
  else if (value.topics.length > 0) w.lost('topics', v);
  if (v >= 2 && v <= 7) { w.int16(value.error); }
  if (v >= 8) { w.array(value.groups, v, writeOffsetFetchResponseGroup); }
  else if (value.groups.length > 0) w.lost('groups', v);
  w.noTags();
}

