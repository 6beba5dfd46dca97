/**
 * Whole numbers and booleans: fixed big-endian ones, and the variable ones.
 *
 * Values are numbers; a 64-bit value outside the safe integers is BUFFER_NUMBER_RANGE when it is
 * read, while order, hash and print of its bytes stay exact.
 *
 * Upstream: apache/hadoop: io/{Int,Long,Short,Byte,Boolean,VInt,VLong}Writable.java (Apache-2.0);
 * formats kept, code our own. A LongWritable hashes to its low 32 bits, unlike java.lang.Long.
 */
import {
  ByteReader,
  compareBytes,
  hadoopVIntSizeOf,
  type ByteSink,
} from '../../../native-free-io/index.ts';
import type { RawComparator } from '../raw-comparator.ts';
import { requireLength, type WritableType } from '../writable.ts';

interface FixedForms {
  readonly className: string;
  readonly length: number;
  readonly write: (sink: ByteSink, value: number) => void;
  /** Of bytes that are all there. */
  readonly read: (bytes: Uint8Array, start: number) => number;
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Halves whose number is a safe integer; others are read, and refused, by the reader. */
const safeHigh = 0x20_0000;

function readLong(bytes: Uint8Array, at: number): number {
  const high = readInt32(bytes, at);
  if (high <= -safeHigh || high >= safeHigh) return new ByteReader(bytes, at, at + 8).readInt64();
  return high * 2 ** 32 + (readInt32(bytes, at + 4) >>> 0);
}

/** Two's complement sorts as unsigned bytes once the sign bit is turned. */
function compareSigned(length: number): RawComparator {
  return (a, aStart, aEnd, b, bStart, bEnd) => {
    const first = ((a[aStart]! << 24) >> 24) - ((b[bStart]! << 24) >> 24);
    if (first !== 0 || length === 1) return first;
    return compareBytes(a, aStart + 1, aEnd, b, bStart + 1, bEnd);
  };
}

function fixedType({ className, length, write, read }: FixedForms): WritableType<number> {
  const value = (bytes: Uint8Array, start: number, end: number): number => {
    requireLength(className, end - start, length);
    return read(bytes, start);
  };
  return {
    className,
    write,
    read: value,
    compare: compareSigned(length),
    hash: value,
    text: (bytes, start, end) => String(value(bytes, start, end)),
  };
}

export const intType: WritableType<number> = fixedType({
  className: 'org.apache.hadoop.io.IntWritable',
  length: 4,
  write: (sink, value) => sink.writeInt32(value),
  read: readInt32,
});

export const shortType: WritableType<number> = fixedType({
  className: 'org.apache.hadoop.io.ShortWritable',
  length: 2,
  write: (sink, value) => sink.writeInt16(value),
  read: (bytes, at) => ((bytes[at]! << 24) >> 16) | bytes[at + 1]!,
});

export const byteType: WritableType<number> = fixedType({
  className: 'org.apache.hadoop.io.ByteWritable',
  length: 1,
  write: (sink, value) => sink.writeInt8(value),
  read: (bytes, at) => (bytes[at]! << 24) >> 24,
});

const longClass = 'org.apache.hadoop.io.LongWritable';

export const longType: WritableType<number> = {
  ...fixedType({
    className: longClass,
    length: 8,
    write: (sink, value) => sink.writeInt64(value),
    read: readLong,
  }),
  hash(bytes, start, end) {
    requireLength(longClass, end - start, 8);
    return readInt32(bytes, start + 4);
  },
  text(bytes, start, end) {
    requireLength(longClass, end - start, 8);
    return new ByteReader(bytes, start, end).readBigInt64().toString();
  },
};

const booleanClass = 'org.apache.hadoop.io.BooleanWritable';

function readBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  requireLength(booleanClass, end - start, 1);
  return bytes[start] !== 0;
}

export const booleanType: WritableType<boolean> = {
  className: booleanClass,
  write: (sink, value) => sink.writeUint8(value ? 1 : 0),
  read: readBoolean,
  compare: (a, aStart, _aEnd, b, bStart) => Number(a[aStart] !== 0) - Number(b[bStart] !== 0),
  /** The other way round than Java's own Boolean. */
  hash: (bytes, start, end) => Number(!readBoolean(bytes, start, end)),
  text: (bytes, start, end) => String(readBoolean(bytes, start, end)),
};

/** All 64 bits: the bytes of a VLong may hold more than a safe integer. */
function variableValue(className: string, bytes: Uint8Array, start: number, end: number): bigint {
  requireLength(className, end - start, start < end ? hadoopVIntSizeOf(bytes[start]!) : 1);
  const marker = (bytes[start]! << 24) >> 24;
  if (marker >= -112) return BigInt(marker);
  let magnitude = 0n;
  for (let at = start + 1; at < end; at++) magnitude = (magnitude << 8n) | BigInt(bytes[at]!);
  return BigInt.asIntN(64, marker < -120 ? ~magnitude : magnitude);
}

function variableType(className: string, forms: VariableForms): WritableType<number> {
  return {
    className,
    write: forms.write,
    read(bytes, start, end) {
      requireLength(className, end - start, start < end ? hadoopVIntSizeOf(bytes[start]!) : 1);
      return forms.read(new ByteReader(bytes, start, end));
    },
    compare(a, aStart, aEnd, b, bStart, bEnd) {
      const left = variableValue(className, a, aStart, aEnd);
      const right = variableValue(className, b, bStart, bEnd);
      if (left === right) return 0;
      return left < right ? -1 : 1;
    },
    hash: (bytes, start, end) =>
      Number(BigInt.asIntN(32, variableValue(className, bytes, start, end))),
    text: (bytes, start, end) => variableValue(className, bytes, start, end).toString(),
  };
}

interface VariableForms {
  readonly write: (sink: ByteSink, value: number) => void;
  readonly read: (reader: ByteReader) => number;
}

export const vIntType: WritableType<number> = variableType('org.apache.hadoop.io.VIntWritable', {
  write: (sink, value) => sink.writeHadoopVInt(value),
  read: (reader) => reader.readHadoopVInt(),
});

export const vLongType: WritableType<number> = variableType('org.apache.hadoop.io.VLongWritable', {
  write: (sink, value) => sink.writeHadoopVLong(value),
  read: (reader) => reader.readHadoopVLong(),
});
