/**
 * Codec of GroupTargetEpochKey, made by npm run protocol from
 * schema/data-group-target-epoch-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTargetEpochKey {
  groupId: string;
}

export function readGroupTargetEpochKey(r: WireReader, _v: number): GroupTargetEpochKey {
  return {
    groupId: r.string(),
  };
}

export function writeGroupTargetEpochKey(w: WireWriter, _v: number, value: GroupTargetEpochKey): void {
  w.string(value.groupId);
}

export const groupTargetEpochKeyVersions = { min: 6, max: 6 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTargetEpochKey(value: GroupTargetEpochKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeGroupTargetEpochKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTargetEpochKey(bytes: Uint8Array): GroupTargetEpochKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 6 || version > 6) r.fail(`GroupTargetEpochKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readGroupTargetEpochKey(r, version) };
}

