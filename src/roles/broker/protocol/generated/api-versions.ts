/**
 * Codec of ApiVersions, made by npm run protocol from
 * schema/18-api-versions.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ApiVersionsRequest {
  clientName: string;
  clientVersion: string;
}

export function readApiVersionsRequest(r: WireReader, v: number): ApiVersionsRequest {
  const value = {
    clientName: v >= 3 ? r.string() : '',
    clientVersion: v >= 3 ? r.string() : '',
  } as ApiVersionsRequest;
  r.skipTags();
  return value;
}

export function writeApiVersionsRequest(w: WireWriter, v: number, value: ApiVersionsRequest): void {
  if (v >= 3) { w.string(value.clientName); }
  if (v >= 3) { w.string(value.clientVersion); }
  w.noTags();
}

export interface ApiVersionsResponseApiKey {
  key: number;
  min: number;
  max: number;
}

export function readApiVersionsResponseApiKey(r: WireReader, _v: number): ApiVersionsResponseApiKey {
  const value = {
    key: r.int16(),
    min: r.int16(),
    max: r.int16(),
  } as ApiVersionsResponseApiKey;
  r.skipTags();
  return value;
}

export function writeApiVersionsResponseApiKey(w: WireWriter, _v: number, value: ApiVersionsResponseApiKey): void {
  w.int16(value.key);
  w.int16(value.min);
  w.int16(value.max);
  w.noTags();
}

export interface ApiVersionsResponseSupportedFeature {
  name: string;
  min: number;
  max: number;
}

export function readApiVersionsResponseSupportedFeature(r: WireReader, _v: number): ApiVersionsResponseSupportedFeature {
  const value = {
    name: r.string(),
    min: r.int16(),
    max: r.int16(),
  } as ApiVersionsResponseSupportedFeature;
  r.skipTags();
  return value;
}

export function writeApiVersionsResponseSupportedFeature(w: WireWriter, _v: number, value: ApiVersionsResponseSupportedFeature): void {
  w.string(value.name);
  w.int16(value.min);
  w.int16(value.max);
  w.noTags();
}

export interface ApiVersionsResponseFinalizedFeature {
  name: string;
  maxLevel: number;
  minLevel: number;
}

export function readApiVersionsResponseFinalizedFeature(r: WireReader, _v: number): ApiVersionsResponseFinalizedFeature {
  const value = {
    name: r.string(),
    maxLevel: r.int16(),
    minLevel: r.int16(),
  } as ApiVersionsResponseFinalizedFeature;
  r.skipTags();
  return value;
}

export function writeApiVersionsResponseFinalizedFeature(w: WireWriter, _v: number, value: ApiVersionsResponseFinalizedFeature): void {
  w.string(value.name);
  w.int16(value.maxLevel);
  w.int16(value.minLevel);
  w.noTags();
}

export interface ApiVersionsResponse {
  error: number;
  apiKeys: ApiVersionsResponseApiKey[];
  throttleMs: number;
  supportedFeatures: ApiVersionsResponseSupportedFeature[];
  finalizedEpoch: number;
  finalizedFeatures: ApiVersionsResponseFinalizedFeature[];
  zkMigrationReady: boolean;
}

export function readApiVersionsResponse(r: WireReader, v: number): ApiVersionsResponse {
  const value = {
    error: r.int16(),
    apiKeys: r.array(v, readApiVersionsResponseApiKey),
    throttleMs: v >= 1 ? r.int32() : 0,
    supportedFeatures: [],
    finalizedEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  } as ApiVersionsResponse;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.supportedFeatures = r.array(v, readApiVersionsResponseSupportedFeature);
    if (tag === 1) value.finalizedEpoch = r.int64();
    if (tag === 2) value.finalizedFeatures = r.array(v, readApiVersionsResponseFinalizedFeature);
    if (tag === 3) value.zkMigrationReady = r.boolean();
    r.finishTag(end);
  }
  return value;
}

export function writeApiVersionsResponse(w: WireWriter, v: number, value: ApiVersionsResponse): void {
  w.int16(value.error);
  w.array(value.apiKeys, v, writeApiVersionsResponseApiKey);
  if (v >= 1) { w.int32(value.throttleMs); }
  if (!w.flexible) return;
  const has0 = v >= 3 && (value.supportedFeatures.length > 0);
  const has1 = v >= 3 && (value.finalizedEpoch !== -1);
  const has2 = v >= 3 && (value.finalizedFeatures.length > 0);
  const has3 = v >= 3 && (value.zkMigrationReady !== false);
  w.uvarint(Number(has0) + Number(has1) + Number(has2) + Number(has3));
  if (has0) {
    const mark = w.openTag(0);
    w.array(value.supportedFeatures, v, writeApiVersionsResponseSupportedFeature);
    w.closeTag(mark);
  }
  if (has1) {
    const mark = w.openTag(1);
    w.int64(value.finalizedEpoch);
    w.closeTag(mark);
  }
  if (has2) {
    const mark = w.openTag(2);
    w.array(value.finalizedFeatures, v, writeApiVersionsResponseFinalizedFeature);
    w.closeTag(mark);
  }
  if (has3) {
    const mark = w.openTag(3);
    w.boolean(value.zkMigrationReady);
    w.closeTag(mark);
  }
}

