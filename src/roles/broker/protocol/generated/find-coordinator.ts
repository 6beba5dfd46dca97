/**
 * Codec of FindCoordinator, made by npm run protocol from
 * schema/10-find-coordinator.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface FindCoordinatorRequest {
  key: string;
  keyType: number;
  keys: string[];
}

export function readFindCoordinatorRequest(r: WireReader, v: number): FindCoordinatorRequest {
  const value = {
    key: v <= 3 ? r.string() : '',
    keyType: v >= 1 ? r.int8() : 0,
    keys: v >= 4 ? r.array(v, r.readString) : [],
  } as FindCoordinatorRequest;
  r.skipTags();
  return value;
}

export function writeFindCoordinatorRequest(w: WireWriter, v: number, value: FindCoordinatorRequest): void {
  if (v <= 3) { w.string(value.key); }
  else if (value.key !== '') w.lost('key', v);
  if (v >= 1) { w.int8(value.keyType); }
  if (v >= 4) { w.array(value.keys, v, w.writeString); }
  else if (value.keys.length > 0) w.lost('keys', v);
  w.noTags();
}

export interface FindCoordinatorResponseCoordinator {
  key: string;
  nodeId: number;
  host: string;
  port: number;
  error: number;
  message: string | null;
}

export function readFindCoordinatorResponseCoordinator(r: WireReader, _v: number): FindCoordinatorResponseCoordinator {
  const value = {
    key: r.string(),
    nodeId: r.int32(),
    host: r.string(),
    port: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
  } as FindCoordinatorResponseCoordinator;
  r.skipTags();
  return value;
}

export function writeFindCoordinatorResponseCoordinator(w: WireWriter, _v: number, value: FindCoordinatorResponseCoordinator): void {
  w.string(value.key);
  w.int32(value.nodeId);
  w.string(value.host);
  w.int32(value.port);
  w.int16(value.error);
  w.nullableString(value.message);
  w.noTags();
}

export interface FindCoordinatorResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  nodeId: number;
  host: string;
  port: number;
  coordinators: FindCoordinatorResponseCoordinator[];
}

export function readFindCoordinatorResponse(r: WireReader, v: number): FindCoordinatorResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    error: v <= 3 ? r.int16() : 0,
    message: v >= 1 && v <= 3 ? r.nullableString() : '',
    nodeId: v <= 3 ? r.int32() : 0,
    host: v <= 3 ? r.string() : '',
    port: v <= 3 ? r.int32() : 0,
    coordinators: v >= 4 ? r.array(v, readFindCoordinatorResponseCoordinator) : [],
  } as FindCoordinatorResponse;
  r.skipTags();
  return value;
}

export function writeFindCoordinatorResponse(w: WireWriter, v: number, value: FindCoordinatorResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  if (v <= 3) { w.int16(value.error); }
  if (v >= 1 && v <= 3) { w.nullableString(value.message); }
  if (v <= 3) { w.int32(value.nodeId); }
  if (v <= 3) { w.string(value.host); }
  if (v <= 3) { w.int32(value.port); }
  if (v >= 4) { w.array(value.coordinators, v, writeFindCoordinatorResponseCoordinator); }
  else if (value.coordinators.length > 0) w.lost('coordinators', v);
  w.noTags();
}

