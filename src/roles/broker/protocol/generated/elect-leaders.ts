/**
 * Codec of ElectLeaders, made by npm run protocol from
 * schema/43-elect-leaders.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ElectLeadersRequestTopic {
  name: string;
  partitions: number[];
}

export function readElectLeadersRequestTopic(r: WireReader, v: number): ElectLeadersRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as ElectLeadersRequestTopic;
  r.skipTags();
  return value;
}

export function writeElectLeadersRequestTopic(w: WireWriter, v: number, value: ElectLeadersRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface ElectLeadersRequest {
  type: number;
  topics: ElectLeadersRequestTopic[] | null;
  timeoutMs: number;
}

export function readElectLeadersRequest(r: WireReader, v: number): ElectLeadersRequest {
  const value = {
    type: v >= 1 ? r.int8() : 0,
    topics: r.nullableArray(v, readElectLeadersRequestTopic),
    timeoutMs: r.int32(),
  } as ElectLeadersRequest;
  r.skipTags();
  return value;
}

export function writeElectLeadersRequest(w: WireWriter, v: number, value: ElectLeadersRequest): void {
  if (v >= 1) { w.int8(value.type); }
  w.nullableArray(value.topics, v, writeElectLeadersRequestTopic);
  w.int32(value.timeoutMs);
  w.noTags();
}

export interface ElectLeadersResponseResultPartition {
  index: number;
  error: number;
  message: string | null;
}

export function readElectLeadersResponseResultPartition(r: WireReader, _v: number): ElectLeadersResponseResultPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
  } as ElectLeadersResponseResultPartition;
  r.skipTags();
  return value;
}

export function writeElectLeadersResponseResultPartition(w: WireWriter, _v: number, value: ElectLeadersResponseResultPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface ElectLeadersResponseResult {
  name: string;
  partitions: ElectLeadersResponseResultPartition[];
}

export function readElectLeadersResponseResult(r: WireReader, v: number): ElectLeadersResponseResult {
  const value = {
    name: r.string(),
    partitions: r.array(v, readElectLeadersResponseResultPartition),
  } as ElectLeadersResponseResult;
  r.skipTags();
  return value;
}

export function writeElectLeadersResponseResult(w: WireWriter, v: number, value: ElectLeadersResponseResult): void {
  w.string(value.name);
  w.array(value.partitions, v, writeElectLeadersResponseResultPartition);
  w.noTags();
}

export interface ElectLeadersResponse {
  throttleMs: number;
  error: number;
  results: ElectLeadersResponseResult[];
}

export function readElectLeadersResponse(r: WireReader, v: number): ElectLeadersResponse {
  const value = {
    throttleMs: r.int32(),
    error: v >= 1 ? r.int16() : 0,
    results: r.array(v, readElectLeadersResponseResult),
  } as ElectLeadersResponse;
  r.skipTags();
  return value;
}

export function writeElectLeadersResponse(w: WireWriter, v: number, value: ElectLeadersResponse): void {
  w.int32(value.throttleMs);
  if (v >= 1) { w.int16(value.error); }
  w.array(value.results, v, writeElectLeadersResponseResult);
  w.noTags();
}

