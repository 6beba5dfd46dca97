/**
 * Codec of DescribeUserScramCredentials, made by npm run protocol from
 * schema/50-describe-user-scram-credentials.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeUserScramCredentialsRequestUser {
  name: string;
}

export function readDescribeUserScramCredentialsRequestUser(r: WireReader, _v: number): DescribeUserScramCredentialsRequestUser {
  const value = {
    name: r.string(),
  } as DescribeUserScramCredentialsRequestUser;
  r.skipTags();
  return value;
}

export function writeDescribeUserScramCredentialsRequestUser(w: WireWriter, _v: number, value: DescribeUserScramCredentialsRequestUser): void {
  w.string(value.name);
  w.noTags();
}

export interface DescribeUserScramCredentialsRequest {
  users: DescribeUserScramCredentialsRequestUser[] | null;
}

export function readDescribeUserScramCredentialsRequest(r: WireReader, v: number): DescribeUserScramCredentialsRequest {
  const value = {
    users: r.nullableArray(v, readDescribeUserScramCredentialsRequestUser),
  } as DescribeUserScramCredentialsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeUserScramCredentialsRequest(w: WireWriter, v: number, value: DescribeUserScramCredentialsRequest): void {
  w.nullableArray(value.users, v, writeDescribeUserScramCredentialsRequestUser);
  w.noTags();
}

export interface DescribeUserScramCredentialsResponseResultInfo {
  mechanism: number;
  iterations: number;
}

export function readDescribeUserScramCredentialsResponseResultInfo(r: WireReader, _v: number): DescribeUserScramCredentialsResponseResultInfo {
  const value = {
    mechanism: r.int8(),
    iterations: r.int32(),
  } as DescribeUserScramCredentialsResponseResultInfo;
  r.skipTags();
  return value;
}

export function writeDescribeUserScramCredentialsResponseResultInfo(w: WireWriter, _v: number, value: DescribeUserScramCredentialsResponseResultInfo): void {
  w.int8(value.mechanism);
  w.int32(value.iterations);
  w.noTags();
}

export interface DescribeUserScramCredentialsResponseResult {
  user: string;
  error: number;
  message: string | null;
  infos: DescribeUserScramCredentialsResponseResultInfo[];
}

export function readDescribeUserScramCredentialsResponseResult(r: WireReader, v: number): DescribeUserScramCredentialsResponseResult {
  const value = {
    user: r.string(),
    error: r.int16(),
    message: r.nullableString(),
    infos: r.array(v, readDescribeUserScramCredentialsResponseResultInfo),
  } as DescribeUserScramCredentialsResponseResult;
  r.skipTags();
  return value;
}

export function writeDescribeUserScramCredentialsResponseResult(w: WireWriter, v: number, value: DescribeUserScramCredentialsResponseResult): void {
  w.string(value.user);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.infos, v, writeDescribeUserScramCredentialsResponseResultInfo);
  w.noTags();
}

export interface DescribeUserScramCredentialsResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  results: DescribeUserScramCredentialsResponseResult[];
}

export function readDescribeUserScramCredentialsResponse(r: WireReader, v: number): DescribeUserScramCredentialsResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    results: r.array(v, readDescribeUserScramCredentialsResponseResult),
  } as DescribeUserScramCredentialsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeUserScramCredentialsResponse(w: WireWriter, v: number, value: DescribeUserScramCredentialsResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.results, v, writeDescribeUserScramCredentialsResponseResult);
  w.noTags();
}

