/**
 * Codec of GroupTopicsValue, made by npm run protocol from
 * schema/data-group-topics-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface GroupTopicsValueTopicRack {
  index: number;
  racks: string[];
}

export function readGroupTopicsValueTopicRack(r: WireReader, v: number): GroupTopicsValueTopicRack {
  const value = {
    index: r.int32(),
    racks: r.array(v, r.readString),
  } as GroupTopicsValueTopicRack;
  r.skipTags();
  return value;
}

export function writeGroupTopicsValueTopicRack(w: WireWriter, v: number, value: GroupTopicsValueTopicRack): void {
  w.int32(value.index);
  w.array(value.racks, v, w.writeString);
  w.noTags();
}

export interface GroupTopicsValueTopic {
  topicId: string;
  name: string;
  partitionCount: number;
  racks: GroupTopicsValueTopicRack[];
}

export function readGroupTopicsValueTopic(r: WireReader, v: number): GroupTopicsValueTopic {
  const value = {
    topicId: r.uuid(),
    name: r.string(),
    partitionCount: r.int32(),
    racks: r.array(v, readGroupTopicsValueTopicRack),
  } as GroupTopicsValueTopic;
  r.skipTags();
  return value;
}

export function writeGroupTopicsValueTopic(w: WireWriter, v: number, value: GroupTopicsValueTopic): void {
  w.uuid(value.topicId);
  w.string(value.name);
  w.int32(value.partitionCount);
  w.array(value.racks, v, writeGroupTopicsValueTopicRack);
  w.noTags();
}

export interface GroupTopicsValue {
  topics: GroupTopicsValueTopic[];
}

export function readGroupTopicsValue(r: WireReader, v: number): GroupTopicsValue {
  const value = {
    topics: r.array(v, readGroupTopicsValueTopic),
  } as GroupTopicsValue;
  r.skipTags();
  return value;
}

export function writeGroupTopicsValue(w: WireWriter, v: number, value: GroupTopicsValue): void {
  w.array(value.topics, v, writeGroupTopicsValueTopic);
  w.noTags();
}

export const groupTopicsValueVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeGroupTopicsValue(value: GroupTopicsValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 0;
  w.int16(version);
  writeGroupTopicsValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeGroupTopicsValue(bytes: Uint8Array): GroupTopicsValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`GroupTopicsValue version ${version}`);
  r.flexible = version >= 0;
  return { version, ...readGroupTopicsValue(r, version) };
}

