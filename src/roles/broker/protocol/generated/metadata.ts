/**
 * Codec of Metadata, made by npm run protocol from
 * schema/3-metadata.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter, zeroUuid } from '../wire.ts';

export interface MetadataRequestTopic {
  topicId: string;
  name: string | null;
}

export function readMetadataRequestTopic(r: WireReader, v: number): MetadataRequestTopic {
  const value = {
    topicId: v >= 10 ? r.uuid() : zeroUuid,
    name: (v >= 10) ? r.nullableString() : r.string(),
  } as MetadataRequestTopic;
  r.skipTags();
  return value;
}

export function writeMetadataRequestTopic(w: WireWriter, v: number, value: MetadataRequestTopic): void {
  if (v >= 10) { w.uuid(value.topicId); }
  if (v >= 10) w.nullableString(value.name); else w.string(w.present(value.name, 'name'));
  w.noTags();
}

export interface MetadataRequest {
  topics: MetadataRequestTopic[] | null;
  allowAutoCreate: boolean;
  includeClusterOps: boolean;
  includeTopicOps: boolean;
}

export function readMetadataRequest(r: WireReader, v: number): MetadataRequest {
  const value = {
    topics: (v >= 1) ? r.nullableArray(v, readMetadataRequestTopic) : r.array(v, readMetadataRequestTopic),
    allowAutoCreate: v >= 4 ? r.boolean() : true,
    includeClusterOps: v >= 8 && v <= 10 ? r.boolean() : false,
    includeTopicOps: v >= 8 ? r.boolean() : false,
  } as MetadataRequest;
  r.skipTags();
  return value;
}

export function writeMetadataRequest(w: WireWriter, v: number, value: MetadataRequest): void {
  if (v >= 1) w.nullableArray(value.topics, v, writeMetadataRequestTopic); else w.array(w.present(value.topics, 'topics'), v, writeMetadataRequestTopic);
  if (v >= 4) { w.boolean(value.allowAutoCreate); }
  if (v >= 8 && v <= 10) { w.boolean(value.includeClusterOps); }
  else if (value.includeClusterOps !== false) w.lost('includeClusterOps', v);
  if (v >= 8) { w.boolean(value.includeTopicOps); }
  else if (value.includeTopicOps !== false) w.lost('includeTopicOps', v);
  w.noTags();
}

export interface MetadataResponseBroker {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export function readMetadataResponseBroker(r: WireReader, v: number): MetadataResponseBroker {
  const value = {
    nodeId: r.int32(),
    host: r.string(),
    port: r.int32(),
    rack: v >= 1 ? r.nullableString() : null,
  } as MetadataResponseBroker;
  r.skipTags();
  return value;
}

export function writeMetadataResponseBroker(w: WireWriter, v: number, value: MetadataResponseBroker): void {
  w.int32(value.nodeId);
  w.string(value.host);
  w.int32(value.port);
  if (v >= 1) { w.nullableString(value.rack); }
  w.noTags();
}

export interface MetadataResponseTopicPartition {
  error: number;
  index: number;
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  isr: number[];
  offline: number[];
}

export function readMetadataResponseTopicPartition(r: WireReader, v: number): MetadataResponseTopicPartition {
  const value = {
    error: r.int16(),
    index: r.int32(),
    leader: r.int32(),
    leaderEpoch: v >= 7 ? r.int32() : -1,
    replicas: r.array(v, r.readInt32),
    isr: r.array(v, r.readInt32),
    offline: v >= 5 ? r.array(v, r.readInt32) : [],
  } as MetadataResponseTopicPartition;
  r.skipTags();
  return value;
}

export function writeMetadataResponseTopicPartition(w: WireWriter, v: number, value: MetadataResponseTopicPartition): void {
  w.int16(value.error);
  w.int32(value.index);
  w.int32(value.leader);
  if (v >= 7) { w.int32(value.leaderEpoch); }
  w.array(value.replicas, v, w.writeInt32);
  w.array(value.isr, v, w.writeInt32);
  if (v >= 5) { w.array(value.offline, v, w.writeInt32); }
  w.noTags();
}

export interface MetadataResponseTopic {
  error: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: MetadataResponseTopicPartition[];
  topicOps: number;
}

export function readMetadataResponseTopic(r: WireReader, v: number): MetadataResponseTopic {
  const value = {
    error: r.int16(),
    name: (v >= 12) ? r.nullableString() : r.string(),
    topicId: v >= 10 ? r.uuid() : zeroUuid,
    isInternal: v >= 1 ? r.boolean() : false,
    partitions: r.array(v, readMetadataResponseTopicPartition),
    topicOps: v >= 8 ? r.int32() : -2147483648,
  } as MetadataResponseTopic;
  r.skipTags();
  return value;
}

export function writeMetadataResponseTopic(w: WireWriter, v: number, value: MetadataResponseTopic): void {
  w.int16(value.error);
  if (v >= 12) w.nullableString(value.name); else w.string(w.present(value.name, 'name'));
  if (v >= 10) { w.uuid(value.topicId); }
  if (v >= 1) { w.boolean(value.isInternal); }
  w.array(value.partitions, v, writeMetadataResponseTopicPartition);
  if (v >= 8) { w.int32(value.topicOps); }
  w.noTags();
}

export interface MetadataResponse {
  throttleMs: number;
  brokers: MetadataResponseBroker[];
  clusterId: string | null;
  controllerId: number;
  topics: MetadataResponseTopic[];
  clusterOps: number;
}

export function readMetadataResponse(r: WireReader, v: number): MetadataResponse {
  const value = {
    throttleMs: v >= 3 ? r.int32() : 0,
    brokers: r.array(v, readMetadataResponseBroker),
    clusterId: v >= 2 ? r.nullableString() : null,
    controllerId: v >= 1 ? r.int32() : -1,
    topics: r.array(v, readMetadataResponseTopic),
    clusterOps: v >= 8 && v <= 10 ? r.int32() : -2147483648,
  } as MetadataResponse;
  r.skipTags();
  return value;
}

export function writeMetadataResponse(w: WireWriter, v: number, value: MetadataResponse): void {
  if (v >= 3) { w.int32(value.throttleMs); }
  w.array(value.brokers, v, writeMetadataResponseBroker);
  if (v >= 2) { w.nullableString(value.clusterId); }
  if (v >= 1) { w.int32(value.controllerId); }
  w.array(value.topics, v, writeMetadataResponseTopic);
  if (v >= 8 && v <= 10) { w.int32(value.clusterOps); }
  w.noTags();
}

