/**
 * Codec of ListGroups, made by npm run protocol from
 * schema/16-list-groups.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ListGroupsRequest {
  states: string[];
  types: string[];
}

export function readListGroupsRequest(r: WireReader, v: number): ListGroupsRequest {
  const value = {
    states: v >= 4 ? r.array(v, r.readString) : [],
    types: v >= 5 ? r.array(v, r.readString) : [],
  } as ListGroupsRequest;
  r.skipTags();
  return value;
}

export function writeListGroupsRequest(w: WireWriter, v: number, value: ListGroupsRequest): void {
  if (v >= 4) { w.array(value.states, v, w.writeString); }
  else if (value.states.length > 0) w.lost('states', v);
  if (v >= 5) { w.array(value.types, v, w.writeString); }
  else if (value.types.length > 0) w.lost('types', v);
  w.noTags();
}

export interface ListGroupsResponseGroup {
  groupId: string;
  protocolType: string;
  state: string;
  type: string;
}

export function readListGroupsResponseGroup(r: WireReader, v: number): ListGroupsResponseGroup {
  const value = {
    groupId: r.string(),
    protocolType: r.string(),
    state: v >= 4 ? r.string() : '',
    type: v >= 5 ? r.string() : '',
  } as ListGroupsResponseGroup;
  r.skipTags();
  return value;
}

export function writeListGroupsResponseGroup(w: WireWriter, v: number, value: ListGroupsResponseGroup): void {
  w.string(value.groupId);
  w.string(value.protocolType);
  if (v >= 4) { w.string(value.state); }
  if (v >= 5) { w.string(value.type); }
  w.noTags();
}

export interface ListGroupsResponse {
  throttleMs: number;
  error: number;
  groups: ListGroupsResponseGroup[];
}

export function readListGroupsResponse(r: WireReader, v: number): ListGroupsResponse {
  const value = {
    throttleMs: v >= 1 ? r.int32() : 0,
    error: r.int16(),
    groups: r.array(v, readListGroupsResponseGroup),
  } as ListGroupsResponse;
  r.skipTags();
  return value;
}

export function writeListGroupsResponse(w: WireWriter, v: number, value: ListGroupsResponse): void {
  if (v >= 1) { w.int32(value.throttleMs); }
  w.int16(value.error);
  w.array(value.groups, v, writeListGroupsResponseGroup);
  w.noTags();
}

