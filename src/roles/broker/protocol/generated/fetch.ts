/**
 * Codec of Fetch, made by npm run protocol from
 * schema/1-fetch.schema. Not written by hand. Length: generated.
 */
import { type RecordsPiece, type WireReader, type WireWriter, zeroUuid } from '../wire.ts';

export interface FetchRequestReplicaState {
  replicaId: number;
  replicaEpoch: number;
}

export function readFetchRequestReplicaState(r: WireReader, _v: number): FetchRequestReplicaState {
  const value = {
    replicaId: r.int32(),
    replicaEpoch: r.int64(),
  } as FetchRequestReplicaState;
  r.skipTags();
  return value;
}

export function writeFetchRequestReplicaState(w: WireWriter, _v: number, value: FetchRequestReplicaState): void {
  w.int32(value.replicaId);
  w.int64(value.replicaEpoch);
  w.noTags();
}

export interface FetchRequestTopicPartition {
  index: number;
  currentLeaderEpoch: number;
  fetchOffset: number;
  lastFetchedEpoch: number;
  logStart: number;
  partitionMaxBytes: number;
  replicaDirId: string;
}

export function readFetchRequestTopicPartition(r: WireReader, v: number): FetchRequestTopicPartition {
  const value = {
    index: r.int32(),
    currentLeaderEpoch: v >= 9 ? r.int32() : -1,
    fetchOffset: r.int64(),
    lastFetchedEpoch: v >= 12 ? r.int32() : -1,
    logStart: v >= 5 ? r.int64() : -1,
    partitionMaxBytes: r.int32(),
    replicaDirId: zeroUuid,
  } as FetchRequestTopicPartition;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.replicaDirId = r.uuid();
    r.finishTag(end);
  }
  return value;
}

export function writeFetchRequestTopicPartition(w: WireWriter, v: number, value: FetchRequestTopicPartition): void {
  w.int32(value.index);
  if (v >= 9) { w.int32(value.currentLeaderEpoch); }
  w.int64(value.fetchOffset);
  if (v >= 12) { w.int32(value.lastFetchedEpoch); }
  if (v >= 5) { w.int64(value.logStart); }
  w.int32(value.partitionMaxBytes);
  if (!w.flexible) return;
  const has0 = v >= 17 && (value.replicaDirId !== zeroUuid);
  w.uvarint(Number(has0));
  if (has0) {
    const mark = w.openTag(0);
    w.uuid(value.replicaDirId);
    w.closeTag(mark);
  }
}

export interface FetchRequestTopic {
  name: string;
  topicId: string;
  partitions: FetchRequestTopicPartition[];
}

export function readFetchRequestTopic(r: WireReader, v: number): FetchRequestTopic {
  const value = {
    name: v <= 12 ? r.string() : '',
    topicId: v >= 13 ? r.uuid() : zeroUuid,
    partitions: r.array(v, readFetchRequestTopicPartition),
  } as FetchRequestTopic;
  r.skipTags();
  return value;
}

export function writeFetchRequestTopic(w: WireWriter, v: number, value: FetchRequestTopic): void {
  if (v <= 12) { w.string(value.name); }
  if (v >= 13) { w.uuid(value.topicId); }
  w.array(value.partitions, v, writeFetchRequestTopicPartition);
  w.noTags();
}

export interface FetchRequestForgotten {
  name: string;
  topicId: string;
  partitions: number[];
}

export function readFetchRequestForgotten(r: WireReader, v: number): FetchRequestForgotten {
  const value = {
    name: v >= 7 && v <= 12 ? r.string() : '',
    topicId: v >= 13 ? r.uuid() : zeroUuid,
    partitions: r.array(v, r.readInt32),
  } as FetchRequestForgotten;
  r.skipTags();
  return value;
}

export function writeFetchRequestForgotten(w: WireWriter, v: number, value: FetchRequestForgotten): void {
  if (v >= 7 && v <= 12) { w.string(value.name); }
  if (v >= 13) { w.uuid(value.topicId); }
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface FetchRequest {
  clusterId: string | null;
  replicaId: number;
  replicaState: FetchRequestReplicaState;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  isolation: number;
  fetchId: number;
  fetchEpoch: number;
  topics: FetchRequestTopic[];
  forgotten: FetchRequestForgotten[];
  rackId: string;
}

export function readFetchRequest(r: WireReader, v: number): FetchRequest {
  const value = {
    clusterId: null,
    replicaId: v <= 14 ? r.int32() : -1,
    replicaState: { replicaId: -1, replicaEpoch: -1 },
    maxWaitMs: r.int32(),
    minBytes: r.int32(),
    maxBytes: r.int32(),
    isolation: r.int8(),
    fetchId: v >= 7 ? r.int32() : 0,
    fetchEpoch: v >= 7 ? r.int32() : -1,
    topics: r.array(v, readFetchRequestTopic),
    forgotten: v >= 7 ? r.array(v, readFetchRequestForgotten) : [],
    rackId: v >= 11 ? r.string() : '',
  } as FetchRequest;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.clusterId = r.nullableString();
    if (tag === 1) value.replicaState = readFetchRequestReplicaState(r, v);
    r.finishTag(end);
  }
  return value;
}

