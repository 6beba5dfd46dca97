/**
 * Codec of DescribeAcls, made by npm run protocol from
 * schema/29-describe-acls.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeAclsRequest {
  resourceType: number;
  resourceName: string | null;
  patternType: number;
  principal: string | null;
  host: string | null;
  operation: number;
  permission: number;
}

export function readDescribeAclsRequest(r: WireReader, _v: number): DescribeAclsRequest {
  const value = {
    resourceType: r.int8(),
    resourceName: r.nullableString(),
    patternType: r.int8(),
    principal: r.nullableString(),
    host: r.nullableString(),
    operation: r.int8(),
    permission: r.int8(),
  } as DescribeAclsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeAclsRequest(w: WireWriter, _v: number, value: DescribeAclsRequest): void {
  w.int8(value.resourceType);
  w.nullableString(value.resourceName);
  w.int8(value.patternType);
  w.nullableString(value.principal);
  w.nullableString(value.host);
  w.int8(value.operation);
  w.int8(value.permission);
  w.noTags();
}

export interface DescribeAclsResponseResourceAcl {
  principal: string;
  host: string;
  operation: number;
  permission: number;
}

export function readDescribeAclsResponseResourceAcl(r: WireReader, _v: number): DescribeAclsResponseResourceAcl {
  const value = {
    principal: r.string(),
    host: r.string(),
    operation: r.int8(),
    permission: r.int8(),
  } as DescribeAclsResponseResourceAcl;
  r.skipTags();
  return value;
}

export function writeDescribeAclsResponseResourceAcl(w: WireWriter, _v: number, value: DescribeAclsResponseResourceAcl): void {
  w.string(value.principal);
  w.string(value.host);
  w.int8(value.operation);
  w.int8(value.permission);
  w.noTags();
}

export interface DescribeAclsResponseResource {
  type: number;
  name: string;
  pattern: number;
  acls: DescribeAclsResponseResourceAcl[];
}

export function readDescribeAclsResponseResource(r: WireReader, v: number): DescribeAclsResponseResource {
  const value = {
    type: r.int8(),
    name: r.string(),
    pattern: r.int8(),
    acls: r.array(v, readDescribeAclsResponseResourceAcl),
  } as DescribeAclsResponseResource;
  r.skipTags();
  return value;
}

export function writeDescribeAclsResponseResource(w: WireWriter, v: number, value: DescribeAclsResponseResource): void {
  w.int8(value.type);
  w.string(value.name);
  w.int8(value.pattern);
  w.array(value.acls, v, writeDescribeAclsResponseResourceAcl);
  w.noTags();
}

export interface DescribeAclsResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  resources: DescribeAclsResponseResource[];
}

export function readDescribeAclsResponse(r: WireReader, v: number): DescribeAclsResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    resources: r.array(v, readDescribeAclsResponseResource),
  } as DescribeAclsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeAclsResponse(w: WireWriter, v: number, value: DescribeAclsResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.resources, v, writeDescribeAclsResponseResource);
  w.noTags();
}

