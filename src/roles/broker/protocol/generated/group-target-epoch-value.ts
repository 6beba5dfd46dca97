/**
 * Codec of GroupTargetEpochValue, made by npm run protocol from
 * schema/data-group-target-epoch-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTargetEpochValue {
  epoch: number;
}

export function readGroupTargetEpochValue(r: WireReader, _v: number): GroupTargetEpochValue {
  const value = {
    epoch: r.int32(),
  } as GroupTargetEpochValue;
  r.skipTags();
  return value;
}

export function writeGroupTargetEpochValue(w: WireWriter, _v: number, value: GroupTargetEpochValue): void {
  w.int32(value.epoch);
  w.noTags();
}

export const groupTargetEpochValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTargetEpochValue(value: GroupTargetEpochValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupTargetEpochValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTargetEpochValue(bytes: Uint8Array): GroupTargetEpochValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupTargetEpochValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupTargetEpochValue(r, version) };
}

