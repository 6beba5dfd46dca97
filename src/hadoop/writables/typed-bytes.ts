/**
 * Typed bytes: values that tell their type, as programs of Hadoop Streaming may read and write
 * them, and TypedBytesWritable, which holds one behind a length as BytesWritable does.
 *
 *     code      type      payload
 *     0         bytes     int32 n | n bytes
 *     1, 2      byte, boolean   1 byte
 *     3, 4      int, long       4, 8 bytes
 *     5, 6      float, double   4, 8 bytes
 *     7         string    int32 n | n bytes of UTF-8
 *     8         vector    int32 n | n values
 *     9         list      values | code 255
 *     10        map       int32 n | n times key, value
 *     50 … 200  others    int32 n | n bytes; 50 is a Writable: class name and data
 *
 * Upstream: apache/hadoop: typedbytes/TypedBytesInput.java, TypedBytesOutput.java,
 * TypedBytesWritable.java (Apache-2.0); format kept, code our own.
 */
import { hexText } from '../../base/index.ts';
import { javaDecimal, shortestFloat } from '../java-decimal.ts';
import { corruptWritable, type WritableType } from '../writable.ts';
import { bytesContentStart, bytesType } from './text.ts';

const className = 'org.apache.hadoop.typedbytes.TypedBytesWritable';

export const typeCodes = {
  bytes: 0,
  byte: 1,
  boolean: 2,
  int: 3,
  long: 4,
  float: 5,
  double: 6,
  string: 7,
  vector: 8,
  list: 9,
  map: 10,
  writable: 50,
  endOfList: 255,
} as const;

const lastOther = 200;
/** Values within values; deeper ones are refused before they fill the stack. */
const mostNested = 500;
/** Payload of types of fixed length. */
const fixedLengths = new Map<number, number>([
  [typeCodes.byte, 1],
  [typeCodes.boolean, 1],
  [typeCodes.int, 4],
  [typeCodes.long, 8],
  [typeCodes.float, 4],
  [typeCodes.double, 8],
]);

/** Where a value that begins at `start` ends; past `end`, or `end + 1`, when more is needed. */
export function typedBytesEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
  nested: number = 0,
): number {
  if (start >= end) return start + 1;
  const code = bytes[start]!;
  const fixed = fixedLengths.get(code);
  if (fixed !== undefined) return start + 1 + fixed;
  if (nested > mostNested) throw corrupt('values are nested too deeply');
  if (code === typeCodes.list) return listEnd(bytes, start + 1, end, nested);
  if (!isCounted(code)) throw corrupt(`no type has the code ${code}`);
  if (start + 5 > end) return start + 5;
  const count = viewOf(bytes).getInt32(start + 1);
  if (count < 0) throw corrupt(`a length of ${count}`);
  if (code !== typeCodes.vector && code !== typeCodes.map) return start + 5 + count;
  let at = start + 5;
  for (let left = code === typeCodes.map ? count * 2 : count; left > 0; left--) {
    at = typedBytesEnd(bytes, at, end, nested + 1);
    if (at > end) return at;
  }
  return at;
}

function listEnd(bytes: Uint8Array, start: number, end: number, nested: number): number {
  let at = start;
  while (at < end && bytes[at] !== typeCodes.endOfList) {
    at = typedBytesEnd(bytes, at, end, nested + 1);
    if (at > end) return at;
  }
  return at + 1;
}

function isCounted(code: number): boolean {
  const { bytes, string, vector, map, writable } = typeCodes;
  if (code >= writable) return code <= lastOther;
  return code === bytes || code === string || code === vector || code === map;
}

/** A value as Java prints what it is: lists in [], maps in {} by order of keys, bytes in hex. */
export function typedBytesText(bytes: Uint8Array, start: number, end: number): string {
  if (typedBytesEnd(bytes, start, end) !== end) throw corrupt('not exactly one value');
  return print({ bytes, view: viewOf(bytes), at: start }).text;
}

/** Where printing is, in bytes that are known to hold whole values. */
interface Place {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

interface Printed {
  readonly text: string;
  /** What maps sort their keys by. */
  readonly order: number | bigint | string;
}

function print(place: Place): Printed {
  const code = place.bytes[place.at++]!;
  const fixed = fixedLengths.get(code);
  if (fixed !== undefined) {
    const printed = printFixed(place, code);
    place.at += fixed;
    return printed;
  }
  if (code === typeCodes.list) {
    const items: string[] = [];
    while (place.bytes[place.at] !== typeCodes.endOfList) items.push(print(place).text);
    place.at++;
    return listed(items);
  }
  const count = place.view.getInt32(place.at);
  place.at += 4;
  if (code === typeCodes.vector) {
    return listed(Array.from({ length: count }, () => print(place).text));
  }
  return code === typeCodes.map ? printMap(place, count) : printBytes(place, code, count);
}

function printFixed({ view, at }: Place, code: number): Printed {
  if (code === typeCodes.boolean) {
    const value = view.getUint8(at) !== 0;
    return { text: String(value), order: Number(value) };
  }
  if (code === typeCodes.float) {
    const value = view.getFloat32(at);
    return { text: javaDecimal(value, shortestFloat(value)), order: value };
  }
  if (code === typeCodes.double) {
    const value = view.getFloat64(at);
    return { text: javaDecimal(value, String(value)), order: value };
  }
  const value =
    code === typeCodes.byte
      ? view.getInt8(at)
      : code === typeCodes.int
        ? view.getInt32(at)
        : view.getBigInt64(at);
  return { text: String(value), order: value };
}

function printMap(place: Place, count: number): Printed {
  const entries = new Map<Printed['order'], string>();
  for (let index = 0; index < count; index++) {
    const key = print(place);
    entries.set(key.order, `${key.text}=${print(place).text}`);
  }
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { text: `{${sorted.join(', ')}}`, order: '' };
}

function printBytes(place: Place, code: number, count: number): Printed {
  const content = place.bytes.subarray(place.at, place.at + count);
  place.at += count;
  const text =
    code === typeCodes.string
      ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(content)
      : hexText(content);
  return { text, order: text };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function listed(items: readonly string[]): Printed {
  return { text: `[${items.join(', ')}]`, order: '' };
}

function corrupt(reason: string): ReturnType<typeof corruptWritable> {
  return corruptWritable(className, reason);
}

/** Values are the bytes of one typed value; sorts and hashes by them. */
export const typedBytesType: WritableType<Uint8Array> = {
  ...bytesType,
  className,
  text: (bytes, start, end) => typedBytesText(bytes, bytesContentStart(bytes, start, end), end),
};
