/** Messages of magic 0 and 1, which varve reads but never writes: made here, for tests only. */
import { crc32 } from '../../native-free-io/index.ts';
import { concat } from './batches.ts';
import { utf8, viewOf } from './hex.ts';

export interface LegacyInput {
  readonly magic: 0 | 1;
  readonly offset: number;
  readonly timestamp?: number;
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  /** Codec number and timestamp type bit. */
  readonly attributes?: number;
}

/** One entry of a log file: offset, size, message. */
export function legacyMessage(input: LegacyInput): Uint8Array {
  const key = input.key === undefined || input.key === null ? null : utf8(input.key);
  const given = input.value === undefined ? null : input.value;
  const value = typeof given === 'string' ? utf8(given) : given;
  const fixed = input.magic === 0 ? 18 : 26;
  const bytes = new Uint8Array(fixed + 8 + (key?.length ?? 0) + (value?.length ?? 0));
  const view = viewOf(bytes);
  view.setBigInt64(0, BigInt(input.offset));
  view.setInt32(8, bytes.length - 12);
  view.setInt8(16, input.magic);
  view.setInt8(17, input.attributes ?? 0);
  if (input.magic === 1) view.setBigInt64(18, BigInt(input.timestamp ?? -1));
  let at = fixed;
  for (const field of [key, value]) {
    view.setInt32(at, field?.length ?? -1);
    at += 4;
    if (field !== null) bytes.set(field, at);
    at += field?.length ?? 0;
  }
  view.setUint32(12, crc32(bytes, 16, bytes.length));
  return bytes;
}

/** A wrapper whose value holds the inner entries, compressed by `compress`. */
export function legacyWrapper(
  wrapper: LegacyInput,
  inner: readonly Uint8Array[],
  compress: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  return legacyMessage({ ...wrapper, value: compress(concat(...inner)) });
}
