/**
 * Codec of OffsetCommitValue, made by npm run protocol from
 * schema/data-offset-commit-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface OffsetCommitValue {
  offset: number;
  leaderEpoch: number;
  metadata: string;
  commitMs: number;
  expireMs: number;
}

export function readOffsetCommitValue(r: WireReader, v: number): OffsetCommitValue {
  const value = {
    offset: r.int64(),
    leaderEpoch: v >= 3 ? r.int32() : -1,
    metadata: r.string(),
    commitMs: r.int64(),
    expireMs: v >= 1 && v <= 1 ? r.int64() : -1,
  } as OffsetCommitValue;
  r.skipTags();
  return value;
}

export function writeOffsetCommitValue(w: WireWriter, v: number, value: OffsetCommitValue): void {
  w.int64(value.offset);
  if (v >= 3) { w.int32(value.leaderEpoch); }
  w.string(value.metadata);
  w.int64(value.commitMs);
  if (v >= 1 && v <= 1) { w.int64(value.expireMs); }
  w.noTags();
}

export const offsetCommitValueVersions = { min: 0, max: 4 } as const;

/** The record's bytes, its version in front. */
export function encodeOffsetCommitValue(value: OffsetCommitValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 4;
  w.int16(version);
  writeOffsetCommitValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeOffsetCommitValue(bytes: Uint8Array): OffsetCommitValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 4) r.fail(`OffsetCommitValue version ${version}`);
  r.flexible = version >= 4;
  return { version, ...readOffsetCommitValue(r, version) };
}

