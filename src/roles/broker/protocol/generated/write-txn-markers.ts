/**
 * Codec of WriteTxnMarkers, made by npm run protocol from
 * schema/27-write-txn-markers.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface WriteTxnMarkersRequestMarkerTopic {
  name: string;
  partitions: number[];
}

export function readWriteTxnMarkersRequestMarkerTopic(r: WireReader, v: number): WriteTxnMarkersRequestMarkerTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, r.readInt32),
  } as WriteTxnMarkersRequestMarkerTopic;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersRequestMarkerTopic(w: WireWriter, v: number, value: WriteTxnMarkersRequestMarkerTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, w.writeInt32);
  w.noTags();
}

export interface WriteTxnMarkersRequestMarker {
  producerId: number;
  producerEpoch: number;
  committed: boolean;
  topics: WriteTxnMarkersRequestMarkerTopic[];
  coordinatorEpoch: number;
}

export function readWriteTxnMarkersRequestMarker(r: WireReader, v: number): WriteTxnMarkersRequestMarker {
  const value = {
    producerId: r.int64(),
    producerEpoch: r.int16(),
    committed: r.boolean(),
    topics: r.array(v, readWriteTxnMarkersRequestMarkerTopic),
    coordinatorEpoch: r.int32(),
  } as WriteTxnMarkersRequestMarker;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersRequestMarker(w: WireWriter, v: number, value: WriteTxnMarkersRequestMarker): void {
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.boolean(value.committed);
  w.array(value.topics, v, writeWriteTxnMarkersRequestMarkerTopic);
  w.int32(value.coordinatorEpoch);
  w.noTags();
}

export interface WriteTxnMarkersRequest {
  markers: WriteTxnMarkersRequestMarker[];
}

export function readWriteTxnMarkersRequest(r: WireReader, v: number): WriteTxnMarkersRequest {
  const value = {
    markers: r.array(v, readWriteTxnMarkersRequestMarker),
  } as WriteTxnMarkersRequest;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersRequest(w: WireWriter, v: number, value: WriteTxnMarkersRequest): void {
  w.array(value.markers, v, writeWriteTxnMarkersRequestMarker);
  w.noTags();
}

export interface WriteTxnMarkersResponseMarkerTopicPartition {
  index: number;
  error: number;
}

export function readWriteTxnMarkersResponseMarkerTopicPartition(r: WireReader, _v: number): WriteTxnMarkersResponseMarkerTopicPartition {
  const value = {
    index: r.int32(),
    error: r.int16(),
  } as WriteTxnMarkersResponseMarkerTopicPartition;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersResponseMarkerTopicPartition(w: WireWriter, _v: number, value: WriteTxnMarkersResponseMarkerTopicPartition): void {
  w.int32(value.index);
  w.int16(value.error);
  w.noTags();
}

export interface WriteTxnMarkersResponseMarkerTopic {
  name: string;
  partitions: WriteTxnMarkersResponseMarkerTopicPartition[];
}

export function readWriteTxnMarkersResponseMarkerTopic(r: WireReader, v: number): WriteTxnMarkersResponseMarkerTopic {
  const value = {
    name: r.string(),
    partitions: r.array(v, readWriteTxnMarkersResponseMarkerTopicPartition),
  } as WriteTxnMarkersResponseMarkerTopic;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersResponseMarkerTopic(w: WireWriter, v: number, value: WriteTxnMarkersResponseMarkerTopic): void {
  w.string(value.name);
  w.array(value.partitions, v, writeWriteTxnMarkersResponseMarkerTopicPartition);
  w.noTags();
}

export interface WriteTxnMarkersResponseMarker {
  producerId: number;
  topics: WriteTxnMarkersResponseMarkerTopic[];
}

export function readWriteTxnMarkersResponseMarker(r: WireReader, v: number): WriteTxnMarkersResponseMarker {
  const value = {
    producerId: r.int64(),
    topics: r.array(v, readWriteTxnMarkersResponseMarkerTopic),
  } as WriteTxnMarkersResponseMarker;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersResponseMarker(w: WireWriter, v: number, value: WriteTxnMarkersResponseMarker): void {
  w.int64(value.producerId);
  w.array(value.topics, v, writeWriteTxnMarkersResponseMarkerTopic);
  w.noTags();
}

export interface WriteTxnMarkersResponse {
  markers: WriteTxnMarkersResponseMarker[];
}

export function readWriteTxnMarkersResponse(r: WireReader, v: number): WriteTxnMarkersResponse {
  const value = {
    markers: r.array(v, readWriteTxnMarkersResponseMarker),
  } as WriteTxnMarkersResponse;
  r.skipTags();
  return value;
}

export function writeWriteTxnMarkersResponse(w: WireWriter, v: number, value: WriteTxnMarkersResponse): void {
  w.array(value.markers, v, writeWriteTxnMarkersResponseMarker);
  w.noTags();
}

