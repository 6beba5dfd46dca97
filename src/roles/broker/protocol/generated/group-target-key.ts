/**
 * Codec of GroupTargetKey, made by npm run protocol from
 * schema/data-group-target-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTargetKey {
  groupId: string;
  memberId: string;
}

export function readGroupTargetKey(r: WireReader, _v: number): GroupTargetKey {
  return {
    groupId: r.string(),
    memberId: r.string(),
  };
}

export function writeGroupTargetKey(w: WireWriter, _v: number, value: GroupTargetKey): void {
  w.string(value.groupId);
  w.string(value.memberId);
}

export const groupTargetKeyVersions = { min: 7, max: 7 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTargetKey(value: GroupTargetKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupTargetKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTargetKey(bytes: Uint8Array): GroupTargetKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 7 || version > 7) r.fail(`GroupTargetKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupTargetKey(r, version) };
}

