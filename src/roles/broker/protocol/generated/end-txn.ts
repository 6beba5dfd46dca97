/**
 * Codec of EndTxn, made by npm run protocol from
 * schema/26-end-txn.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface EndTxnRequest {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  committed: boolean;
}

export function readEndTxnRequest(r: WireReader, _v: number): EndTxnRequest {
  const value = {
    transactionalId: r.string(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    committed: r.boolean(),
  } as EndTxnRequest;
  r.skipTags();
  return value;
}

export function writeEndTxnRequest(w: WireWriter, _v: number, value: EndTxnRequest): void {
  w.string(value.transactionalId);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.boolean(value.committed);
  w.noTags();
}

export interface EndTxnResponse {
  throttleMs: number;
  error: number;
  producerId: number;
  producerEpoch: number;
}

export function readEndTxnResponse(r: WireReader, v: number): EndTxnResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    producerId: v >= 5 ? r.int64() : -1,
    producerEpoch: v >= 5 ? r.int16() : -1,
  } as EndTxnResponse;
  r.skipTags();
  return value;
}

export function writeEndTxnResponse(w: WireWriter, v: number, value: EndTxnResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  if (v >= 5) { w.int64(value.producerId); }
  if (v >= 5) { w.int16(value.producerEpoch); }
  w.noTags();
}

