/**
 * Codec of DescribeLogDirs, made by npm run protocol from
 * schema/35-describe-log-dirs.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeLogDirsRequestTopic {
  name: string;
  partitions: number[];
}

export function readDescribeLogDirsRequestTopic(r: WireReader, v: number): DescribeLogDirsRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as DescribeLogDirsRequestTopic;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsRequestTopic(w: WireWriter, v: number, value: DescribeLogDirsRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface DescribeLogDirsRequest {
  topics: DescribeLogDirsRequestTopic[] | null;
}

export function readDescribeLogDirsRequest(r: WireReader, v: number): DescribeLogDirsRequest {
  const value = {
    topics: r.nullableArray(v, readDescribeLogDirsRequestTopic),
  } as DescribeLogDirsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsRequest(w: WireWriter, v: number, value: DescribeLogDirsRequest): void {
  w.nullableArray(value.topics, v, writeDescribeLogDirsRequestTopic);
  w.noTags();
}

export interface DescribeLogDirsResponseDirTopicPartition {
  index: number;
  size: number;
  lag: number;
  isFuture: boolean;
}

export function readDescribeLogDirsResponseDirTopicPartition(r: WireReader, _v: number): DescribeLogDirsResponseDirTopicPartition {
  const value = {
    index: r.int32(),
    size: r.int64(),
    lag: r.int64(),
    isFuture: r.boolean(),
  } as DescribeLogDirsResponseDirTopicPartition;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsResponseDirTopicPartition(w: WireWriter, _v: number, value: DescribeLogDirsResponseDirTopicPartition): void {
  w.int32(value.index);
  w.int64(value.size);
  w.int64(value.lag);
  w.boolean(value.isFuture);
  w.noTags();
}

export interface DescribeLogDirsResponseDirTopic {
  name: string;
  partitions: DescribeLogDirsResponseDirTopicPartition[];
}

export function readDescribeLogDirsResponseDirTopic(r: WireReader, v: number): DescribeLogDirsResponseDirTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readDescribeLogDirsResponseDirTopicPartition),
  } as DescribeLogDirsResponseDirTopic;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsResponseDirTopic(w: WireWriter, v: number, value: DescribeLogDirsResponseDirTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeDescribeLogDirsResponseDirTopicPartition);
  w.noTags();
}

export interface DescribeLogDirsResponseDir {
  error: number;
  dir: string;
  topics: DescribeLogDirsResponseDirTopic[];
  total: number;
  usable: number;
}

export function readDescribeLogDirsResponseDir(r: WireReader, v: number): DescribeLogDirsResponseDir {
  const value = {
    error: r.int16(),
    dir: r.string(),
    topics: r.array(v, readDescribeLogDirsResponseDirTopic),
    total: v >= 4 ? r.int64() : -1,
    usable: v >= 4 ? r.int64() : -1,
  } as DescribeLogDirsResponseDir;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsResponseDir(w: WireWriter, v: number, value: DescribeLogDirsResponseDir): void {
  w.int16(value.error);
  w.string(value.dir);
  w.array(value.topics, v, writeDescribeLogDirsResponseDirTopic);
  if (v >= 4) { w.int64(value.total); }
  if (v >= 4) { w.int64(value.usable); }
  w.noTags();
}

export interface DescribeLogDirsResponse {
  throttleMs: number;
  error: number;
  dirs: DescribeLogDirsResponseDir[];
}

export function readDescribeLogDirsResponse(r: WireReader, v: number): DescribeLogDirsResponse {
  const value = {
    throttleMs: r.int32(),
    error: v >= 3 ? r.int16() : 0,
    dirs: r.array(v, readDescribeLogDirsResponseDir),
  } as DescribeLogDirsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeLogDirsResponse(w: WireWriter, v: number, value: DescribeLogDirsResponse): void {
  w.int32(value.throttleMs);
  if (v >= 3) { w.int16(value.error); }
  w.array(value.dirs, v, writeDescribeLogDirsResponseDir);
  w.noTags();
}

