/**
 * Codec of LeaveGroup, made by npm run protocol from
 * schema/13-leave-group.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface LeaveGroupRequestMember {
  memberId: string;
  instanceId: string | null;
  reason: string | null;
}

export function readLeaveGroupRequestMember(r: WireReader, v: number): LeaveGroupRequestMember {
  const value = {
    memberId: r.string(),
    instanceId: r.nullableString(),
    reason: v >= 5 ? r.nullableString() : null,
  } as LeaveGroupRequestMember;
  r.skipTags();
  return value;
}

export function writeLeaveGroupRequestMember(w: WireWriter, v: number, value: LeaveGroupRequestMember): void {
  w.string(value.memberId);
  w.nullableString(value.instanceId);
  if (v >= 5) { w.nullableString(value.reason); }
  w.noTags();
}

export interface LeaveGroupRequest {
  groupId: string;
  memberId: string;
  members: LeaveGroupRequestMember[];
}

export function readLeaveGroupRequest(r: WireReader, v: number): LeaveGroupRequest {
  const value = {
    groupId: r.string(),
    memberId: v <= 2 ? r.string() : '',
    members: v >= 3 ? r.array(v, readLeaveGroupRequestMember) : [],
  } as LeaveGroupRequest;
  r.skipTags();
  return value;
}

export function writeLeaveGroupRequest(w: WireWriter, v: number, value: LeaveGroupRequest): void {
  w.string(value.groupId);
  if (v <= 2) { w.string(value.memberId); }
  else if (value.memberId !== '') w.lost('memberId', v);
  if (v >= 3) { w.array(value.members, v, writeLeaveGroupRequestMember); }
  else if (value.members.length > 0) w.lost('members', v);
  w.noTags();
}

export interface LeaveGroupResponseMember {
  memberId: string;
  instanceId: string | null;
  error: number;
}

export function readLeaveGroupResponseMember(r: WireReader, _v: number): LeaveGroupResponseMember {
  const value = {
    memberId: r.string(),
    instanceId: r.nullableString(),
    error: r.int16(),
  } as LeaveGroupResponseMember;
  r.skipTags();
  return value;
}

export function writeLeaveGroupResponseMember(w: WireWriter, _v: number, value: LeaveGroupResponseMember): void {
  w.string(value.memberId);
  w.nullableString(value.instanceId);
  w.int16(value.error);
  w.noTags();
}

export interface LeaveGroupResponse {
  throttleMs: number;
  error: number;
  members: LeaveGroupResponseMember[];
}

export function readLeaveGroupResponse(r: WireReader, v: number): LeaveGroupResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    error: r.int16(),
    members: v >= 3 ? r.array(v, readLeaveGroupResponseMember) : [],
  } as LeaveGroupResponse;
  r.skipTags();
  return value;
}

export function writeLeaveGroupResponse(w: WireWriter, v: number, value: LeaveGroupResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  w.int16(value.error);
  if (v >= 3) { w.array(value.members, v, writeLeaveGroupResponseMember); }
  w.noTags();
}

