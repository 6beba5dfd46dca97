/**
 * Codec of OffsetCommitKey, made by npm run protocol from
 * schema/data-offset-commit-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface OffsetCommitKey {
  groupId: string;
  topic: string;
  partition: number;
}

export function readOffsetCommitKey(r: WireReader, _v: number): OffsetCommitKey {
  return {
    groupId: r.string(),
    topic: r.string(),
    partition: r.int32(),
  };
}

export function writeOffsetCommitKey(w: WireWriter, _v: number, value: OffsetCommitKey): void {
  w.string(value.groupId);
  w.string(value.topic);
  w.int32(value.partition);
}

export const offsetCommitKeyVersions = { min: 0, max: 1 } as const;

/** The record's bytes, its version in front. */
export function encodeOffsetCommitKey(value: OffsetCommitKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeOffsetCommitKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeOffsetCommitKey(bytes: Uint8Array): OffsetCommitKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 1) r.fail(`OffsetCommitKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readOffsetCommitKey(r, version) };
}

