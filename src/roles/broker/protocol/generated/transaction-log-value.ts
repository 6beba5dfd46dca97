/**
 * Codec of TransactionLogValue, made by npm run protocol from
 * schema/data-transaction-log-value.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface TransactionLogValuePartition {
  topic: string;
  ids: number[];
}

export function readTransactionLogValuePartition(r: WireReader, v: number): TransactionLogValuePartition {
  const value = {
    topic: r.string(),
    ids: r.array(v, r.readInt32),
  } as TransactionLogValuePartition;
  r.skipTags();
  return value;
}

export function writeTransactionLogValuePartition(w: WireWriter, v: number, value: TransactionLogValuePartition): void {
  w.string(value.topic);
  w.array(value.ids, v, w.writeInt32);
  w.noTags();
}

export interface TransactionLogValue {
  producerId: number;
  producerEpoch: number;
  timeoutMs: number;
  status: number;
  partitions: TransactionLogValuePartition[] | null;
  lastUpdateMs: number;
  startMs: number;
  previousProducerId: number;
  nextProducerId: number;
  clientTransactionVersion: number;
}

export function readTransactionLogValue(r: WireReader, v: number): TransactionLogValue {
  const value = {
    producerId: r.int64(),
    producerEpoch: r.int16(),
    timeoutMs: r.int32(),
    status: r.int8(),
    partitions: r.nullableArray(v, readTransactionLogValuePartition),
    lastUpdateMs: r.int64(),
    startMs: r.int64(),
    previousProducerId: -1,
    nextProducerId: -1,
    clientTransactionVersion: 0,
  } as TransactionLogValue;
  let tag = -1;
  for (let left = r.tagCount(); left > 0; left--) {
    tag = r.nextTag(tag);
    const end = r.tagEnd();
    if (tag === 0) value.previousProducerId = r.int64();
    if (tag === 1) value.nextProducerId = r.int64();
    if (tag === 2) value.clientTransactionVersion = r.int16();
    r.finishTag(end);
  }
  return value;
}

export function writeTransactionLogValue(w: WireWriter, v: number, value: TransactionLogValue): void {
  w.int64(value.producerId);
  w.int16(value.producerEpoch);
  w.int32(value.timeoutMs);
  w.int8(value.status);
  w.nullableArray(value.partitions, v, writeTransactionLogValuePartition);
  w.int64(value.lastUpdateMs);
  w.int64(value.startMs);
  if (!w.flexible) return;
  const has0 = v >= 1 && (value.previousProducerId !== -1);
  const has1 = v >= 1 && (value.nextProducerId !== -1);
  const has2 = v >= 1 && (value.clientTransactionVersion !== 0);
  w.uvarint(Number(has0) + Number(has1) + Number(has2));
  if (has0) {
    const mark = w.openTag(0);
    w.int64(value.previousProducerId);
    w.closeTag(mark);
  }
  if (has1) {
    const mark = w.openTag(1);
    w.int64(value.nextProducerId);
    w.closeTag(mark);
  }
  if (has2) {
    const mark = w.openTag(2);
    w.int16(value.clientTransactionVersion);
    w.closeTag(mark);
  }
}

export const transactionLogValueVersions = { min: 0, max: 1 } as const;

/** The record's bytes, its version in front. */
export function encodeTransactionLogValue(value: TransactionLogValue, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 1;
  w.int16(version);
  writeTransactionLogValue(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeTransactionLogValue(bytes: Uint8Array): TransactionLogValue & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 1) r.fail(`TransactionLogValue version ${version}`);
  r.flexible = version >= 1;
  return { version, ...readTransactionLogValue(r, version) };
}

