/**
 * Codec of InitProducerId, made by npm run protocol from
 * schema/22-init-producer-id.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface InitProducerIdRequest {
  transactionalId: string | null;
  timeoutMs: number;
  producerId: number;
  producerEpoch: number;
}

export function readInitProducerIdRequest(r: WireReader, v: number): InitProducerIdRequest {
  const value = {
    transactionalId: r.nullableString(),
    timeoutMs: r.int32(),
    producerId: v >= 3 ? r.int64() : -1,
    producerEpoch: v >= 3 ? r.int16() : -1,
  } as InitProducerIdRequest;
  r.skipTags();
  return value;
}

export function writeInitProducerIdRequest(w: WireWriter, v: number, value: InitProducerIdRequest): void {
  w.nullableString(value.transactionalId);
  w.int32(value.timeoutMs);
  if (v >= 3) { w.int64(value.producerId); }
  else if (value.producerId !== -1) w.lost('producerId', v);
  if (v >= 3) { w.int16(value.producerEpoch); }
  else if (value.producerEpoch !== -1) w.lost('producerEpoch', v);
  w.noTags();
}

export interface InitProducerIdResponse {
  throttleMs: number;
  error: number;
  producerId: number;
  producerEpoch: number;
}

export function readInitProducerIdResponse(r: WireReader, _v: number): InitProducerIdResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
  } as InitProducerIdResponse;
  r.skipTags();
  return value;
}

export function writeInitProducerIdResponse(w: WireWriter, _v: number, value: InitProducerIdResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.noTags();
}

