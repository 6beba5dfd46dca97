/**
 * Codec of DescribeTransactions, made by npm run protocol from
 * schema/65-describe-transactions.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeTransactionsRequest {
  ids: string[];
}

export function readDescribeTransactionsRequest(r: WireReader, v: number): DescribeTransactionsRequest {
  const value = {
    ids: r.array(v, r.readString),
  } as DescribeTransactionsRequest;
  r.skipTags();
  return value;
}

export function writeDescribeTransactionsRequest(w: WireWriter, v: number, value: DescribeTransactionsRequest): void {
  w.array(value.ids, v, w.writeString);
  w.noTags();
}

export interface DescribeTransactionsResponseTransactionTopic {
  name: string;
  partitions: number[];
}

export function readDescribeTransactionsResponseTransactionTopic(r: WireReader, v: number): DescribeTransactionsResponseTransactionTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as DescribeTransactionsResponseTransactionTopic;
  r.skipTags();
  return value;
}

export function writeDescribeTransactionsResponseTransactionTopic(w: WireWriter, v: number, value: DescribeTransactionsResponseTransactionTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface DescribeTransactionsResponseTransaction {
  error: number;
  id: string;
  state: string;
  timeoutMs: number;
  startMs: number;
  producerId: number;
  producerEpoch: number;
  topics: DescribeTransactionsResponseTransactionTopic[];
}

export function readDescribeTransactionsResponseTransaction(r: WireReader, v: number): DescribeTransactionsResponseTransaction {
  const value = {
    error: r.int16(),
    id: r.string(),
    state: r.string(),
    timeoutMs: r.int32(),
    startMs: r.int64(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    topics: r.array(v, readDescribeTransactionsResponseTransactionTopic),
  } as DescribeTransactionsResponseTransaction;
  r.skipTags();
  return value;
}

export function writeDescribeTransactionsResponseTransaction(w: WireWriter, v: number, value: DescribeTransactionsResponseTransaction): void {
  w.int16(value.error);
  w.string(value.id);
  w.string(value.state);
  w.int32(value.timeoutMs);
  w.int64(value.startMs);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.array(value.topics, v, writeDescribeTransactionsResponseTransactionTopic);
  w.noTags();
}

export interface DescribeTransactionsResponse {
  throttleMs: number;
  transactions: DescribeTransactionsResponseTransaction[];
}

export function readDescribeTransactionsResponse(r: WireReader, v: number): DescribeTransactionsResponse {
  const value = {
    throttleMs: r.int32(),
    transactions: r.array(v, readDescribeTransactionsResponseTransaction),
  } as DescribeTransactionsResponse;
  r.skipTags();
  return value;
}

export function writeDescribeTransactionsResponse(w: WireWriter, v: number, value: DescribeTransactionsResponse): void {
  w.int32(value.throttleMs);
  w.array(value.transactions, v, writeDescribeTransactionsResponseTransaction);
  w.noTags();
}

