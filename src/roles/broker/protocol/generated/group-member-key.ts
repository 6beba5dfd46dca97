/**
 * Codec of GroupMemberKey, made by npm run protocol from
 * schema/data-group-member-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupMemberKey {
  groupId: string;
  memberId: string;
}

export function readGroupMemberKey(r: WireReader, _v: number): GroupMemberKey {
  return {
    groupId: r.string(),
    memberId: r.string(),
  };
}

export function writeGroupMemberKey(w: WireWriter, _v: number, value: GroupMemberKey): void {
  w.string(value.groupId);
  w.string(value.memberId);
}

export const groupMemberKeyVersions = { min: 5, max: 5 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupMemberKey(value: GroupMemberKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupMemberKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupMemberKey(bytes: Uint8Array): GroupMemberKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 5 || version > 5) r.fail(`GroupMemberKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupMemberKey(r, version) };
}

