/** Tasks for the tests of executors: they answer, throw, hang and die. */
import { IoError } from '../../../../dist/native-free-io/index.js';

/** Doubles; tells which file system it was given. */
export function double({ value }, env) {
  return { value: value * 2, fs: env.fs.name };
}

/** Counts in shared memory. */
export async function count({ shared }) {
  Atomics.add(new Int32Array(shared), 0, 1);
}

export function fail() {
  throw new IoError('IO_NO_SPACE', 'no room', { context: { path: 'a', position: 3, errno: -28 } });
}

export function failStrangely() {
  throw new TypeError('strange');
}

export function hang() {
  for (;;);
}

export function die() {
  process.exit(7);
}
