/**
 * Codec of CreateAcls, made by npm run protocol from
 * schema/30-create-acls.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface CreateAclsRequestCreation {
  resourceType: number;
  resourceName: string;
  patternType: number;
  principal: string;
  host: string;
  operation: number;
  permission: number;
}

export function readCreateAclsRequestCreation(r: WireReader, _v: number): CreateAclsRequestCreation {
  const value = {
    resourceType: r.int8(),
    resourceName: r.string(),
    patternType: r.int8(),
    principal: r.string(),
    host: r.string(),
    operation: r.int8(),
    permission: r.int8(),
  } as CreateAclsRequestCreation;
  r.skipTags();
  return value;
}

export function writeCreateAclsRequestCreation(w: WireWriter, _v: number, value: CreateAclsRequestCreation): void {
  w.int8(value.resourceType);
  w.string(value.resourceName);
  w.int8(value.patternType);
  w.string(value.principal);
  w.string(value.host);
  w.int8(value.operation);
  w.int8(value.permission);
  w.noTags();
}

export interface CreateAclsRequest {
  creations: CreateAclsRequestCreation[];
}

export function readCreateAclsRequest(r: WireReader, v: number): CreateAclsRequest {
  const value = {
    creations: r.array(v, readCreateAclsRequestCreation),
  } as CreateAclsRequest;
  r.skipTags();
  return value;
}

export function writeCreateAclsRequest(w: WireWriter, v: number, value: CreateAclsRequest): void {
  w.array(value.creations, v, writeCreateAclsRequestCreation);
  w.noTags();
}

export interface CreateAclsResponseResult {
  error: number;
  message: string | null;
}

export function readCreateAclsResponseResult(r: WireReader, _v: number): CreateAclsResponseResult {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
  } as CreateAclsResponseResult;
  r.skipTags();
  return value;
}

export function writeCreateAclsResponseResult(w: WireWriter, _v: number, value: CreateAclsResponseResult): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface CreateAclsResponse {
  throttleMs: number;
  results: CreateAclsResponseResult[];
}

export function readCreateAclsResponse(r: WireReader, v: number): CreateAclsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readCreateAclsResponseResult),
  } as CreateAclsResponse;
  r.skipTags();
  return value;
}

export function writeCreateAclsResponse(w: WireWriter, v: number, value: CreateAclsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeCreateAclsResponseResult);
  w.noTags();
}

