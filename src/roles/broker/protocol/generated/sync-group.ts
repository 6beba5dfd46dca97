/**
 * Codec of SyncGroup, made by npm run protocol from
 * schema/14-sync-group.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface SyncGroupRequestAssignment {
  memberId: string;
  assignment: Uint8Array;
}

export function readSyncGroupRequestAssignment(r: WireReader, _v: number): SyncGroupRequestAssignment {
  const value = {
    memberId: r.string(),
    assignment: r.bytes(),
  } as SyncGroupRequestAssignment;
  r.skipTags();
  return value;
}

export function writeSyncGroupRequestAssignment(w: WireWriter, _v: number, value: SyncGroupRequestAssignment): void {
  w.string(value.memberId);
  w.bytes(value.assignment);
  w.noTags();
}

export interface SyncGroupRequest {
  groupId: string;
  generation: number;
  memberId: string;
  instanceId: string | null;
  protocolType: string | null;
  protocolName: string | null;
  assignments: SyncGroupRequestAssignment[];
}

export function readSyncGroupRequest(r: WireReader, v: number): SyncGroupRequest {
  const value = {
    groupId: r.string(),
    generation: r.int32(),
    memberId: r.string(),
    instanceId: v >= 3 ? r.nullableString() : null,
    protocolType: v >= 5 ? r.nullableString() : null,
    protocolName: v >= 5 ? r.nullableString() : null,
    assignments: r.array(v, readSyncGroupRequestAssignment),
  } as SyncGroupRequest;
  r.skipTags();
  return value;
}

export function writeSyncGroupRequest(w: WireWriter, v: number, value: SyncGroupRequest): void {
  w.string(value.groupId);
  w.int32(value.generation);
  w.string(value.memberId);
  if (v >= 3) { w.nullableString(value.instanceId); }
  else if (value.instanceId !== null) w.lost('instanceId', v);
  if (v >= 5) { w.nullableString(value.protocolType); }
  if (v >= 5) { w.nullableString(value.protocolName); }
  w.array(value.assignments, v, writeSyncGroupRequestAssignment);
  w.noTags();
}

export interface SyncGroupResponse {
  throttleMs: number;
  error: number;
  protocolType: string | null;
  protocolName: string | null;
  assignment: Uint8Array;
}

export function readSyncGroupResponse(r: WireReader, v: number): SyncGroupResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    error: r.int16(),
    protocolType: v >= 5 ? r.nullableString() : null,
    protocolName: v >= 5 ? r.nullableString() : null,
    assignment: r.bytes(),
  } as SyncGroupResponse;
  r.skipTags();
  return value;
}

export function writeSyncGroupResponse(w: WireWriter, v: number, value: SyncGroupResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  w.int16(value.error);
  if (v >= 5) { w.nullableString(value.protocolType); }
  if (v >= 5) { w.nullableString(value.protocolName); }
  w.bytes(value.assignment);
  w.noTags();
}

