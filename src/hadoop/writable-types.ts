/** The Java types that are known, by class and by short name. */
import { InvalidArgumentError } from '../../native-free-io/index.ts';
import type { WritableType } from './writable.ts';
import { doubleType, floatWritableType } from './writables/floats.ts';
import {
  booleanType,
  byteType,
  intType,
  longType,
  shortType,
  vIntType,
  vLongType,
} from './writables/integers.ts';
import { md5Type, nullType } from './writables/others.ts';
import { bytesType, textBytesType, textType } from './writables/text.ts';
import { typedBytesType } from './writables/typed-bytes.ts';

export interface WritableTypes {
  readonly text: WritableType<string>;
  /** Text with bytes for values. */
  readonly textBytes: WritableType<Uint8Array>;
  readonly bytes: WritableType<Uint8Array>;
  readonly int: WritableType<number>;
  readonly long: WritableType<number>;
  readonly short: WritableType<number>;
  readonly byte: WritableType<number>;
  readonly boolean: WritableType<boolean>;
  readonly vInt: WritableType<number>;
  readonly vLong: WritableType<number>;
  readonly float: WritableType<number>;
  readonly double: WritableType<number>;
  readonly null: WritableType<null>;
  readonly md5: WritableType<Uint8Array>;
  /** Bytes of one typed value (of Hadoop Streaming). */
  readonly typedBytes: WritableType<Uint8Array>;
}

/** Types by the short names that options take. */
export const writables: WritableTypes = {
  text: textType,
  textBytes: textBytesType,
  bytes: bytesType,
  int: intType,
  long: longType,
  short: shortType,
  byte: byteType,
  boolean: booleanType,
  vInt: vIntType,
  vLong: vLongType,
  float: floatWritableType,
  double: doubleType,
  null: nullType,
  md5: md5Type,
  typedBytes: typedBytesType,
};

export type WritableName = keyof WritableTypes;

const byClass: ReadonlyMap<string, WritableType> = new Map(
  Object.values(writables)
    .filter((type) => type !== textBytesType)
    .map((type) => [type.className, type as WritableType]),
);

/** The type of a Java class; HADOOP_CLASS_UNKNOWN for one that is not built in. */
export function writableOfClass(className: string): WritableType {
  const type = byClass.get(className);
  if (type !== undefined) return type;
  throw new InvalidArgumentError('HADOOP_CLASS_UNKNOWN', `no type is known for ${className}`);
}

/** The short name of a Java class; Text is `text`, whose values are strings. */
export function nameOfClass(className: string): WritableName {
  const type = writableOfClass(className);
  const found = Object.entries(writables).find(([, one]) => one === type);
  return found![0] as WritableName;
}

/** The type of a short name (`text`, `long`) or of a Java class. */
export function writableNamed(name: string): WritableType {
  if (Object.hasOwn(writables, name)) return writables[name as WritableName];
  return writableOfClass(name);
}
