/**
 * Codec of AlterReplicaLogDirs, made by npm run protocol from
 * schema/34-alter-replica-log-dirs.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AlterReplicaLogDirsRequestDirTopic {
  name: string;
  partitions: number[];
}

export function readAlterReplicaLogDirsRequestDirTopic(r: WireReader, v: number): AlterReplicaLogDirsRequestDirTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as AlterReplicaLogDirsRequestDirTopic;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsRequestDirTopic(w: WireWriter, v: number, value: AlterReplicaLogDirsRequestDirTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface AlterReplicaLogDirsRequestDir {
  path: string;
  topics: AlterReplicaLogDirsRequestDirTopic[];
}

export function readAlterReplicaLogDirsRequestDir(r: WireReader, v: number): AlterReplicaLogDirsRequestDir {
  const value = {
    path: r.string(),
    topics: r.array(v, readAlterReplicaLogDirsRequestDirTopic),
  } as AlterReplicaLogDirsRequestDir;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsRequestDir(w: WireWriter, v: number, value: AlterReplicaLogDirsRequestDir): void {
  w.string(value.path);
  w.array(value.topics, v, writeAlterReplicaLogDirsRequestDirTopic);
  w.noTags();
}

export interface AlterReplicaLogDirsRequest {
  dirs: AlterReplicaLogDirsRequestDir[];
}

export function readAlterReplicaLogDirsRequest(r: WireReader, v: number): AlterReplicaLogDirsRequest {
  const value = {
    dirs: r.array(v, readAlterReplicaLogDirsRequestDir),
  } as AlterReplicaLogDirsRequest;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsRequest(w: WireWriter, v: number, value: AlterReplicaLogDirsRequest): void {
  w.array(value.dirs, v, writeAlterReplicaLogDirsRequestDir);
  w.noTags();
}

export interface AlterReplicaLogDirsResponseResultPartition {
  index: number;
  error: number;
}

export function readAlterReplicaLogDirsResponseResultPartition(r: WireReader, _v: number): AlterReplicaLogDirsResponseResultPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as AlterReplicaLogDirsResponseResultPartition;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsResponseResultPartition(w: WireWriter, _v: number, value: AlterReplicaLogDirsResponseResultPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface AlterReplicaLogDirsResponseResult {
  name: string;
  partitions: AlterReplicaLogDirsResponseResultPartition[];
}

export function readAlterReplicaLogDirsResponseResult(r: WireReader, v: number): AlterReplicaLogDirsResponseResult {
  const value = {
    name: r.string(),
    partitions: r.array(v, readAlterReplicaLogDirsResponseResultPartition),
  } as AlterReplicaLogDirsResponseResult;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsResponseResult(w: WireWriter, v: number, value: AlterReplicaLogDirsResponseResult): void {
  w.string(value.name);
  w.array(value.partitions, v, writeAlterReplicaLogDirsResponseResultPartition);
  w.noTags();
}

export interface AlterReplicaLogDirsResponse {
  throttleMs: number;
  results: AlterReplicaLogDirsResponseResult[];
}

export function readAlterReplicaLogDirsResponse(r: WireReader, v: number): AlterReplicaLogDirsResponse {
  const value = {
    throttleMs: r.int32(),
    results: r.array(v, readAlterReplicaLogDirsResponseResult),
  } as AlterReplicaLogDirsResponse;
  r.skipTags();
  return value;
}

export function writeAlterReplicaLogDirsResponse(w: WireWriter, v: number, value: AlterReplicaLogDirsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.results, v, writeAlterReplicaLogDirsResponseResult);
  w.noTags();
}

