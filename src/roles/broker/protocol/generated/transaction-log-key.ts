/**
 * Codec of TransactionLogKey, made by npm run protocol from
 * schema/data-transaction-log-key.schema. Not written by hand. Length: generated.
 */
import { WireReader, WireWriter } from '../wire.ts';

export interface TransactionLogKey {
  transactionalId: string;
}

export function readTransactionLogKey(r: WireReader, _v: number): TransactionLogKey {
  return {
    transactionalId: r.string(),
  };
}

export function writeTransactionLogKey(w: WireWriter, _v: number, value: TransactionLogKey): void {
  w.string(value.transactionalId);
}

export const transactionLogKeyVersions = { min: 0, max: 0 } as const;

/** The record's bytes, its version in front. */
export function encodeTransactionLogKey(value: TransactionLogKey, version: number): Uint8Array {
  const w = new WireWriter();
  w.flexible = version >= 32767;
  w.int16(version);
  writeTransactionLogKey(w, version, value);
  return w.copyBytes();
}

/** Reads the version in front, then the record. */
export function decodeTransactionLogKey(bytes: Uint8Array): TransactionLogKey & { version: number } {
  const r = new WireReader(bytes);
  const version = r.int16();
  if (version < 0 || version > 0) r.fail(`TransactionLogKey version ${version}`);
  r.flexible = version >= 32767;
  return { version, ...readTransactionLogKey(r, version) };
}

