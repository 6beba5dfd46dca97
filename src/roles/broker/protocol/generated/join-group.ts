/**
 * Codec of JoinGroup, made by npm run protocol from
 * schema/11-join-group.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface JoinGroupRequestProtocol {
  name: string;
  metadata: Uint8Array;
}

export function readJoinGroupRequestProtocol(r: WireReader, _v: number): JoinGroupRequestProtocol {
  const value = {
    name: r.string(),
    metadata: r.bytes(),
  } as JoinGroupRequestProtocol;
  r.skipTags();
  return value;
}

export function writeJoinGroupRequestProtocol(w: WireWriter, _v: number, value: JoinGroupRequestProtocol): void {
  w.string(value.name);
  w.bytes(value.metadata);
  w.noTags();
}

export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  memberId: string;
  instanceId: string | null;
  protocolType: string;
  protocols: JoinGroupRequestProtocol[];
  reason: string | null;
}

export function readJoinGroupRequest(r: WireReader, v: number): JoinGroupRequest {
  const value = {
    groupId: r.string(),
    sessionTimeoutMs: r.int32(),
    rebalanceTimeoutMs: v >= 1 ? r.int32() : -1,
    memberId: r.string(),
    instanceId: v >= 5 ? r.nullableString() : null,
    protocolType: r.string(),
    protocols: r.array(v, readJoinGroupRequestProtocol),
    reason: v >= 8 ? r.nullableString() : null,
  } as JoinGroupRequest;
  r.skipTags();
  return value;
}

export function writeJoinGroupRequest(w: WireWriter, v: number, value: JoinGroupRequest): void {
  w.string(value.groupId);
  w.int32(value.sessionTimeoutMs);
  if (v >= 1) { w.int32(value.rebalanceTimeoutMs); }
  w.string(value.memberId);
  if (v >= 5) { w.nullableString(value.instanceId); }
  else if (value.instanceId !== null) w.lost('instanceId', v);
  w.string(value.protocolType);
  w.array(value.protocols, v, writeJoinGroupRequestProtocol);
  if (v >= 8) { w.nullableString(value.reason); }
  w.noTags();
}

export interface JoinGroupResponseMember {
  memberId: string;
  instanceId: string | null;
  metadata: Uint8Array;
}

export function readJoinGroupResponseMember(r: WireReader, v: number): JoinGroupResponseMember {
  const value = {
    memberId: r.string(),
    instanceId: v >= 5 ? r.nullableString() : null,
    metadata: r.bytes(),
  } as JoinGroupResponseMember;
  r.skipTags();
  return value;
}

export function writeJoinGroupResponseMember(w: WireWriter, v: number, value: JoinGroupResponseMember): void {
  w.string(value.memberId);
  if (v >= 5) { w.nullableString(value.instanceId); }
  w.bytes(value.metadata);
  w.noTags();
}

export interface JoinGroupResponse {
  throttleMs: number;
  error: number;
  generation: number;
  protocolType: string | null;
  protocolName: string | null;
  leader: string;
  skipAssignment: boolean;
  memberId: string;
  members: JoinGroupResponseMember[];
}

export function readJoinGroupResponse(r: WireReader, v: number): JoinGroupResponse {
  const value = {
    throttleMs: v >= 2 ? r.int32() : 0,
    error: r.int16(),
    generation: r.int32(),
    protocolType: v >= 7 ? r.nullableString() : null,
    protocolName: (v >= 7) ? r.nullableString() : r.string(),
    leader: r.string(),
    skipAssignment: v >= 9 ? r.boolean() : false,
    memberId: r.string(),
    members: r.array(v, readJoinGroupResponseMember),
  } as JoinGroupResponse;
  r.skipTags();
  return value;
}

export function writeJoinGroupResponse(w: WireWriter, v: number, value: JoinGroupResponse): void {
  if (v >= 2) { w.int32(value.throttleMs); }
  w.int16(value.error);
  w.int32(value.generation);
  if (v >= 7) { w.nullableString(value.protocolType); }
  if (v >= 7) w.nullableString(value.protocolName); else w.string(w.present(value.protocolName, 'protocolName'));
  w.string(value.leader);
  if (v >= 9) { w.boolean(value.skipAssignment); }
  w.string(value.memberId);
  w.array(value.members, v, writeJoinGroupResponseMember);
  w.noTags();
}

