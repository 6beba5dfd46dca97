/**
 * Codec of GroupMetadataKey, made by npm run protocol from
 * schema/data-group-metadata-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupMetadataKey {
  groupId: string;
}

export function readGroupMetadataKey(r: WireReader, _v: number): GroupMetadataKey {
  return {
    groupId: r.string(),
  };
}

export function writeGroupMetadataKey(w: WireWriter, _v: number, value: GroupMetadataKey): void {
  w.string(value.groupId);
}

export const groupMetadataKeyVersions = { min: 2, max: 2 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupMetadataKey(value: GroupMetadataKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupMetadataKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupMetadataKey(bytes: Uint8Array): GroupMetadataKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 2 || version > 2) r.fail(`GroupMetadataKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupMetadataKey(r, version) };
}

