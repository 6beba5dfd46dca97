/**
 * Codec of DescribeGroups, made by npm run protocol from
 * schema/15-describe-groups.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeGroupsRequest {
  groups: string[];
  includeOps: boolean;
}

export function readDescribeGroupsRequest(r: WireReader, v: number): DescribeGroupsRequest {
  const value = {
    groups: r.array(v, r.readString),
    includeOps: v >= 3 ? r.boolean() : false,
  } as DescribeGroupsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeGroupsRequest(w: WireWriter, v: number, value: DescribeGroupsRequest): void {
  w.array(value.groups, v, w.writeString);
  if (v >= 3) { w.boolean(value.includeOps); }
  w.noTags();
}

export interface DescribeGroupsResponseGroupMember {
  memberId: string;
  instanceId: string | null;
  clientId: string;
  clientHost: string;
  metadata: Uint8Array;
  assignment: Uint8Array;
}

export function readDescribeGroupsResponseGroupMember(r: WireReader, v: number): DescribeGroupsResponseGroupMember {
  const value = {
    memberId: r.string(),
    instanceId: v >= 4 ? r.nullableString() : null,
    clientId: r.string(),
    clientHost: r.string(),
    metadata: r.bytes(),
    assignment: r.bytes(),
  } as DescribeGroupsResponseGroupMember;
  r.skipTags();
  return value;
}

export function writeDescribeGroupsResponseGroupMember(w: WireWriter, v: number, value: DescribeGroupsResponseGroupMember): void {
  w.string(value.memberId);
  if (v >= 4) { w.nullableString(value.instanceId); }
  w.string(value.clientId);
  w.string(value.clientHost);
  w.bytes(value.metadata);
  w.bytes(value.assignment);
  w.noTags();
}

export interface DescribeGroupsResponseGroup {
  error: number;
  groupId: string;
  state: string;
  protocolType: string;
  protocolData: string;
  members: DescribeGroupsResponseGroupMember[];
  ops: number;
}

export function readDescribeGroupsResponseGroup(r: WireReader, v: number): DescribeGroupsResponseGroup {
  const value = {
    error: r.int16(),
    groupId: r.string(),
    state: r.string(),
    protocolType: r.string(),
    protocolData: r.string(),
    members: r.array(v, readDescribeGroupsResponseGroupMember),
    ops: v >= 3 ? r.int32() : -2147483648,
  } as DescribeGroupsResponseGroup;
  r.skipTags();
  return value;
}

export function writeDescribeGroupsResponseGroup(w: WireWriter, v: number, value: DescribeGroupsResponseGroup): void {
  w.int16(value.error);
  w.string(value.groupId);
  w.string(value.state);
  w.string(value.protocolType);
  w.string(value.protocolData);
  w.array(value.members, v, writeDescribeGroupsResponseGroupMember);
  if (v >= 3) { w.int32(value.ops); }
  w.noTags();
}

export interface DescribeGroupsResponse {
  throttleMs: number;
  groups: DescribeGroupsResponseGroup[];
}

export function readDescribeGroupsResponse(r: WireReader, v: number): DescribeGroupsResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    groups: r.array(v, readDescribeGroupsResponseGroup),
  } as DescribeGroupsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeGroupsResponse(w: WireWriter, v: number, value: DescribeGroupsResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  w.array(value.groups, v, writeDescribeGroupsResponseGroup);
  w.noTags();
}

