/** Varints and 64-bit integers of a record, a thousand per call. */
import type { Bench } from 'tinybench';
import {
  readInt64,
  readVarint,
  readVarlong,
  varintEnd,
  writeInt64,
  writeVarint,
} from '../../native-free-io/index.ts';

const count = 1000;

export function numbers(bench: Bench): void {
  for (const [name, step] of [
    ['1 byte', 0],
    ['2 bytes', 7],
    ['1 to 3 bytes', 60],
  ] as const) {
    const bytes = new Uint8Array(count * 5);
    const values = Array.from(
      { length: count },
      (_, index) => (step === 7 ? 80 : 0) + index * step,
    );
    let end = 0;
    for (const value of values) end = writeVarint(bytes, end, value);
    bench.add(`write ${count} varints of ${name}`, () => {
      let at = 0;
      for (const value of values) at = writeVarint(bytes, at, value);
    });
    bench.add(`read ${count} varints of ${name}`, () => sum(bytes, end, readVarint));
    bench.add(`read ${count} varlongs of ${name}`, () => sum(bytes, end, readVarlong));
  }
  const view = new DataView(new ArrayBuffer(count * 8));
  bench.add(`write ${count} 64-bit integers`, () => {
    for (let at = 0; at < count * 8; at += 8) writeInt64(view, at, at * 4_294_967);
  });
  bench.add(`read ${count} 64-bit integers`, () => {
    let total = 0;
    for (let at = 0; at < count * 8; at += 8) total += readInt64(view, at);
    return total;
  });
}

function sum(bytes: Uint8Array, end: number, read: typeof readVarint): number {
  let total = 0;
  for (let at = 0; at < end; at = varintEnd) total += read(bytes, at, end);
  return total;
}
