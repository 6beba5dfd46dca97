/**
 * Codec of GroupTargetValue, made by npm run protocol from
 * schema/data-group-target-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTargetValuePartition {
  topicId: string;
  partitions: number[];
}

export function readGroupTargetValuePartition(r: WireReader, v: number): GroupTargetValuePartition {
  const value = {
    topicId: r.uuid(),
    partitions: r.array(v, r.readInt32),
  } as GroupTargetValuePartition;
  r.skipTags();
  return value;
}

export function writeGroupTargetValuePartition(w: WireWriter, v: number, value: GroupTargetValuePartition): void {
  w.uuid(value.topicId);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface GroupTargetValue {
  partitions: GroupTargetValuePartition[];
}

export function readGroupTargetValue(r: WireReader, v: number): GroupTargetValue {
  const value = {
    partitions: r.array(v, readGroupTargetValuePartition),
  } as GroupTargetValue;
  r.skipTags();
  return value;
}

export function writeGroupTargetValue(w: WireWriter, v: number, value: GroupTargetValue): void {
  w.array(value.partitions, v, writeGroupTargetValuePartition);
  w.noTags();
}

export const groupTargetValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTargetValue(value: GroupTargetValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupTargetValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTargetValue(bytes: Uint8Array): GroupTargetValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupTargetValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupTargetValue(r, version) };
}

