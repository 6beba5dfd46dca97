/**
 * Codec of IncrementalAlterConfigs, made by npm run protocol from
 * schema/44-incremental-alter-configs.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface IncrementalAlterConfigsRequestResourceConfig {
  name: string;
  op: number;
  value: string | null;
}

export function readIncrementalAlterConfigsRequestResourceConfig(r: WireReader, _v: number): IncrementalAlterConfigsRequestResourceConfig {
  const value = {
    name: r.string(),
    op: r.int8(),
    value: r.nullableString(),
  } as IncrementalAlterConfigsRequestResourceConfig;
  r.skipTags();
  return value;
}

export function writeIncrementalAlterConfigsRequestResourceConfig(w: WireWriter, _v: number, value: IncrementalAlterConfigsRequestResourceConfig): void {
  w.string(value.name);
  w.int8(value.op);
  w.nullableString(value.value);
  w.noTags();
}

export interface IncrementalAlterConfigsRequestResource {
  type: number;
  name: string;
  configs: IncrementalAlterConfigsRequestResourceConfig[];
}

export function readIncrementalAlterConfigsRequestResource(r: WireReader, v: number): IncrementalAlterConfigsRequestResource {
  const value = {
    type: r.int8(),
    name: r.string(),
    configs: r.array(v, readIncrementalAlterConfigsRequestResourceConfig),
  } as IncrementalAlterConfigsRequestResource;
  r.skipTags();
  return value;
}

export function writeIncrementalAlterConfigsRequestResource(w: WireWriter, v: number, value: IncrementalAlterConfigsRequestResource): void {
  w.int8(value.type);
  w.string(value.name);
  w.array(value.configs, v, writeIncrementalAlterConfigsRequestResourceConfig);
  w.noTags();
}

export interface IncrementalAlterConfigsRequest {
  resources: IncrementalAlterConfigsRequestResource[];
  validateOnly: boolean;
}

export function readIncrementalAlterConfigsRequest(r: WireReader, v: number): IncrementalAlterConfigsRequest {
  const value = {
    resources: r.array(v, readIncrementalAlterConfigsRequestResource),
    validateOnly: r.boolean(),
  } as IncrementalAlterConfigsRequest;
  r.skipTags();
  return value;
}

export function writeIncrementalAlterConfigsRequest(w: WireWriter, v: number, value: IncrementalAlterConfigsRequest): void {
  w.array(value.resources, v, writeIncrementalAlterConfigsRequestResource);
  w.boolean(value.validateOnly);
  w.noTags();
}

export interface IncrementalAlterConfigsResponseResult {
  error: number;
  message: string | null;
  type: number;
  name: string;
}

export function readIncrementalAlterConfigsResponseResult(r: WireReader, _v: number): IncrementalAlterConfigsResponseResult {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    type: r.int8(),
    name: r.string(),
  } as IncrementalAlterConfigsResponseResult;
  r.skipTags();
  return value;
}

export function writeIncrementalAlterConfigsResponseResult(w: WireWriter, _v: number, value: IncrementalAlterConfigsResponseResult): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.int8(value.type);
  w.string(value.name);
  w.noTags();
}

export interface IncrementalAlterConfigsResponse {
  throttleMs: number;
  results: IncrementalAlterConfigsResponseResult[];
}

export function readIncrementalAlterConfigsResponse(r: WireReader, v: number): IncrementalAlterConfigsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readIncrementalAlterConfigsResponseResult),
  } as IncrementalAlterConfigsResponse;
  r.skipTags();
  return value;
}

export function writeIncrementalAlterConfigsResponse(w: WireWriter, v: number, value: IncrementalAlterConfigsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeIncrementalAlterConfigsResponseResult);
  w.noTags();
}

