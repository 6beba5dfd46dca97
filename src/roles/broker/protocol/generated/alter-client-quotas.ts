/**
 * Codec of AlterClientQuotas, made by npm run protocol from
 * schema/49-alter-client-quotas.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AlterClientQuotasRequestEntryEntity {
  type: string;
  name: string | null;
}

export function readAlterClientQuotasRequestEntryEntity(r: WireReader, _v: number): AlterClientQuotasRequestEntryEntity {
  const value = {
    type: r.string(),
    name: r.nullableString(),
  } as AlterClientQuotasRequestEntryEntity;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasRequestEntryEntity(w: WireWriter, _v: number, value: AlterClientQuotasRequestEntryEntity): void {
  w.string(value.type);
  w.nullableString(value.name);
  w.noTags();
}

export interface AlterClientQuotasRequestEntryOp {
  key: string;
  value: number;
  remove: boolean;
}

export function readAlterClientQuotasRequestEntryOp(r: WireReader, _v: number): AlterClientQuotasRequestEntryOp {
  const value = {
    key: r.string(),
    value: r.float64(),
    remove: r.boolean(),
  } as AlterClientQuotasRequestEntryOp;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasRequestEntryOp(w: WireWriter, _v: number, value: AlterClientQuotasRequestEntryOp): void {
  w.string(value.key);
  w.float64(value.value);
  w.boolean(value.remove);
  w.noTags();
}

export interface AlterClientQuotasRequestEntry {
  entity: AlterClientQuotasRequestEntryEntity[];
  ops: AlterClientQuotasRequestEntryOp[];
}

export function readAlterClientQuotasRequestEntry(r: WireReader, v: number): AlterClientQuotasRequestEntry {
  const value = {
    entity: r.array(v, readAlterClientQuotasRequestEntryEntity),
    ops: r.array(v, readAlterClientQuotasRequestEntryOp),
  } as AlterClientQuotasRequestEntry;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasRequestEntry(w: WireWriter, v: number, value: AlterClientQuotasRequestEntry): void {
  w.array(value.entity, v, writeAlterClientQuotasRequestEntryEntity);
  w.array(value.ops, v, writeAlterClientQuotasRequestEntryOp);
  w.noTags();
}

export interface AlterClientQuotasRequest {
  entries: AlterClientQuotasRequestEntry[];
  validateOnly: boolean;
}

export function readAlterClientQuotasRequest(r: WireReader, v: number): AlterClientQuotasRequest {
  const value = {
    entries: r.array(v, readAlterClientQuotasRequestEntry),
    validateOnly: r.boolean(),
  } as AlterClientQuotasRequest;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasRequest(w: WireWriter, v: number, value: AlterClientQuotasRequest): void {
  w.array(value.entries, v, writeAlterClientQuotasRequestEntry);
  w.boolean(value.validateOnly);
  w.noTags();
}

export interface AlterClientQuotasResponseEntryEntity {
  type: string;
  name: string | null;
}

export function readAlterClientQuotasResponseEntryEntity(r: WireReader, _v: number): AlterClientQuotasResponseEntryEntity {
  const value = {
    type: r.string(),
    name: r.nullableString(),
  } as AlterClientQuotasResponseEntryEntity;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasResponseEntryEntity(w: WireWriter, _v: number, value: AlterClientQuotasResponseEntryEntity): void {
  w.string(value.type);
  w.nullableString(value.name);
  w.noTags();
}

export interface AlterClientQuotasResponseEntry {
  error: number;
  message: string | null;
  entity: AlterClientQuotasResponseEntryEntity[];
}

export function readAlterClientQuotasResponseEntry(r: WireReader, v: number): AlterClientQuotasResponseEntry {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    entity: r.array(v, readAlterClientQuotasResponseEntryEntity),
  } as AlterClientQuotasResponseEntry;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasResponseEntry(w: WireWriter, v: number, value: AlterClientQuotasResponseEntry): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.entity, v, writeAlterClientQuotasResponseEntryEntity);
  w.noTags();
}

export interface AlterClientQuotasResponse {
  throttleMs: number;
  entries: AlterClientQuotasResponseEntry[];
}

export function readAlterClientQuotasResponse(r: WireReader, v: number): AlterClientQuotasResponse {
  const value = {
    throttleMs: r.int32(),
    entries: r.array(v, readAlterClientQuotasResponseEntry),
  } as AlterClientQuotasResponse;
  r.skipTags();
  return value;
}

export function writeAlterClientQuotasResponse(w: WireWriter, v: number, value: AlterClientQuotasResponse): void {
  w.int32(value.throttleMs);
  w.array(value.entries, v, writeAlterClientQuotasResponseEntry);
  w.noTags();
}

