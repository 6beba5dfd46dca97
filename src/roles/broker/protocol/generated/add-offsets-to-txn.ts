/**
 * Codec of AddOffsetsToTxn, made by npm run protocol from
 * schema/25-add-offsets-to-txn.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface AddOffsetsToTxnRequest {
  transactionalId: string;
  producerId: number;
  producerEpoch: number;
  groupId: string;
}

export function readAddOffsetsToTxnRequest(r: WireReader, _v: number): AddOffsetsToTxnRequest {
  const value = {
    transactionalId: r.string(),
    producerId: r.int64(),
    producerEpoch: r.int16(),
    groupId: r.string(),
  } as AddOffsetsToTxnRequest;
  r.skipTags();
  return value;
}

export function writeAddOffsetsToTxnRequest(w: WireWriter, _v: number, value: AddOffsetsToTxnRequest): void {
  w.string(value.transactionalId);
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.string(value.groupId);
  w.noTags();
}

export interface AddOffsetsToTxnResponse {
  throttleMs: number;
  error: number;
}

export function readAddOffsetsToTxnResponse(r: WireReader, _v: number): AddOffsetsToTxnResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
  } as AddOffsetsToTxnResponse;
  r.skipTags();
  return value;
}

export function writeAddOffsetsToTxnResponse(w: WireWriter, _v: number, value: AddOffsetsToTxnResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.noTags();
}

