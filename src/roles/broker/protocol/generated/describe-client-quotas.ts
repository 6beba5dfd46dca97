/**
 * Codec of DescribeClientQuotas, made by npm run protocol from
 * schema/48-describe-client-quotas.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeClientQuotasRequestComponent {
  entityType: string;
  match: number;
  value: string | null;
}

export function readDescribeClientQuotasRequestComponent(r: WireReader, _v: number): DescribeClientQuotasRequestComponent {
  const value = {
    entityType: r.string(),
    match: r.int8(),
    value: r.nullableString(),
  } as DescribeClientQuotasRequestComponent;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasRequestComponent(w: WireWriter, _v: number, value: DescribeClientQuotasRequestComponent): void {
  w.string(value.entityType);
  w.int8(value.match);
  w.nullableString(value.value);
  w.noTags();
}

export interface DescribeClientQuotasRequest {
  components: DescribeClientQuotasRequestComponent[];
  strict: boolean;
}

export function readDescribeClientQuotasRequest(r: WireReader, v: number): DescribeClientQuotasRequest {
  const value = {
    components: r.array(v, readDescribeClientQuotasRequestComponent),
    strict: r.boolean(),
  } as DescribeClientQuotasRequest;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasRequest(w: WireWriter, v: number, value: DescribeClientQuotasRequest): void {
  w.array(value.components, v, writeDescribeClientQuotasRequestComponent);
  w.boolean(value.strict);
  w.noTags();
}

export interface DescribeClientQuotasResponseEntryEntity {
  type: string;
  name: string | null;
}

export function readDescribeClientQuotasResponseEntryEntity(r: WireReader, _v: number): DescribeClientQuotasResponseEntryEntity {
  const value = {
    type: r.string(),
    name: r.nullableString(),
  } as DescribeClientQuotasResponseEntryEntity;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasResponseEntryEntity(w: WireWriter, _v: number, value: DescribeClientQuotasResponseEntryEntity): void {
  w.string(value.type);
  w.nullableString(value.name);
  w.noTags();
}

export interface DescribeClientQuotasResponseEntryValue {
  key: string;
  value: number;
}

export function readDescribeClientQuotasResponseEntryValue(r: WireReader, _v: number): DescribeClientQuotasResponseEntryValue {
  const value = {
    key: r.string(),
    value: r.float64(),
  } as DescribeClientQuotasResponseEntryValue;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasResponseEntryValue(w: WireWriter, _v: number, value: DescribeClientQuotasResponseEntryValue): void {
  w.string(value.key);
  w.float64(value.value);
  w.noTags();
}

export interface DescribeClientQuotasResponseEntry {
  entity: DescribeClientQuotasResponseEntryEntity[];
  values: DescribeClientQuotasResponseEntryValue[];
}

export function readDescribeClientQuotasResponseEntry(r: WireReader, v: number): DescribeClientQuotasResponseEntry {
  const value = {
    entity: r.array(v, readDescribeClientQuotasResponseEntryEntity),
    values: r.array(v, readDescribeClientQuotasResponseEntryValue),
  } as DescribeClientQuotasResponseEntry;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasResponseEntry(w: WireWriter, v: number, value: DescribeClientQuotasResponseEntry): void {
  w.array(value.entity, v, writeDescribeClientQuotasResponseEntryEntity);
  w.array(value.values, v, writeDescribeClientQuotasResponseEntryValue);
  w.noTags();
}

export interface DescribeClientQuotasResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  entries: DescribeClientQuotasResponseEntry[] | null;
}

export function readDescribeClientQuotasResponse(r: WireReader, v: number): DescribeClientQuotasResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    entries: r.nullableArray(v, readDescribeClientQuotasResponseEntry),
  } as DescribeClientQuotasResponse;
  r.skipTags();
  return value;
}

export function writeDescribeClientQuotasResponse(w: WireWriter, v: number, value: DescribeClientQuotasResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.nullableArray(value.entries, v, writeDescribeClientQuotasResponseEntry);
  w.noTags();
}

