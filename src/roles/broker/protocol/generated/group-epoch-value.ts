/**
 * Codec of GroupEpochValue, made by npm run protocol from
 * schema/data-group-epoch-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupEpochValue {
  epoch: number;
}

export function readGroupEpochValue(r: WireReader, _v: number): GroupEpochValue {
  const value = {
    epoch: r.int32(),
  } as GroupEpochValue;
  r.skipTags();
  return value;
}

export function writeGroupEpochValue(w: WireWriter, _v: number, value: GroupEpochValue): void {
  w.int32(value.epoch);
  w.noTags();
}

export const groupEpochValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupEpochValue(value: GroupEpochValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupEpochValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupEpochValue(bytes: Uint8Array): GroupEpochValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupEpochValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupEpochValue(r, version) };
}

