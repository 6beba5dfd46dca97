/**
 * Codec of GroupMetadataValue, made by npm run protocol from
 * schema/data-group-metadata-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupMetadataValueMember {
  memberId: string;
  instanceId: string | null;
  clientId: string;
  clientHost: string;
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
  subscription: Uint8Array;
  assignment: Uint8Array;
}

export function readGroupMetadataValueMember(r: WireReader, v: number): GroupMetadataValueMember {
  const value = {
    memberId: r.string(),
    instanceId: v >= 3 ? r.nullableString() : null,
    clientId: r.string(),
    clientHost: r.string(),
    rebalanceTimeoutMs: v >= 1 ? r.int32() : -1,
    sessionTimeoutMs: r.int32(),
    subscription: r.bytes(),
    assignment: r.bytes(),
  } as GroupMetadataValueMember;
  r.skipTags();
  return value;
}

export function writeGroupMetadataValueMember(w: WireWriter, v: number, value: GroupMetadataValueMember): void {
  w.string(value.memberId);
  if (v >= 3) { w.nullableString(value.instanceId); }
  w.string(value.clientId);
  w.string(value.clientHost);
  if (v >= 1) { w.int32(value.rebalanceTimeoutMs); }
  w.int32(value.sessionTimeoutMs);
  w.bytes(value.subscription);
  w.bytes(value.assignment);
  w.noTags();
}

export interface GroupMetadataValue {
  protocolType: string;
  generation: number;
  protocol: string | null;
  leader: string | null;
  stateMs: number;
  members: GroupMetadataValueMember[];
}

export function readGroupMetadataValue(r: WireReader, v: number): GroupMetadataValue {
  const value = {
    protocolType: r.string(),
    generation: r.int32(),
    protocol: r.nullableString(),
    leader: r.nullableString(),
    stateMs: v >= 2 ? r.int64() : -1,
    members: r.array(v, readGroupMetadataValueMember),
  } as GroupMetadataValue;
  r.skipTags();
  return value;
}

export function writeGroupMetadataValue(w: WireWriter, v: number, value: GroupMetadataValue): void {
  w.string(value.protocolType);
  w.int32(value.generation);
  w.nullableString(value.protocol);
  w.nullableString(value.leader);
  if (v >= 2) { w.int64(value.stateMs); }
  w.array(value.members, v, writeGroupMetadataValueMember);
  w.noTags();
}

export const groupMetadataValueVersions = { min: 0, max: 4 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupMetadataValue(value: GroupMetadataValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 4;
  w.int16(version);
  writeGroupMetadataValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupMetadataValue(bytes: Uint8Array): GroupMetadataValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 4) r.fail(`GroupMetadataValue version ${version}`);
  r.flexible = version >= 4;
  return { version, ...readGroupMetadataValue(r, version) };
}

