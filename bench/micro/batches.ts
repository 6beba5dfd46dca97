/** Building a batch of records and walking it, without files. */
import type { Bench } from 'tinybench';
import { hashKey } from '../../src/log/cleaning/key-hash.ts';
import { BatchBuilder } from '../../src/log/format/batch-encoder.ts';
import { verifyRecords } from '../../src/log/format/batch-verifier.ts';
import { value } from '../macro/batches.ts';

const count = 1000;

export function batches(bench: Bench): void {
  const records = Array.from({ length: count }, (_, index) => ({ value: value(index) }));
  const builder = new BatchBuilder();
  const build = (): ReturnType<BatchBuilder['finish']> => {
    builder.reset({ baseOffset: 0, codec: 0, now: 1_700_000_000_000, maxBytes: 1 << 24 });
    builder.appendAll(records, 0);
    return builder.finish();
  };
  bench.add(`build a batch of ${count} records of 100 bytes`, () => build());
  const built = build();
  const bytes = built.bytes.slice(built.start, built.start + built.length);
  const view = new DataView(bytes.buffer);
  bench.add(`walk every record of it`, () => verifyRecords(bytes, view, 0, { maxLength: 1 << 24 }));
  const key = new TextEncoder().encode('customer-0000000042');
  bench.add('hash a key of 19 bytes', () => hashKey(key, 0, key.length));
}
