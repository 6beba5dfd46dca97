/**
 * FloatWritable and DoubleWritable: IEEE 754 bits, big-endian, in Java's total order (-0 before +0,
 * NaN last) and Java's way to print them.
 *
 * Upstream: apache/hadoop: io/FloatWritable.java, io/DoubleWritable.java (Apache-2.0); formats
 * kept, code our own. A DoubleWritable hashes to the low 32 bits of its bits.
 */
import type { ByteSink } from '../../../native-free-io/index.ts';
import { javaDecimal, shortestFloat } from '../java-decimal.ts';
import type { RawComparator } from '../raw-comparator.ts';
import { requireLength, type WritableType } from '../writable.ts';

const floatClass = 'org.apache.hadoop.io.FloatWritable';
const doubleClass = 'org.apache.hadoop.io.DoubleWritable';

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

function valueOf(bytes: Uint8Array, start: number, length: number): number {
  for (let at = 0; at < length; at++) scratch.setUint8(at, bytes[start + at]!);
  return length === 4 ? scratch.getFloat32(0) : scratch.getFloat64(0);
}

function writeBits(sink: ByteSink, value: number, length: number): void {
  if (length === 4) scratch.setFloat32(0, value);
  else scratch.setFloat64(0, value);
  sink.writeBytes(scratchBytes, 0, length);
}

function compareFloats(length: number): RawComparator {
  return (a, aStart, _aEnd, b, bStart) => {
    const left = valueOf(a, aStart, length);
    const right = valueOf(b, bStart, length);
    if (left < right) return -1;
    if (left > right) return 1;
    return rank(left) - rank(right);
  };
}

/** Of values that neither sorts before the other: -0, +0, NaN. */
function rank(value: number): number {
  if (Number.isNaN(value)) return 2;
  return Object.is(value, -0) ? 0 : 1;
}

function floatType(className: string, length: 4 | 8): WritableType<number> {
  const read = (bytes: Uint8Array, start: number, end: number): number => {
    requireLength(className, end - start, length);
    return valueOf(bytes, start, length);
  };
  return {
    className,
    write: (sink, value) => writeBits(sink, value, length),
    read,
    compare: compareFloats(length),
    hash(bytes, start, end) {
      read(bytes, start, end);
      return scratch.getInt32(length - 4);
    },
    text(bytes, start, end) {
      const value = read(bytes, start, end);
      return javaDecimal(value, length === 4 ? shortestFloat(value) : String(value));
    },
  };
}

export const floatWritableType: WritableType<number> = floatType(floatClass, 4);
export const doubleType: WritableType<number> = floatType(doubleClass, 8);
