/**
 * Codec of GroupCurrentKey, made by npm run protocol from
 * schema/data-group-current-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupCurrentKey {
  groupId: string;
  memberId: string;
}

export function readGroupCurrentKey(r: WireReader, _v: number): GroupCurrentKey {
  return {
    groupId: r.string(),
    memberId: r.string(),
  };
}

export function writeGroupCurrentKey(w: WireWriter, _v: number, value: GroupCurrentKey): void {
  w.string(value.groupId);
  w.string(value.memberId);
}

export const groupCurrentKeyVersions = { min: 8, max: 8 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupCurrentKey(value: GroupCurrentKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupCurrentKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupCurrentKey(bytes: Uint8Array): GroupCurrentKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 8 || version > 8) r.fail(`GroupCurrentKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupCurrentKey(r, version) };
}

