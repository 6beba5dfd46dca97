/**
 * Codec of AlterConfigs, made by npm run protocol from
 * schema/33-alter-configs.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AlterConfigsRequestResourceConfig {
  name: string;
  value: string | null;
}

export function readAlterConfigsRequestResourceConfig(r: WireReader, _v: number): AlterConfigsRequestResourceConfig {
  const value = {
    name: r.string(),
    value: r.nullableString(),
  } as AlterConfigsRequestResourceConfig;
  r.skipTags();
  return value;
}

export function writeAlterConfigsRequestResourceConfig(w: WireWriter, _v: number, value: AlterConfigsRequestResourceConfig): void {
  w.string(value.name);
  w.nullableString(value.value);
  w.noTags();
}

export interface AlterConfigsRequestResource {
  type: number;
  name: string;
  configs: AlterConfigsRequestResourceConfig[];
}

export function readAlterConfigsRequestResource(r: WireReader, v: number): AlterConfigsRequestResource {
  const value = {
    type: r.int8(),
    name: r.string(),
    configs: r.array(v, readAlterConfigsRequestResourceConfig),
  } as AlterConfigsRequestResource;
  r.skipTags();
  return value;
}

export function writeAlterConfigsRequestResource(w: WireWriter, v: number, value: AlterConfigsRequestResource): void {
  w.int8(value.type);
  w.string(value.name);
  w.array(value.configs, v, writeAlterConfigsRequestResourceConfig);
  w.noTags();
}

export interface AlterConfigsRequest {
  resources: AlterConfigsRequestResource[];
  validateOnly: boolean;
}

export function readAlterConfigsRequest(r: WireReader, v: number): AlterConfigsRequest {
  const value = {
    resources: r.array(v, readAlterConfigsRequestResource),
    validateOnly: r.boolean(),
  } as AlterConfigsRequest;
  r.skipTags();
  return value;
}

export function writeAlterConfigsRequest(w: WireWriter, v: number, value: AlterConfigsRequest): void {
  w.array(value.resources, v, writeAlterConfigsRequestResource);
  w.boolean(value.validateOnly);
  w.noTags();
}

export interface AlterConfigsResponseResult {
  error: number;
  message: string | null;
  type: number;
  name: string;
}

export function readAlterConfigsResponseResult(r: WireReader, _v: number): AlterConfigsResponseResult {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    type: r.int8(),
    name: r.string(),
  } as AlterConfigsResponseResult;
  r.skipTags();
  return value;
}

export function writeAlterConfigsResponseResult(w: WireWriter, _v: number, value: AlterConfigsResponseResult): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.int8(value.type);
  w.string(value.name);
  w.noTags();
}

export interface AlterConfigsResponse {
  throttleMs: number;
  results: AlterConfigsResponseResult[];
}

export function readAlterConfigsResponse(r: WireReader, v: number): AlterConfigsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readAlterConfigsResponseResult),
  } as AlterConfigsResponse;
  r.skipTags();
  return value;
}

export function writeAlterConfigsResponse(w: WireWriter, v: number, value: AlterConfigsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeAlterConfigsResponseResult);
  w.noTags();
}