export function writeFetchRequest(w: WireWriter, v: number, value: FetchRequest): void {
  if (v <= 14) { w.int32(value.replicaId); }
  w.int32(value.maxWaitMs);
  w.int32(value.minBytes);
  w.int32(value.maxBytes);
  w.int8(value.isolation);
  if (v >= 7) { w.int32(value.fetchId); }
  if (v >= 7) { w.int32(value.fetchEpoch); }
  w.array(value.topics, v, writeFetchRequestTopic);
  if (v >= 7) { w.array(value.forgotten, v, writeFetchRequestForgotten); }
  if (v >= 11) { w.string(value.rackId); }
  if (!w.flexible) return;
  const has0 = v >= 12 && (value.clusterId !== null);
  const has1 = v >= 15 && (value.replicaState.replicaId !== -1 || value.replicaState.replicaEpoch !== -1);
  w.uvarint(Number(has0) + Number(has1));
  if (has0) {
    const mark = w.openTag(0);
    w.nullableString(value.clusterId);
    w.closeTag(mark);
  }
  if (has1) {
    const mark = w.openTag(1);
    writeFetchRequestReplicaState(w, v, value.replicaState);
    w.closeTag(mark);
  }
}

export interface FetchResponseTopicPartitionDivergingEpoch {
  epoch: number;
  endOffset: number;
}

export function readFetchResponseTopicPartitionDivergingEpoch(r: WireReader, _v: number): FetchResponseTopicPartitionDivergingEpoch {
  const value = {
    epoch: r.int32(),
    endOffset: r.int64(),
  } as FetchResponseTopicPartitionDivergingEpoch;
  r.skipTags();
  return value;
}

export function writeFetchResponseTopicPartitionDivergingEpoch(w: WireWriter, _v: number, value: FetchResponseTopicPartitionDivergingEpoch): void {
  w.int32(value.epoch);
  w.int64(value.endOffset);
  w.noTags();
}

export interface FetchResponseTopicPartitionCurrentLeader {
  leaderId: number;
  epoch: number;
}

export function readFetchResponseTopicPartitionCurrentLeader(r: WireReader, _v: number): FetchResponseTopicPartitionCurrentLeader {
  const value = {
    leaderId: r.int32(),
    epoch: r.int32(),
  } as FetchResponseTopicPartitionCurrentLeader;
  r.skipTags();
  return value;
}

export function writeFetchResponseTopicPartitionCurrentLeader(w: WireWriter, _v: number, value: FetchResponseTopicPartitionCurrentLeader): void {
  w.int32(value.leaderId);
  w.int32(value.epoch);
  w.noTags();
}

export interface FetchResponseTopicPartitionSnapshotId {
  endOffset: number;
  epoch: number;
}

export function readFetchResponseTopicPartitionSnapshotId(r: WireReader, _v: number): FetchResponseTopicPartitionSnapshotId {
  const value = {
    endOffset: r.int64(),
    epoch: r.int32(),
  } as FetchResponseTopicPartitionSnapshotId;
  r.skipTags();
  return value;
}

export function writeFetchResponseTopicPartitionSnapshotId(w: WireWriter, _v: number, value: FetchResponseTopicPartitionSnapshotId): void {
  w.int64(value.endOffset);
  w.int32(value.epoch);
  w.noTags();
}

export interface FetchResponseTopicPartitionAborted {
  producerId: number;
  firstOffset: number;
}

export function readFetchResponseTopicPartitionAborted(r: WireReader, _v: number): FetchResponseTopicPartitionAborted {
  const value = {
    producerId: r.int64(),
    firstOffset: r.int64(),
  } as FetchResponseTopicPartitionAborted;
  r.skipTags();
  return value;
}

export function writeFetchResponseTopicPartitionAborted(w: WireWriter, _v: number, value: FetchResponseTopicPartitionAborted): void {
  w.int64(value.producerId);
  w.int64(value.firstOffset);
  w.noTags();
}

export interface FetchResponseTopicPartition {
  index: number;
  error: number;
  highWatermark: number;
  lastStable: number;
  logStart: number;
  divergingEpoch: FetchResponseTopicPartitionDivergingEpoch;
  currentLeader: FetchResponseTopicPartitionCurrentLeader;
  snapshotId: FetchResponseTopicPartitionSnapshotId;
  aborted: FetchResponseTopicPartitionAborted[] | null;
  preferredReplica: number;
  records: RecordsPiece | null;
}

