/**
 * Codec of GroupEpochKey, made by npm run protocol from
 * schema/data-group-epoch-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupEpochKey {
  groupId: string;
}

export function readGroupEpochKey(r: WireReader, _v: number): GroupEpochKey {
  return {
    groupId: r.string(),
  };
}

export function writeGroupEpochKey(w: WireWriter, _v: number, value: GroupEpochKey): void {
  w.string(value.groupId);
}

export const groupEpochKeyVersions = { min: 3, max: 3 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupEpochKey(value: GroupEpochKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupEpochKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupEpochKey(bytes: Uint8Array): GroupEpochKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 3 || version > 3) r.fail(`GroupEpochKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupEpochKey(r, version) };
}

