/**
 * Codec of DescribeProducers, made by npm run protocol from
 * schema/61-describe-producers.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeProducersRequestTopic {
  name: string;
  partitions: number[];
}

export function readDescribeProducersRequestTopic(r: WireReader, v: number): DescribeProducersRequestTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as DescribeProducersRequestTopic;
  r.skipTags();
  return value;
}

export function writeDescribeProducersRequestTopic(w: WireWriter, v: number, value: DescribeProducersRequestTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface DescribeProducersRequest {
  topics: DescribeProducersRequestTopic[];
}

export function readDescribeProducersRequest(r: WireReader, v: number): DescribeProducersRequest {
  const value = {
    topics: r.array(v, readDescribeProducersRequestTopic),
  } as DescribeProducersRequest;
  r.skipTags();
  return value;
}

export function writeDescribeProducersRequest(w: WireWriter, v: number, value: DescribeProducersRequest): void {
  w.array(value.topics, v, writeDescribeProducersRequestTopic);
  w.noTags();
}

export interface DescribeProducersResponseTopicPartitionProducer {
  producerId: number;
  epoch: number;
  lastSequence: number;
  lastTimestamp: number;
  coordinatorEpoch: number;
  txnStart: number;
}

export function readDescribeProducersResponseTopicPartitionProducer(r: WireReader, _v: number): DescribeProducersResponseTopicPartitionProducer {
  const value = {
    producerId: r.int64(),
    epoch: r.int32(),
    lastSequence: r.int32(),
    lastTimestamp: r.int64(),
    coordinatorEpoch: r.int32(),
    txnStart: r.int64(),
  } as DescribeProducersResponseTopicPartitionProducer;
  r.skipTags();
  return value;
}

export function writeDescribeProducersResponseTopicPartitionProducer(w: WireWriter, _v: number, value: DescribeProducersResponseTopicPartitionProducer): void {
  w.int64(value.producerId);
  w.int32(value.epoch);
  w.int32(value.lastSequence);
  w.int64(value.lastTimestamp);
  w.int32(value.coordinatorEpoch);
  w.int64(value.txnStart);
  w.noTags();
}

export interface DescribeProducersResponseTopicPartition {
  index: number;
  error: number;
  message: string | null;
  producers: DescribeProducersResponseTopicPartitionProducer[];
}

export function readDescribeProducersResponseTopicPartition(r: WireReader, v: number): DescribeProducersResponseTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    producers: r.array(v, readDescribeProducersResponseTopicPartitionProducer),
  } as DescribeProducersResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeDescribeProducersResponseTopicPartition(w: WireWriter, v: number, value: DescribeProducersResponseTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.nullableString(value.message);
  w.array(value.producers, v, writeDescribeProducersResponseTopicPartitionProducer);
  w.noTags();
}

export interface DescribeProducersResponseTopic {
  name: string;
  partitions: DescribeProducersResponseTopicPartition[];
}

export function readDescribeProducersResponseTopic(r: WireReader, v: number): DescribeProducersResponseTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readDescribeProducersResponseTopicPartition),
  } as DescribeProducersResponseTopic;
  r.skipTags();
  return value;
}

export function writeDescribeProducersResponseTopic(w: WireWriter, v: number, value: DescribeProducersResponseTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeDescribeProducersResponseTopicPartition);
  w.noTags();
}

export interface DescribeProducersResponse {
  throttleMs: number;
  topics: DescribeProducersResponseTopic[];
}

export function readDescribeProducersResponse(r: WireReader, v: number): DescribeProducersResponse {
  const value = {
    throttleMs: r.int32(),
    topics: r.array(v, readDescribeProducersResponseTopic),
  } as DescribeProducersResponse;
  r.skipTags();
  return value;
}

export function writeDescribeProducersResponse(w: WireWriter, v: number, value: DescribeProducersResponse): void {
  w.int32(value.throttleMs);
  w.array(value.topics, v, writeDescribeProducersResponseTopic);
  w.noTags();
}

