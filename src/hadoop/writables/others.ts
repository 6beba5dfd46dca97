/**
 * NullWritable (no bytes at all) and MD5Hash (16 bytes).
 *
 * Upstream: apache/hadoop: io/NullWritable.java, io/MD5Hash.java (Apache-2.0); formats kept, code
 * our own.
 */
import { ByteReader, compareBytes } from '../../../native-free-io/index.ts';
import { requireLength, type WritableType } from '../writable.ts';

const nullClass = 'org.apache.hadoop.io.NullWritable';
const md5Class = 'org.apache.hadoop.io.MD5Hash';
const md5Bytes = 16;

export const nullType: WritableType<null> = {
  className: nullClass,
  write: () => undefined,
  read(_bytes, start, end) {
    requireLength(nullClass, end - start, 0);
    return null;
  },
  compare: () => 0,
  hash: () => 0,
  text: () => '(null)',
};

function readDigest(bytes: Uint8Array, start: number, end: number): Uint8Array {
  requireLength(md5Class, end - start, md5Bytes);
  return new Uint8Array(bytes.subarray(start, end));
}

export const md5Type: WritableType<Uint8Array> = {
  className: md5Class,
  write(sink, value) {
    requireLength(md5Class, value.length, md5Bytes);
    sink.writeBytes(value);
  },
  read: readDigest,
  compare: compareBytes,
  /** Upstream takes the first four bytes, big-endian. */
  hash: (bytes, start, end) => new ByteReader(readDigest(bytes, start, end)).readInt32(),
  text: (bytes, start, end) =>
    Array.from(readDigest(bytes, start, end), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    ),
};