export function readFetchResponseTopicPartition(r: WireReader, v: number): FetchResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    highWatermark: r.int64(),
    lastStable: r.int64(),
    logStart: v >= 5 ? r.int64() : -1,
    divergingEpoch: { epoch: -1, endOffset: -1 },
    currentLeader: { leaderId: -1, epoch: -1 },
    snapshotId: { endOffset: -1, epoch: -1 },
    aborted: r.nullableArray(v, readFetchResponseTopicPartitionAborted),
    preferredReplica: v >= 11 ? r.int32() : -1,
    records: r.nullableRecords(),
  } as FetchResponseTopicPartition;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.divergingEpoch = readFetchResponseTopicPartitionDivergingEpoch(r, v);
    if (tag === 1) value.currentLeader = readFetchResponseTopicPartitionCurrentLeader(r, v);
    if (tag === 2) value.snapshotId = readFetchResponseTopicPartitionSnapshotId(r, v);
    r.finishTag(end);
  }
  return value;
}

export function writeFetchResponseTopicPartition(w: WireWriter, v: number, value: FetchResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.int64(value.highWatermark);
  w.int64(value.lastStable);
  if (v >= 5) { w.int64(value.logStart); }
  w.nullableArray(value.aborted, v, writeFetchResponseTopicPartitionAborted);
  if (v >= 11) { w.int32(value.preferredReplica); }
  w.nullableRecords(value.records);
  if (!w.flexible) return;
  const has0 = v >= 12 && (value.divergingEpoch.epoch !== -1 || value.divergingEpoch.endOffset !== -1);
  const has1 = v >= 12 && (value.currentLeader.leaderId !== -1 || value.currentLeader.epoch !== -1);
  const has2 = v >= 12 && (value.snapshotId.endOffset !== -1 || value.snapshotId.epoch !== -1);
  w.uvarint(Number(has0) + Number(has1) + Number(has2));
  if (has0) {
    const mark = w.openTag(0);
    writeFetchResponseTopicPartitionDivergingEpoch(w, v, value.divergingEpoch);
    w.closeTag(mark);
  }
  if (has1) {
    const mark = w.openTag(1);
    writeFetchResponseTopicPartitionCurrentLeader(w, v, value.currentLeader);
    w.closeTag(mark);
  }
  if (has2) {
    const mark = w.openTag(2);
    writeFetchResponseTopicPartitionSnapshotId(w, v, value.snapshotId);
    w.closeTag(mark);
  }
}

export interface FetchResponseTopic {
  name: string;
  topicId: string;
  partitions: FetchResponseTopicPartition[];
}

export function readFetchResponseTopic(r: WireReader, v: number): FetchResponseTopic {
  const value = {
    name: v <= 12 ? r.string() : '',
    topicId: v >= 13 ? r.uuid() : zeroUuid,
    partitions: r.array(v, readFetchResponseTopicPartition),
  } as FetchResponseTopic;
  r.skipTags();
  return value;
}

export function writeFetchResponseTopic(w: WireWriter, v: number, value: FetchResponseTopic): void {
  if (v <= 12) { w.string(value.name); }
  if (v >= 13) { w.uuid(value.topicId); }
  w.array(value.partitions, v, writeFetchResponseTopicPartition);
  w.noTags();
}

export interface FetchResponseNode {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export function readFetchResponseNode(r: WireReader, _v: number): FetchResponseNode {
  const value = {
    nodeId: r.int32(),
    host: r.string(),
    port: r.int32(),
    rack: r.nullableString(),
  } as FetchResponseNode;
  r.skipTags();
  return value;
}

export function writeFetchResponseNode(w: WireWriter, _v: number, value: FetchResponseNode): void {
  w.int32(value.nodeId);
  w.string(value.host);
  w.int32(value.port);
  w.nullableString(value.rack);
  w.noTags();
}

export interface FetchResponse {
  throttleMs: number;
  error: number;
  fetchId: number;
  topics: FetchResponseTopic[];
  nodes: FetchResponseNode[];
}

export function readFetchResponse(r: WireReader, v: number): FetchResponse {
  const value = {
    throttleMs: r.int32(),
    error: v >= 7 ? r.int16() : 0,
    fetchId: v >= 7 ? r.int32() : 0,
    topics: r.array(v, readFetchResponseTopic),
    nodes: [],
  } as FetchResponse;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.nodes = r.array(v, readFetchResponseNode);
    r.finishTag(end);
  }
  return value;
}

export function writeFetchResponse(w: WireWriter, v: number, value: FetchResponse): void {
  w.int32(value.throttleMs);
  if (v >= 7) { w.int16(value.error); }
  if (v >= 7) { w.int32(value.fetchId); }
  w.array(value.topics, v, writeFetchResponseTopic);
  if (!w.flexible) return;
  const has0 = v >= 16 && (value.nodes.length > 0);
  w.uvarint(Number(has0));
  if (has0) {
    const mark = w.openTag(0);
    w.array(value.nodes, v, writeFetchResponseNode);
    w.closeTag(mark);
  }
}

