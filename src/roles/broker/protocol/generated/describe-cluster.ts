/**
 * Codec of DescribeCluster, made by npm run protocol from
 * schema/60-describe-cluster.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface DescribeClusterRequest {
  includeOps: boolean;
  endpointType: number;
}

export function readDescribeClusterRequest(r: WireReader, v: number): DescribeClusterRequest {
  const value = {
    includeOps: r.boolean(),
    endpointType: v >= 1 ? r.int8() : 1,
  } as DescribeClusterRequest;
  r.skipTags();
  return value;
}

export function writeDescribeClusterRequest(w: WireWriter, v: number, value: DescribeClusterRequest): void {
  w.boolean(value.includeOps);
  if (v >= 1) { w.int8(value.endpointType); }
  w.noTags();
}

export interface DescribeClusterResponseBroker {
  id: number;
  host: string;
  port: number;
  rack: string | null;
}

export function readDescribeClusterResponseBroker(r: WireReader, _v: number): DescribeClusterResponseBroker {
  const value = {
    id: r.int32(),
    host: r.string(),
    port: r.int32(),
    rack: r.nullableString(),
  } as DescribeClusterResponseBroker;
  r.skipTags();
  return value;
}

export function writeDescribeClusterResponseBroker(w: WireWriter, _v: number, value: DescribeClusterResponseBroker): void {
  w.int32(value.id);
  w.string(value.host);
  w.int32(value.port);
  w.nullableString(value.rack);
  w.noTags();
}

export interface DescribeClusterResponse {
  throttleMs: number;
  error: number;
  message: string | null;
  endpointType: number;
  clusterId: string;
  controllerId: number;
  brokers: DescribeClusterResponseBroker[];
  ops: number;
}

export function readDescribeClusterResponse(r: WireReader, v: number): DescribeClusterResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    message: r.nullableString(),
    endpointType: v >= 1 ? r.int8() : 1,
    clusterId: r.string(),
    controllerId: r.int32(),
    brokers: r.array(v, readDescribeClusterResponseBroker),
    ops: r.int32(),
  } as DescribeClusterResponse;
  r.skipTags();
  return value;
}

export function writeDescribeClusterResponse(w: WireWriter, v: number, value: DescribeClusterResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.nullableString(value.message);
  if (v >= 1) { w.int8(value.endpointType); }
  w.string(value.clusterId);
  w.int32(value.controllerId);
  w.array(value.brokers, v, writeDescribeClusterResponseBroker);
  w.int32(value.ops);
  w.noTags();
}

