/**
 * Codec of Heartbeat, made by npm run protocol from
 * schema/12-heartbeat.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface HeartbeatRequest {
  groupId: string;
  generation: number;
  memberId: string;
  instanceId: string | null;
}

export function readHeartbeatRequest(r: WireReader, v: number): HeartbeatRequest {
  const value = {
    groupId: r.string(),
    generation: r.int32(),
    memberId: r.string(),
    instanceId: v >= 3 ? r.nullableString() : null,
  } as HeartbeatRequest;
  r.skipTags();
  return value;
}

export function writeHeartbeatRequest(w: WireWriter, v: number, value: HeartbeatRequest): void {
  w.string(value.groupId);
  w.int32(value.generation);
  w.string(value.memberId);
  if (v >= 3) { w.nullableString(value.instanceId); }
  else if (value.instanceId !== null) w.lost('instanceId', v);
  w.noTags();
}

export interface HeartbeatResponse {
  throttleMs: number;
  error: number;
}

export function readHeartbeatResponse(r: WireReader, v: number): HeartbeatResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    error: r.int16(),
  } as HeartbeatResponse;
  r.skipTags();
  return value;
}

export function writeHeartbeatResponse(w: WireWriter, v: number, value: HeartbeatResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  w.int16(value.error);
  w.noTags();
}

