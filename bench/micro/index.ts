/**
 * Small pieces, measured by tinybench: `npm run bench:micro [-- NAME…]`. Nothing here goes to the
 * ledger; it is for finding out where time goes.
 */
import { Bench } from 'tinybench';
import { batches } from './batches.ts';
import { checksums } from './checksum.ts';
import { lsm } from './lsm.ts';
import { numbers } from './numbers.ts';

const groups = { checksums, numbers, batches, lsm } as const;
const wanted = process.argv.slice(2);
for (const [name, add] of Object.entries(groups)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const bench = new Bench({ name, time: 200, warmupTime: 50 });
  await add(bench);
  await bench.run();
  console.log(`\n${name}`);
  console.table(bench.table());
}
