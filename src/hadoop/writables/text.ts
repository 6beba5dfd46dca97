/**
 * Text and BytesWritable: byte strings behind a length.
 *
 *    Text            VInt n | n bytes, UTF-8 by intention, any bytes in fact
 *    BytesWritable   int32 n | n bytes
 *
 * Both sort as unsigned bytes with the length left out. Text reads as a string, with U+FFFD for
 * what is no UTF-8; `textBytes` is the same type with bytes for values, so that nothing is lost.
 *
 * Upstream: apache/hadoop: io/Text.java, io/BytesWritable.java (Apache-2.0); format kept, code our
 * own.
 */
import {
  ByteReader,
  compareBytes,
  hadoopVIntEnd,
  hadoopVIntSizeOf,
  readHadoopVInt,
} from '../../../native-free-io/index.ts';
import { hexText } from '../../base/index.ts';
import { hashBytes } from '../hash.ts';
import { compareAfter, type RawComparator } from '../raw-comparator.ts';
import { corruptWritable, type WritableType } from '../writable.ts';

const textClass = 'org.apache.hadoop.io.Text';
const bytesClass = 'org.apache.hadoop.io.BytesWritable';
const lengthBytes = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Where the bytes of a Text begin; checks that they end where the region does. */
export function textStart(bytes: Uint8Array, start: number, end: number): number {
  const length = readHadoopVInt(bytes, start, end);
  if (length !== end - hadoopVIntEnd) {
    throw corruptWritable(textClass, `a length of ${length} before ${end - hadoopVIntEnd} bytes`);
  }
  return hadoopVIntEnd;
}

const compareText: RawComparator = (a, aStart, aEnd, b, bStart, bEnd) =>
  compareBytes(
    a,
    aStart + hadoopVIntSizeOf(a[aStart]!),
    aEnd,
    b,
    bStart + hadoopVIntSizeOf(b[bStart]!),
    bEnd,
  );

const sharedText = {
  className: textClass,
  compare: compareText,
  hash: (bytes: Uint8Array, start: number, end: number): number =>
    hashBytes(bytes, textStart(bytes, start, end), end),
  text: (bytes: Uint8Array, start: number, end: number): string =>
    decoder.decode(bytes.subarray(textStart(bytes, start, end), end)),
};

export const textType: WritableType<string> = {
  ...sharedText,
  write(sink, value) {
    const bytes = encoder.encode(value);
    sink.writeHadoopVInt(bytes.length);
    sink.writeBytes(bytes);
  },
  read: sharedText.text,
};

/** Text whose values are its bytes; what `read` gives is a copy. */
export const textBytesType: WritableType<Uint8Array> = {
  ...sharedText,
  write(sink, value) {
    sink.writeHadoopVInt(value.length);
    sink.writeBytes(value);
  },
  read: (bytes, start, end) => new Uint8Array(bytes.subarray(textStart(bytes, start, end), end)),
};

/** Where the content of a BytesWritable begins; checks that it ends where the region does. */
export function bytesContentStart(bytes: Uint8Array, start: number, end: number): number {
  const reader = new ByteReader(bytes, start, end);
  const length = reader.readInt32();
  if (length !== reader.remaining) {
    throw corruptWritable(bytesClass, `a length of ${length} before ${reader.remaining} bytes`);
  }
  return start + lengthBytes;
}

export const bytesType: WritableType<Uint8Array> = {
  className: bytesClass,
  write(sink, value) {
    sink.writeInt32(value.length);
    sink.writeBytes(value);
  },
  read: (bytes, start, end) =>
    new Uint8Array(bytes.subarray(bytesContentStart(bytes, start, end), end)),
  compare: compareAfter(lengthBytes),
  hash: (bytes, start, end) => hashBytes(bytes, bytesContentStart(bytes, start, end), end),
  text: (bytes, start, end) =>
    hexText(bytes.subarray(bytesContentStart(bytes, start, end), end), ' '),
};
