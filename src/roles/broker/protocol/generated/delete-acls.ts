/**
 * Codec of DeleteAcls, made by npm run protocol from
 * schema/31-delete-acls.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DeleteAclsRequestFilter {
  resourceType: number;
  resourceName: string | null;
  patternType: number;
  principal: string | null;
  host: string | null;
  operation: number;
  permission: number;
}

export function readDeleteAclsRequestFilter(r: WireReader, _v: number): DeleteAclsRequestFilter {
  const value = {
    resourceType: r.int8(),
    resourceName: r.nullableString(),
    patternType: r.int8(),
    principal: r.nullableString(),
    host: r.nullableString(),
    operation: r.int8(),
    permission: r.int8(),
  } as DeleteAclsRequestFilter;
  r.skipTags();
  return value;
}

export function writeDeleteAclsRequestFilter(w: WireWriter, _v: number, value: DeleteAclsRequestFilter): void {
  w.int8(value.resourceType);
  w.nullableString(value.resourceName);
  w.int8(value.patternType);
  w.nullableString(value.principal);
  w.nullableString(value.host);
  w.int8(value.operation);
  w.int8(value.permission);
  w.noTags();
}

export interface DeleteAclsRequest {
  filters: DeleteAclsRequestFilter[];
}

export function readDeleteAclsRequest(r: WireReader, v: number): DeleteAclsRequest {
  const value = {
    filters: r.array(v, readDeleteAclsRequestFilter),
  } as DeleteAclsRequest;
  r.skipTags();
  return value;
}

export function writeDeleteAclsRequest(w: WireWriter, v: number, value: DeleteAclsRequest): void {
  w.array(value.filters, v, writeDeleteAclsRequestFilter);
  w.noTags();
}

export interface DeleteAclsResponseResultMatching {
  error: number;
  message: string | null;
  resourceType: number;
  resourceName: string;
  patternType: number;
  principal: string;
  host: string;
  operation: number;
  permission: number;
}

export function readDeleteAclsResponseResultMatching(r: WireReader, _v: number): DeleteAclsResponseResultMatching {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    resourceType: r.int8(),
    resourceName: r.string(),
    patternType: r.int8(),
    principal: r.string(),
    host: r.string(),
    operation: r.int8(),
    permission: r.int8(),
  } as DeleteAclsResponseResultMatching;
  r.skipTags();
  return value;
}

export function writeDeleteAclsResponseResultMatching(w: WireWriter, _v: number, value: DeleteAclsResponseResultMatching): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.int8(value.resourceType);
  w.string(value.resourceName);
  w.int8(value.patternType);
  w.string(value.principal);
  w.string(value.host);
  w.int8(value.operation);
  w.int8(value.permission);
  w.noTags();
}

export interface DeleteAclsResponseResult {
  error: number;
  message: string | null;
  matching: DeleteAclsResponseResultMatching[];
}

export function readDeleteAclsResponseResult(r: WireReader, v: number): DeleteAclsResponseResult {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    matching: r.array(v, readDeleteAclsResponseResultMatching),
  } as DeleteAclsResponseResult;
  r.skipTags();
  return value;
}

export function writeDeleteAclsResponseResult(w: WireWriter, v: number, value: DeleteAclsResponseResult): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.matching, v, writeDeleteAclsResponseResultMatching);
  w.noTags();
}

export interface DeleteAclsResponse {
  throttleMs: number;
  results: DeleteAclsResponseResult[];
}

export function readDeleteAclsResponse(r: WireReader, v: number): DeleteAclsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readDeleteAclsResponseResult),
  } as DeleteAclsResponse;
  r.skipTags();
  return value;
}

export function writeDeleteAclsResponse(w: WireWriter, v: number, value: DeleteAclsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeDeleteAclsResponseResult);
  w.noTags();
}

