/**
 * Codec of GroupTopicsKey, made by npm run protocol from
 * schema/data-group-topics-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTopicsKey {
  groupId: string;
}

export function readGroupTopicsKey(r: WireReader, _v: number): GroupTopicsKey {
  return {
    groupId: r.string(),
  };
}

export function writeGroupTopicsKey(w: WireWriter, _v: number, value: GroupTopicsKey): void {
  w.string(value.groupId);
}

export const groupTopicsKeyVersions = { min: 4, max: 4 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTopicsKey(value: GroupTopicsKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupTopicsKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTopicsKey(bytes: Uint8Array): GroupTopicsKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 4 || version > 4) r.fail(`GroupTopicsKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupTopicsKey(r, version) };
}

