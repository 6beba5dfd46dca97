/**
 * Codec of ListTransactions, made by npm run protocol from
 * schema/66-list-transactions.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface ListTransactionsRequest {
  states: string[];
  producerIds: number[];
  durationMs: number;
}

export function readListTransactionsRequest(r: WireReader, v: number): ListTransactionsRequest {
  const value = {
    states: r.array(v, r.readString),
    producerIds: r.array(v, r.readInt64),
    durationMs: v >= 1 ? r.int64() : -1,
  } as ListTransactionsRequest;
  r.skipTags();
  return value;
}

export function writeListTransactionsRequest(w: WireWriter, v: number, value: ListTransactionsRequest): void {
  w.array(value.states, v, w.writeString);
  w.array(value.producerIds, v, w.writeInt64);
  if (v >= 1) { w.int64(value.durationMs); }
  w.noTags();
}

export interface ListTransactionsResponseTransaction {
  id: string;
  producerId: number;
  state: string;
}

export function readListTransactionsResponseTransaction(r: WireReader, _v: number): ListTransactionsResponseTransaction {
  const value = {
    id: r.string(),
    producerId: r.int64(),
    state: r.string(),
  } as ListTransactionsResponseTransaction;
  r.skipTags();
  return value;
}

export function writeListTransactionsResponseTransaction(w: WireWriter, _v: number, value: ListTransactionsResponseTransaction): void {
  w.string(value.id);
  w.int64(value.producerId);
  w.string(value.state);
  w.noTags();
}

export interface ListTransactionsResponse {
  throttleMs: number;
  error: number;
  unknownStates: string[];
  transactions: ListTransactionsResponseTransaction[];
}

export function readListTransactionsResponse(r: WireReader, v: number): ListTransactionsResponse {
  const value = {
    throttleMs: r.int32(),
    error: r.int16(),
    unknownStates: r.array(v, r.readString),
    transactions: r.array(v, readListTransactionsResponseTransaction),
  } as ListTransactionsResponse;
  r.skipTags();
  return value;
}

export function writeListTransactionsResponse(w: WireWriter, v: number, value: ListTransactionsResponse): void {
  w.int32(value.throttleMs);
  w.int16(value.error);
  w.array(value.unknownStates, v, w.writeString);
  w.array(value.transactions, v, writeListTransactionsResponseTransaction);
  w.noTags();
}

