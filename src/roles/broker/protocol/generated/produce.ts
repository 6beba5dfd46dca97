/**
 * Codec of Produce, made by npm run protocol from
 * schema/0-produce.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ProduceRequestTopicPartition {
  index: number;
  records: Uint8Array | null;
}

export function readProduceRequestTopicPartition(r: WireReader, _v: number): ProduceRequestTopicPartition {
  const value = {
    index: r.int32(),
    records: r.nullableRecords(),
  } as ProduceRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeProduceRequestTopicPartition(w: WireWriter, _v: number, value: ProduceRequestTopicPartition): void {
  w.int32(value.index);
  w.nullableRecords(value.records);
  w.noTags();
}

export interface ProduceRequestTopic {
  name: string;
  partitions: ProduceRequestTopicPartition[];
}

export function readProduceRequestTopic(r: WireReader, v: number): ProduceRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readProduceRequestTopicPartition),
  } as ProduceRequestTopic;
  r.skipTags();
  return value;
}

export function writeProduceRequestTopic(w: WireWriter, v: number, value: ProduceRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeProduceRequestTopicPartition);
  w.noTags();
}

export interface ProduceRequest {
  transactionalId: string | null;
  acks: number;
  timeoutMs: number;
  topics: ProduceRequestTopic[];
}

export function readProduceRequest(r: WireReader, v: number): ProduceRequest {
  const value = {
    transactionalId: r.nullableString(),
    acks: r.int16(),
    timeoutMs: r.int32(),
    topics: r.array(v, readProduceRequestTopic),
  } as ProduceRequest;
  r.skipTags();
  return value;
}

export function writeProduceRequest(w: WireWriter, v: number, value: ProduceRequest): void {
  w.nullableString(value.transactionalId);
  w.int16(value.acks);
  w.int32(value.timeoutMs);
  w.array(value.topics, v, writeProduceRequestTopic);
  w.noTags();
}

export interface ProduceResponseTopicPartitionRecordError {
  batchIndex: number;
  message: string | null;
}

export function readProduceResponseTopicPartitionRecordError(r: WireReader, _v: number): ProduceResponseTopicPartitionRecordError {
  const value = {
    batchIndex: r.int32(),
    message: r.nullableString(),
  } as ProduceResponseTopicPartitionRecordError;
  r.skipTags();
  return value;
}

export function writeProduceResponseTopicPartitionRecordError(w: WireWriter, _v: number, value: ProduceResponseTopicPartitionRecordError): void {
  w.int32(value.batchIndex);
  w.nullableString(value.message);
  w.noTags();
}

export interface ProduceResponseTopicPartitionCurrentLeader {
  leaderId: number;
  epoch: number;
}

export function readProduceResponseTopicPartitionCurrentLeader(r: WireReader, _v: number): ProduceResponseTopicPartitionCurrentLeader {
  const value = {
    leaderId: r.int32(),
    epoch: r.int32(),
  } as ProduceResponseTopicPartitionCurrentLeader;
  r.skipTags();
  return value;
}

export function writeProduceResponseTopicPartitionCurrentLeader(w: WireWriter, _v: number, value: ProduceResponseTopicPartitionCurrentLeader): void {
  w.int32(value.leaderId);
  w.int32(value.epoch);
  w.noTags();
}

export interface ProduceResponseTopicPartition {
  index: number;
  error: number;
  baseOffset: number;
  logAppendTime: number;
  logStart: number;
  recordErrors: ProduceResponseTopicPartitionRecordError[];
  message: string | null;
  currentLeader: ProduceResponseTopicPartitionCurrentLeader;
}

export function readProduceResponseTopicPartition(r: WireReader, v: number): ProduceResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    baseOffset: r.int64(),
    logAppendTime: r.int64(),
    logStart: v >= 5 ? r.int64() : -1,
    recordErrors: v >= 8 ? r.array(v, readProduceResponseTopicPartitionRecordError) : [],
    message: v >= 8 ? r.nullableString() : null,
    currentLeader: { leaderId: -1, epoch: -1 },
  } as ProduceResponseTopicPartition;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.currentLeader = readProduceResponseTopicPartitionCurrentLeader(r, v);
    r.finishTag(end);
  }
  return value;
}

export function writeProduceResponseTopicPartition(w: WireWriter, v: number, value: ProduceResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.int64(value.baseOffset);
  w.int64(value.logAppendTime);
  if (v >= 5) { w.int64(value.logStart); }
  if (v >= 8) { w.array(value.recordErrors, v, writeProduceResponseTopicPartitionRecordError); }
  if (v >= 8) { w.nullableString(value.message); }
  if (!w.flexible) return;
  const has0 = v >= 10 && (value.currentLeader.leaderId !== -1 || value.currentLeader.epoch !== -1);
  w.uvarint(Number(has0));
  if (has0) {
    const mark = w.openTag(0);
    writeProduceResponseTopicPartitionCurrentLeader(w, v, value.currentLeader);
    w.closeTag(mark);
  }
}

export interface ProduceResponseTopic {
  name: string;
  partitions: ProduceResponseTopicPartition[];
}

export function readProduceResponseTopic(r: WireReader, v: number): ProduceResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readProduceResponseTopicPartition),
  } as ProduceResponseTopic;
  r.skipTags();
  return value;
}

export function writeProduceResponseTopic(w: WireWriter, v: number, value: ProduceResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeProduceResponseTopicPartition);
  w.noTags();
}

export interface ProduceResponseNode {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export function readProduceResponseNode(r: WireReader, _v: number): ProduceResponseNode {
  const value = {
    nodeId: r.int32(),
    host: r.string(),
    port: r.int32(),
    rack: r.nullableString(),
  } as ProduceResponseNode;
  r.skipTags();
  return value;
}

export function writeProduceResponseNode(w: WireWriter, _v: number, value: ProduceResponseNode): void {
  w.int32(value.nodeId);
  w.string(value.host);
  w.int32(value.port);
  w.nullableString(value.rack);
  w.noTags();
}

export interface ProduceResponse {
  topics: ProduceResponseTopic[];
  throttleMs: number;
  nodes: ProduceResponseNode[];
}

export function readProduceResponse(r: WireReader, v: number): ProduceResponse {
  const value = {
    topics: r.array(v, readProduceResponseTopic),
    throttleMs: r.int32(),
    nodes: [],
  } as ProduceResponse;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.nodes = r.array(v, readProduceResponseNode);
    r.finishTag(end);
  }
  return value;
}

export function writeProduceResponse(w: WireWriter, v: number, value: ProduceResponse): void {
  w.array(value.topics, v, writeProduceResponseTopic);
  w.int32(value.throttleMs);
  if (!w.flexible) return;
  const has0 = v >= 10 && (value.nodes.length > 0);
  w.uvarint(Number(has0));
  if (has0) {
    const mark = w.openTag(0);
    w.array(value.nodes, v, writeProduceResponseNode);
    w.closeTag(mark);
  }
}

