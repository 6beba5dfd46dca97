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

/** Types by the short names that options take; `textBytes` is Text with bytes for values. */
export const writables = {
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
} as const;

export type WritableName = keyof typeof writables;

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

/** The type of a short name (`text`, `long`) or of a Java class. */
export function writableNamed(name: string): WritableType {
  if (Object.hasOwn(writables, name)) return writables[name as WritableName];
  return writableOfClass(name);
}
