/**
 * Codec of AddPartitionsToTxn, made by npm run protocol from
 * schema/24-add-partitions-to-txn.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AddPartitionsToTxnRequestTopic {
  name: string;
  partitions: number[];
}

export function readAddPartitionsToTxnRequestTopic(r: WireReader, v: number): AddPartitionsToTxnRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as AddPartitionsToTxnRequestTopic;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnRequestTopic(w: WireWriter, v: number, value: AddPartitionsToTxnRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface AddPartitionsToTxnRequest {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  topics: AddPartitionsToTxnRequestTopic[];
}

export function readAddPartitionsToTxnRequest(r: WireReader, v: number): AddPartitionsToTxnRequest {
  const value = {
    transactionalId: r.string(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    topics: r.array(v, readAddPartitionsToTxnRequestTopic),
  } as AddPartitionsToTxnRequest;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnRequest(w: WireWriter, v: number, value: AddPartitionsToTxnRequest): void {
  w.string(value.transactionalId);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.array(value.topics, v, writeAddPartitionsToTxnRequestTopic);
  w.noTags();
}

export interface AddPartitionsToTxnResponseTopicPartition {
  index: number;
  error: number;
}

export function readAddPartitionsToTxnResponseTopicPartition(r: WireReader, _v: number): AddPartitionsToTxnResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as AddPartitionsToTxnResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponseTopicPartition(w: WireWriter, _v: number, value: AddPartitionsToTxnResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface AddPartitionsToTxnResponseTopic {
  name: string;
  partitions: AddPartitionsToTxnResponseTopicPartition[];
}

export function readAddPartitionsToTxnResponseTopic(r: WireReader, v: number): AddPartitionsToTxnResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readAddPartitionsToTxnResponseTopicPartition),
  } as AddPartitionsToTxnResponseTopic;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponseTopic(w: WireWriter, v: number, value: AddPartitionsToTxnResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeAddPartitionsToTxnResponseTopicPartition);
  w.noTags();
}

export interface AddPartitionsToTxnResponse {
  throttleMs: number;
  topics: AddPartitionsToTxnResponseTopic[];
}

export function readAddPartitionsToTxnResponse(r: WireReader, v: number): AddPartitionsToTxnResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readAddPartitionsToTxnResponseTopic),
  } as AddPartitionsToTxnResponse;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponse(w: WireWriter, v: number, value: AddPartitionsToTxnResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeAddPartitionsToTxnResponseTopic);
  w.noTags();
}

