/**
 * Order and partition of Text keys by some of their fields: Hadoop's KeyFieldBasedComparator and
 * KeyFieldBasedPartitioner, which streaming jobs sort and spread by.
 *
 * A part that only one key has sorts after one that is missing. Numbers are compared digit by digit
 * and never converted, so they may be of any length; what upstream makes of text that is no number
 * is kept, too, because equal keys are one group.
 *
 * Upstream: apache/hadoop: mapreduce/lib/partition/KeyFieldBasedComparator.java,
 * KeyFieldBasedPartitioner.java (Apache-2.0); rules kept, code our own. Parts that both keys lack
 * are equal here; upstream calls either key the lesser, whichever is asked first.
 */
import {
  compareBytes,
  hadoopVIntSizeOf,
  InvalidArgumentError,
} from '../../../native-free-io/index.ts';
import {
  hashPartition,
  javaStringHash,
  textStart,
  writables,
  type RawComparator,
  type WritableType,
} from '../../hadoop/index.ts';
import {
  comparatorFields,
  KeyCutter,
  partitionerFields,
  type KeyField,
  type KeyPart,
} from './key-fields.ts';

type Settings = Readonly<Record<string, string>>;

const [minus, zero, nine, point] = [0x2d, 0x30, 0x39, 0x2e];

export function keyFieldComparator(type: WritableType, settings: Settings): RawComparator {
  if (type.className !== writables.text.className) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `keys are sorted by fields when they are text, not ${type.className}`,
    );
  }
  const wanted = comparatorFields(settings);
  if (wanted.fields.length === 0) return type.compare;
  const [left, right] = [new KeyCutter(wanted), new KeyCutter(wanted)];
  return (a, aStart, aEnd, b, bStart, bEnd) => {
    left.cut(a, aStart + hadoopVIntSizeOf(a[aStart]!), aEnd);
    right.cut(b, bStart + hadoopVIntSizeOf(b[bStart]!), bEnd);
    return compareCut(left, right, wanted.fields);
  };
}

function compareCut(left: KeyCutter, right: KeyCutter, fields: readonly KeyField[]): number {
  for (const field of fields) {
    const [inLeft, inRight] = [left.find(field), right.find(field)];
    let order = Number(inLeft) - Number(inRight);
    if (inLeft && inRight) {
      order = (field.isNumeric ? compareNumbers : compareParts)(left.part, right.part);
    }
    if (order !== 0) return field.isReverse ? -order : order;
  }
  return 0;
}

/** Partition of a serialized key among so many. */
export function keyFieldPartitioner(
  type: WritableType,
  settings: Settings,
  partitions: number,
): (bytes: Uint8Array, start: number, end: number) => number {
  const wanted = partitionerFields(settings);
  const cutter = new KeyCutter(wanted);
  const isText = type.className === writables.text.className;
  if (wanted.fields.length === 0) {
    return (bytes, start, end) =>
      hashPartition(javaStringHash(type.text(bytes, start, end)), partitions);
  }
  return (bytes, start, end) => {
    if (isText) {
      cutter.cut(bytes, textStart(bytes, start, end), end);
    } else {
      const text = new TextEncoder().encode(type.text(bytes, start, end));
      cutter.cut(text, 0, text.length);
    }
    let hash = 0;
    for (const field of wanted.fields) {
      if (!cutter.find(field)) continue;
      const { part } = cutter;
      for (let at = part.start; at < part.end; at++) {
        hash = (Math.imul(31, hash) + ((part.bytes[at]! << 24) >> 24)) | 0;
      }
    }
    return hashPartition(hash, partitions);
  };
}

function compareParts(a: KeyPart, b: KeyPart): number {
  const [aLength, bLength] = [a.end - a.start, b.end - b.start];
  if (aLength <= 0 || bLength <= 0) return aLength - bLength;
  return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
}

function compareNumbers(a: KeyPart, b: KeyPart): number {
  const isANegative = a.bytes[a.start] === minus;
  const isBNegative = b.bytes[b.start] === minus;
  if (isANegative && isBNegative) return -compareMagnitudes(a, a.start + 1, b, b.start + 1);
  if (isANegative) return isZero(a, a.start + 1) && isZero(b, b.start) ? 0 : -1;
  if (isBNegative) return isZero(b, b.start + 1) && isZero(a, a.start) ? 0 : 1;
  return compareMagnitudes(a, a.start, b, b.start);
}

/** Digits from `aFrom` and `bFrom` on, which come after the signs. */
function compareMagnitudes(a: KeyPart, aFrom: number, b: KeyPart, bFrom: number): number {
  let i = skipZeros(a, aFrom);
  let j = skipZeros(b, bFrom);
  while (i < a.end && j < b.end && isDigit(a.bytes[i]) && a.bytes[i] === b.bytes[j]) {
    i++;
    j++;
  }
  // Past the end of a part it is the first byte that stands for it, as upstream has it.
  const aNext = a.bytes[i < a.end ? i : a.start]!;
  const bNext = b.bytes[j < b.end ? j : b.start]!;
  const isAtPoint =
    (aNext === point && (!isDigit(bNext) || j >= b.end)) ||
    (bNext === point && (!isDigit(aNext) || i >= a.end));
  if (isAtPoint) return compareFractions(a, i, b, j);
  const longer = digitsFrom(a, i) - digitsFrom(b, j);
  return longer === 0 ? signed(aNext) - signed(bNext) : longer;
}

function compareFractions(a: KeyPart, aFrom: number, b: KeyPart, bFrom: number): number {
  let [i, j] = [aFrom, bFrom];
  if (i >= a.end) return -hasFraction(b, j + 1);
  if (j >= b.end) return hasFraction(a, i + 1);
  if (a.bytes[i] !== point) return b.bytes[j] === point ? -hasFraction(b, j + 1) : 0;
  if (b.bytes[j] !== point) return hasFraction(a, i + 1);
  while (i < a.end && j < b.end && a.bytes[i] === b.bytes[j]) {
    i++;
    j++;
  }
  if (i >= a.end) return j >= b.end ? 0 : -hasFraction(b, j);
  if (j >= b.end) return hasFraction(a, i);
  const [isA, isB] = [isDigit(a.bytes[i]), isDigit(b.bytes[j])];
  return isA && isB ? a.bytes[i]! - b.bytes[j]! : Number(isA) - Number(isB);
}

/** 1 when a digit other than 0 follows, after zeros only; else 0. */
function hasFraction(part: KeyPart, from: number): number {
  const at = skipZeros(part, from);
  return at < part.end && isDigit(part.bytes[at]) ? 1 : 0;
}

function isZero(part: KeyPart, from: number): boolean {
  const at = skipZeros(part, from);
  if (at >= part.end) return true;
  if (part.bytes[at] !== point) return !isDigit(part.bytes[at]);
  return hasFraction(part, at + 1) === 0;
}

function skipZeros(part: KeyPart, from: number): number {
  let at = from;
  while (at < part.end && part.bytes[at] === zero) at++;
  return at;
}

function digitsFrom(part: KeyPart, from: number): number {
  let at = from;
  while (at < part.end && isDigit(part.bytes[at])) at++;
  return at - from;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}
