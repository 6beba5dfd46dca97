/**
 * Codec of GroupCurrentValue, made by npm run protocol from
 * schema/data-group-current-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupCurrentValueAssigned {
  topicId: string;
  partitions: number[];
}

export function readGroupCurrentValueAssigned(r: WireReader, v: number): GroupCurrentValueAssigned {
  const value = {
    topicId: r.uuid(),
    partitions: r.array(v, r.readInt32),
  } as GroupCurrentValueAssigned;
  r.skipTags();
  return value;
}

export function writeGroupCurrentValueAssigned(w: WireWriter, v: number, value: GroupCurrentValueAssigned): void {
  w.uuid(value.topicId);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface GroupCurrentValuePendingRevocation {
  topicId: string;
  partitions: number[];
}

export function readGroupCurrentValuePendingRevocation(r: WireReader, v: number): GroupCurrentValuePendingRevocation {
  const value = {
    topicId: r.uuid(),
    partitions: r.array(v, r.readInt32),
  } as GroupCurrentValuePendingRevocation;
  r.skipTags();
  return value;
}

export function writeGroupCurrentValuePendingRevocation(w: WireWriter, v: number, value: GroupCurrentValuePendingRevocation): void {
  w.uuid(value.topicId);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface GroupCurrentValue {
  memberEpoch: number;
  previousMemberEpoch: number;
  state: number;
  assigned: GroupCurrentValueAssigned[];
  pendingRevocation: GroupCurrentValuePendingRevocation[];
}

export function readGroupCurrentValue(r: WireReader, v: number): GroupCurrentValue {
  const value = {
    memberEpoch: r.int32(),
    previousMemberEpoch: r.int32(),
    state: r.int8(),
    assigned: r.array(v, readGroupCurrentValueAssigned),
    pendingRevocation: r.array(v, readGroupCurrentValuePendingRevocation),
  } as GroupCurrentValue;
  r.skipTags();
  return value;
}

export function writeGroupCurrentValue(w: WireWriter, v: number, value: GroupCurrentValue): void {
  w.int32(value.memberEpoch);
  w.int32(value.previousMemberEpoch);
  w.int8(value.state);
  w.array(value.assigned, v, writeGroupCurrentValueAssigned);
  w.array(value.pendingRevocation, v, writeGroupCurrentValuePendingRevocation);
  w.noTags();
}

export const groupCurrentValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupCurrentValue(value: GroupCurrentValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupCurrentValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupCurrentValue(bytes: Uint8Array): GroupCurrentValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupCurrentValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupCurrentValue(r, version) };
}

