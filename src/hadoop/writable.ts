/**
 * What is known of a Java type that is stored as bytes: its name, its bytes, its order, its hash
 * and how it prints.
 *
 * A region handed to `read`, `hash` and `text` holds exactly one value; anything else is
 * HADOOP_CORRUPT_WRITABLE. `compare` is for keys that were checked.
 */
import { CorruptionError, type ByteSink } from '../../native-free-io/index.ts';
import type { RawComparator } from './raw-comparator.ts';

export interface WritableType<Value = unknown> {
  /** Full name of the Java class, as files hold it. */
  readonly className: string;
  /** Appends the bytes of a value. */
  write(sink: ByteSink, value: Value): void;
  read(bytes: Uint8Array, start: number, end: number): Value;
  readonly compare: RawComparator;
  /** Java's hashCode of the value. */
  hash(bytes: Uint8Array, start: number, end: number): number;
  /** Java's toString of the value, which text output is made of. */
  text(bytes: Uint8Array, start: number, end: number): string;
}

/** Throws unless the region has the length that the type demands. */
export function requireLength(className: string, actual: number, expected: number): void {
  if (actual !== expected) {
    throw corruptWritable(className, `${actual} bytes where ${expected} are expected`);
  }
}

export function corruptWritable(className: string, reason: string): CorruptionError {
  return new CorruptionError('HADOOP_CORRUPT_WRITABLE', `${className}: ${reason}`);
}
