/**
 * Codec of TxnOffsetCommit, made by npm run protocol from
 * schema/28-txn-offset-commit.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface TxnOffsetCommitRequestTopicPartition {
  index: number;
  offset: number;
  leaderEpoch: number;
  metadata: string | null;
}

export function readTxnOffsetCommitRequestTopicPartition(r: WireReader, v: number): TxnOffsetCommitRequestTopicPartition {
  const value = {
    index: r.int32(),
    offset: r.int64(),
    leaderEpoch: v >= 2 ? r.int32() : -1,
    metadata: r.nullableString(),
  } as TxnOffsetCommitRequestTopicPartition;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitRequestTopicPartition(w: WireWriter, v: number, value: TxnOffsetCommitRequestTopicPartition): void {
  w.int32(value.index);
  w.int64(value.offset);
  if (v >= 2) { w.int32(value.leaderEpoch); }
  w.nullableString(value.metadata);
  w.noTags();
}

export interface TxnOffsetCommitRequestTopic {
  name: string;
  partitions: TxnOffsetCommitRequestTopicPartition[];
}

export function readTxnOffsetCommitRequestTopic(r: WireReader, v: number): TxnOffsetCommitRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readTxnOffsetCommitRequestTopicPartition),
  } as TxnOffsetCommitRequestTopic;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitRequestTopic(w: WireWriter, v: number, value: TxnOffsetCommitRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeTxnOffsetCommitRequestTopicPartition);
  w.noTags();
}

export interface TxnOffsetCommitRequest {
  transactionalId: string;
  groupId: string;
  producerId: number;
  producerEpoch: number;
  generation: number;
  memberId: string;
  instanceId: string | null;
  topics: TxnOffsetCommitRequestTopic[];
}

export function readTxnOffsetCommitRequest(r: WireReader, v: number): TxnOffsetCommitRequest {
  const value = {
    transactionalId: r.string(),
    groupId: r.string(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    generation: v >= 3 ? r.int32() : -1,
    memberId: v >= 3 ? r.string() : '',
    instanceId: v >= 3 ? r.nullableString() : null,
    topics: r.array(v, readTxnOffsetCommitRequestTopic),
  } as TxnOffsetCommitRequest;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitRequest(w: WireWriter, v: number, value: TxnOffsetCommitRequest): void {
  w.string(value.transactionalId);
  w.string(value.groupId);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  if (v >= 3) { w.int32(value.generation); }
  else if (value.generation !== -1) w.lost('generation', v);
  if (v >= 3) { w.string(value.memberId); }
  else if (value.memberId !== '') w.lost('memberId', v);
  if (v >= 3) { w.nullableString(value.instanceId); }
  else if (value.instanceId !== null) w.lost('instanceId', v);
  w.array(value.topics, v, writeTxnOffsetCommitRequestTopic);
  w.noTags();
}

export interface TxnOffsetCommitResponseTopicPartition {
  index: number;
  error: number;
}

export function readTxnOffsetCommitResponseTopicPartition(r: WireReader, _v: number): TxnOffsetCommitResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as TxnOffsetCommitResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitResponseTopicPartition(w: WireWriter, _v: number, value: TxnOffsetCommitResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface TxnOffsetCommitResponseTopic {
  name: string;
  partitions: TxnOffsetCommitResponseTopicPartition[];
}

export function readTxnOffsetCommitResponseTopic(r: WireReader, v: number): TxnOffsetCommitResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readTxnOffsetCommitResponseTopicPartition),
  } as TxnOffsetCommitResponseTopic;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitResponseTopic(w: WireWriter, v: number, value: TxnOffsetCommitResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeTxnOffsetCommitResponseTopicPartition);
  w.noTags();
}

export interface TxnOffsetCommitResponse {
  throttleMs: number;
  topics: TxnOffsetCommitResponseTopic[];
}

export function readTxnOffsetCommitResponse(r: WireReader, v: number): TxnOffsetCommitResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readTxnOffsetCommitResponseTopic),
  } as TxnOffsetCommitResponse;
  r.skipTags();
  return value;
}

export function writeTxnOffsetCommitResponse(w: WireWriter, v: number, value: TxnOffsetCommitResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeTxnOffsetCommitResponseTopic);
  w.noTags();
}

