/**
 * Codec of DescribeConfigs, made by npm run protocol from
 * schema/32-describe-configs.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeConfigsRequestResource {
  type: number;
  name: string;
  keys: string[] | null;
}

export function readDescribeConfigsRequestResource(r: WireReader, v: number): DescribeConfigsRequestResource {
  const value = {
    type: r.int8(),
    name: r.string(),
    keys: r.nullableArray(v, r.readString),
  } as DescribeConfigsRequestResource;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsRequestResource(w: WireWriter, v: number, value: DescribeConfigsRequestResource): void {
  w.int8(value.type);
  w.string(value.name);
  w.nullableArray(value.keys, v, w.writeString);
  w.noTags();
}

export interface DescribeConfigsRequest {
  resources: DescribeConfigsRequestResource[];
  includeSynonyms: boolean;
  includeDocs: boolean;
}

export function readDescribeConfigsRequest(r: WireReader, v: number): DescribeConfigsRequest {
  const value = {
    resources: r.array(v, readDescribeConfigsRequestResource),
    includeSynonyms: r.boolean(),
    includeDocs: v >= 3 ? r.boolean() : false,
  } as DescribeConfigsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsRequest(w: WireWriter, v: number, value: DescribeConfigsRequest): void {
  w.array(value.resources, v, writeDescribeConfigsRequestResource);
  w.boolean(value.includeSynonyms);
  if (v >= 3) { w.boolean(value.includeDocs); }
  else if (value.includeDocs !== false) w.lost('includeDocs', v);
  w.noTags();
}

export interface DescribeConfigsResponseResultConfigSynonym {
  name: string;
  value: string | null;
  source: number;
}

export function readDescribeConfigsResponseResultConfigSynonym(r: WireReader, _v: number): DescribeConfigsResponseResultConfigSynonym {
  const value = {
    name: r.string(),
    value: r.nullableString(),
    source: r.int8(),
  } as DescribeConfigsResponseResultConfigSynonym;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsResponseResultConfigSynonym(w: WireWriter, _v: number, value: DescribeConfigsResponseResultConfigSynonym): void {
  w.string(value.name);
  w.nullableString(value.value);
  w.int8(value.source);
  w.noTags();
}

export interface DescribeConfigsResponseResultConfig {
  name: string;
  value: string | null;
  readOnly: boolean;
  source: number;
  sensitive: boolean;
  synonyms: DescribeConfigsResponseResultConfigSynonym[];
  configType: number;
  docs: string | null;
}

export function readDescribeConfigsResponseResultConfig(r: WireReader, v: number): DescribeConfigsResponseResultConfig {
  const value = {
    name: r.string(),
    value: r.nullableString(),
    readOnly: r.boolean(),
    source: r.int8(),
    sensitive: r.boolean(),
    synonyms: r.array(v, readDescribeConfigsResponseResultConfigSynonym),
    configType: v >= 3 ? r.int8() : 0,
    docs: v >= 3 ? r.nullableString() : '',
  } as DescribeConfigsResponseResultConfig;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsResponseResultConfig(w: WireWriter, v: number, value: DescribeConfigsResponseResultConfig): void {
  w.string(value.name);
  w.nullableString(value.value);
  w.boolean(value.readOnly);
  w.int8(value.source);
  w.boolean(value.sensitive);
  w.array(value.synonyms, v, writeDescribeConfigsResponseResultConfigSynonym);
  if (v >= 3) { w.int8(value.configType); }
  if (v >= 3) { w.nullableString(value.docs); }
  w.noTags();
}

export interface DescribeConfigsResponseResult {
  error: number;
  message: string | null;
  type: number;
  name: string;
  configs: DescribeConfigsResponseResultConfig[];
}

export function readDescribeConfigsResponseResult(r: WireReader, v: number): DescribeConfigsResponseResult {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    type: r.int8(),
    name: r.string(),
    configs: r.array(v, readDescribeConfigsResponseResultConfig),
  } as DescribeConfigsResponseResult;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsResponseResult(w: WireWriter, v: number, value: DescribeConfigsResponseResult): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.int8(value.type);
  w.string(value.name);
  w.array(value.configs, v, writeDescribeConfigsResponseResultConfig);
  w.noTags();
}

export interface DescribeConfigsResponse {
  throttleMs: number;
  results: DescribeConfigsResponseResult[];
}

export function readDescribeConfigsResponse(r: WireReader, v: number): DescribeConfigsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readDescribeConfigsResponseResult),
  } as DescribeConfigsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeConfigsResponse(w: WireWriter, v: number, value: DescribeConfigsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeDescribeConfigsResponseResult);
  w.noTags();
}

