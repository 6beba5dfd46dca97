/**
 * Codec of DeleteGroups, made by npm run protocol from
 * schema/42-delete-groups.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DeleteGroupsRequest {
  groups: string[];
}

export function readDeleteGroupsRequest(r: WireReader, v: number): DeleteGroupsRequest {
  const value = {
    groups: r.array(v, r.readString),
  } as DeleteGroupsRequest;
  r.skipTags();
  return value;
}

export function writeDeleteGroupsRequest(w: WireWriter, v: number, value: DeleteGroupsRequest): void {
  w.array(value.groups, v, w.writeString);
  w.noTags();
}

export interface DeleteGroupsResponseResult {
  groupId: string;
  error: number;
}

export function readDeleteGroupsResponseResult(r: WireReader, _v: number): DeleteGroupsResponseResult {
  const value = {
    groupId: r.string(),
    error: r.int16(),
  } as DeleteGroupsResponseResult;
  r.skipTags();
  return value;
}

export function writeDeleteGroupsResponseResult(w: WireWriter, _v: number, value: DeleteGroupsResponseResult): void {
  w.string(value.groupId);
  w.int16(value.error);
  w.noTags();
}

export interface DeleteGroupsResponse {
  throttleMs: number;
  results: DeleteGroupsResponseResult[];
}

export function readDeleteGroupsResponse(r: WireReader, v: number): DeleteGroupsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readDeleteGroupsResponseResult),
  } as DeleteGroupsResponse;
  r.skipTags();
  return value;
}

export function writeDeleteGroupsResponse(w: WireWriter, v: number, value: DeleteGroupsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeDeleteGroupsResponseResult);
  w.noTags();
}

