/**
 * Codec of GroupMemberValue, made by npm run protocol from
 * schema/data-group-member-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupMemberValue {
  instanceId: string | null;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  topicNames: string[];
  topicRegex: string | null;
  rebalanceTimeoutMs: number;
  assignor: string | null;
}

export function readGroupMemberValue(r: WireReader, v: number): GroupMemberValue {
  const value = {
    instanceId: r.nullableString(),
    rackId: r.nullableString(),
    clientId: r.string(),
    clientHost: r.string(),
    topicNames: r.array(v, r.readString),
    topicRegex: r.nullableString(),
    rebalanceTimeoutMs: r.int32(),
    assignor: r.nullableString(),
  } as GroupMemberValue;
  r.skipTags();
  return value;
}

export function writeGroupMemberValue(w: WireWriter, v: number, value: GroupMemberValue): void {
  w.nullableString(value.instanceId);
  w.nullableString(value.rackId);
  w.string(value.clientId);
  w.string(value.clientHost);
  w.array(value.topicNames, v, w.writeString);
  w.nullableString(value.topicRegex);
  w.int32(value.rebalanceTimeoutMs);
  w.nullableString(value.assignor);
  w.noTags();
}

export const groupMemberValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupMemberValue(value: GroupMemberValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupMemberValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupMemberValue(bytes: Uint8Array): GroupMemberValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupMemberValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupMemberValue(r, version) };
}

