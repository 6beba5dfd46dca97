/**
 * Codec of AddPartitionsToTxn, made by npm run protocol from
 * schema/24-add-partitions-to-txn.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AddPartitionsToTxnRequestTransactionTopic {
  name: string;
  partitions: number[];
}

export function readAddPartitionsToTxnRequestTransactionTopic(r: WireReader, v: number): AddPartitionsToTxnRequestTransactionTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as AddPartitionsToTxnRequestTransactionTopic;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnRequestTransactionTopic(w: WireWriter, v: number, value: AddPartitionsToTxnRequestTransactionTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface AddPartitionsToTxnRequestTransaction {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  verifyOnly: boolean;
  topics: AddPartitionsToTxnRequestTransactionTopic[];
}

export function readAddPartitionsToTxnRequestTransaction(r: WireReader, v: number): AddPartitionsToTxnRequestTransaction {
  const value = {
    transactionalId: r.string(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    verifyOnly: r.boolean(),
    topics: r.array(v, readAddPartitionsToTxnRequestTransactionTopic),
  } as AddPartitionsToTxnRequestTransaction;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnRequestTransaction(w: WireWriter, v: number, value: AddPartitionsToTxnRequestTransaction): void {
  w.string(value.transactionalId);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.boolean(value.verifyOnly);
  w.array(value.topics, v, writeAddPartitionsToTxnRequestTransactionTopic);
  w.noTags();
}

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
  transactions: AddPartitionsToTxnRequestTransaction[];
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  topics: AddPartitionsToTxnRequestTopic[];
}

export function readAddPartitionsToTxnRequest(r: WireReader, v: number): AddPartitionsToTxnRequest {
  const value = {
    transactions: v >= 4 ? r.array(v, readAddPartitionsToTxnRequestTransaction) : [],
    transactionalId: v <= 3 ? r.string() : '',
    producerId: v <= 3 ? r.int64() : 0,
    producerEpoch: v <= 3 ? r.int16() : 0,
    topics: v <= 3 ? r.array(v, readAddPartitionsToTxnRequestTopic) : [],
  } as AddPartitionsToTxnRequest;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnRequest(w: WireWriter, v: number, value: AddPartitionsToTxnRequest): void {
  if (v >= 4) { w.array(value.transactions, v, writeAddPartitionsToTxnRequestTransaction); }
  else if (value.transactions.length > 0) w.lost('transactions', v);
  if (v <= 3) { w.string(value.transactionalId); }
  else if (value.transactionalId !== '') w.lost('transactionalId', v);
  if (v <= 3) { w.int64(value.producerId); }
  else if (value.producerId !== 0) w.lost('producerId', v);
  if (v <= 3) { w.int16(value.producerEpoch); }
  else if (value.producerEpoch !== 0) w.lost('producerEpoch', v);
  if (v <= 3) { w.array(value.topics, v, writeAddPartitionsToTxnRequestTopic); }
  else if (value.topics.length > 0) w.lost('topics', v);
  w.noTags();
}

export interface AddPartitionsToTxnResponseResultTopicPartition {
  index: number;
  error: number;
}

export function readAddPartitionsToTxnResponseResultTopicPartition(r: WireReader, _v: number): AddPartitionsToTxnResponseResultTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as AddPartitionsToTxnResponseResultTopicPartition;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponseResultTopicPartition(w: WireWriter, _v: number, value: AddPartitionsToTxnResponseResultTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface AddPartitionsToTxnResponseResultTopic {
  name: string;
  partitions: AddPartitionsToTxnResponseResultTopicPartition[];
}

export function readAddPartitionsToTxnResponseResultTopic(r: WireReader, v: number): AddPartitionsToTxnResponseResultTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readAddPartitionsToTxnResponseResultTopicPartition),
  } as AddPartitionsToTxnResponseResultTopic;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponseResultTopic(w: WireWriter, v: number, value: AddPartitionsToTxnResponseResultTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeAddPartitionsToTxnResponseResultTopicPartition);
  w.noTags();
}

export interface AddPartitionsToTxnResponseResult {
  transactionalId: string;
  topics: AddPartitionsToTxnResponseResultTopic[];
}

export function readAddPartitionsToTxnResponseResult(r: WireReader, v: number): AddPartitionsToTxnResponseResult {
  const value = {
    transactionalId: r.string(),
    topics: r.array(v, readAddPartitionsToTxnResponseResultTopic),
  } as AddPartitionsToTxnResponseResult;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponseResult(w: WireWriter, v: number, value: AddPartitionsToTxnResponseResult): void {
  w.string(value.transactionalId);
  w.array(value.topics, v, writeAddPartitionsToTxnResponseResultTopic);
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
  error: number;
  results: AddPartitionsToTxnResponseResult[];
  topics: AddPartitionsToTxnResponseTopic[];
}

export function readAddPartitionsToTxnResponse(r: WireReader, v: number): AddPartitionsToTxnResponse {
  const value = {
    throttleMs: r.int32(),
    error: v >= 4 ? r.int16() : 0,
    results: v >= 4 ? r.array(v, readAddPartitionsToTxnResponseResult) : [],
    topics: v <= 3 ? r.array(v, readAddPartitionsToTxnResponseTopic) : [],
  } as AddPartitionsToTxnResponse;
  r.skipTags();
  return value;
}

export function writeAddPartitionsToTxnResponse(w: WireWriter, v: number, value: AddPartitionsToTxnResponse): void {
  w.int32(value.throttleMs);
  if (v >= 4) { w.int16(value.error); }
  if (v >= 4) { w.array(value.results, v, writeAddPartitionsToTxnResponseResult); }
  else if (value.results.length > 0) w.lost('results', v);
  if (v <= 3) { w.array(value.topics, v, writeAddPartitionsToTxnResponseTopic); }
  else if (value.topics.length > 0) w.lost('topics', v);
  w.noTags();
}

