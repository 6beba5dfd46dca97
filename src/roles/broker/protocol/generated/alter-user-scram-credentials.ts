/**
 * Codec of AlterUserScramCredentials, made by npm run protocol from
 * schema/51-alter-user-scram-credentials.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AlterUserScramCredentialsRequestDeletion {
  name: string;
  mechanism: number;
}

export function readAlterUserScramCredentialsRequestDeletion(r: WireReader, _v: number): AlterUserScramCredentialsRequestDeletion {
  const value = {
    name: r.string(),
    mechanism: r.int8(),
  } as AlterUserScramCredentialsRequestDeletion;
  r.skipTags();
  return value;
}

export function writeAlterUserScramCredentialsRequestDeletion(w: WireWriter, _v: number, value: AlterUserScramCredentialsRequestDeletion): void {
  w.string(value.name);
  w.int8(value.mechanism);
  w.noTags();
}

export interface AlterUserScramCredentialsRequestUpsert {
  name: string;
  mechanism: number;
  iterations: number;
  salt: Uint8Array;
  saltedPassword: Uint8Array;
}

export function readAlterUserScramCredentialsRequestUpsert(r: WireReader, _v: number): AlterUserScramCredentialsRequestUpsert {
  const value = {
    name: r.string(),
    mechanism: r.int8(),
    iterations: r.int32(),
    salt: r.bytes(),
    saltedPassword: r.bytes(),
  } as AlterUserScramCredentialsRequestUpsert;
  r.skipTags();
  return value;
}

export function writeAlterUserScramCredentialsRequestUpsert(w: WireWriter, _v: number, value: AlterUserScramCredentialsRequestUpsert): void {
  w.string(value.name);
  w.int8(value.mechanism);
  w.int32(value.iterations);
  w.bytes(value.salt);
  w.bytes(value.saltedPassword);
  w.noTags();
}

export interface AlterUserScramCredentialsRequest {
  deletions: AlterUserScramCredentialsRequestDeletion[];
  upserts: AlterUserScramCredentialsRequestUpsert[];
}

export function readAlterUserScramCredentialsRequest(r: WireReader, v: number): AlterUserScramCredentialsRequest {
  const value = {
    deletions: r.array(v, readAlterUserScramCredentialsRequestDeletion),
    upserts: r.array(v, readAlterUserScramCredentialsRequestUpsert),
  } as AlterUserScramCredentialsRequest;
  r.skipTags();
  return value;
}

export function writeAlterUserScramCredentialsRequest(w: WireWriter, v: number, value: AlterUserScramCredentialsRequest): void {
  w.array(value.deletions, v, writeAlterUserScramCredentialsRequestDeletion);
  w.array(value.upserts, v, writeAlterUserScramCredentialsRequestUpsert);
  w.noTags();
}

export interface AlterUserScramCredentialsResponseResult {
  user: string;
  error: number;
  message: string | null;
}

export function readAlterUserScramCredentialsResponseResult(r: WireReader, _v: number): AlterUserScramCredentialsResponseResult {
  const value = {
    user: r.string(),
    error: r.int16(),
    message: r.nullableString(),
  } as AlterUserScramCredentialsResponseResult;
  r.skipTags();
  return value;
}

export function writeAlterUserScramCredentialsResponseResult(w: WireWriter, _v: number, value: AlterUserScramCredentialsResponseResult): void {
  w.string(value.user);
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface AlterUserScramCredentialsResponse {
  throttleMs: number;
  results: AlterUserScramCredentialsResponseResult[];
}

export function readAlterUserScramCredentialsResponse(r: WireReader, v: number): AlterUserScramCredentialsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readAlterUserScramCredentialsResponseResult),
  } as AlterUserScramCredentialsResponse;
  r.skipTags();
  return value;
}

export function writeAlterUserScramCredentialsResponse(w: WireWriter, v: number, value: AlterUserScramCredentialsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeAlterUserScramCredentialsResponseResult);
  w.noTags();
}

