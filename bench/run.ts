/**
 * Runs workloads and prints their tables: `npm run bench [-- NAME…] [--record]`.
 *
 * With `--record` the results go to the ledger, and the picture and table under `docs/` are made
 * anew from the latest line of every workload.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { appendLedger, ledgerLine, readLedger, type LedgerLine } from './harness/ledger.ts';
import { measure } from './harness/measure.ts';
import { picture } from './harness/picture.ts';
import { repositoryRoot } from './harness/repository.ts';
import { benchmarksPage } from './harness/page.ts';
import { table } from './harness/report.ts';
import { workloads } from './macro/index.ts';

const ledgerPath = join(repositoryRoot, 'bench/ledger/ledger.ndjson');
const args = process.argv.slice(2);
const record = args.includes('--record');
const strange = args.find((arg) => arg.startsWith('--') && arg !== '--record');
if (strange !== undefined) {
  console.error(`usage: npm run bench [-- NAME… --record]; there is no ${strange}`);
  process.exit(2);
}
const wanted = args.filter((arg) => !arg.startsWith('--'));

const date = new Date().toISOString();
const run = { id: date.slice(0, 19).replaceAll(/[-:]/g, ''), date };
const names = Object.keys(workloads).filter(
  (name) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
if (names.length === 0) {
  console.error(
    `no workload like ${wanted.join(', ')}; there are:\n${Object.keys(workloads).join('\n')}`,
  );
  process.exit(2);
}
const scratchRoot = process.env['VARVE_BENCH_DIR'] ?? tmpdir();
mkdirSync(scratchRoot, { recursive: true });
for (const name of names) {
  const scratch = mkdtempSync(join(scratchRoot, 'varve-bench-'));
  try {
    const workload = await workloads[name]!(scratch);
    const results = await measure(workload, (round, rounds) => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[K${name}: round ${round} of ${rounds}`);
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    await workload.dispose?.();
    console.log(table(workload, results));
    if (record) appendLedger(ledgerPath, ledgerLine(run, workload, results));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
if (record) await writeDocs(readLedger(ledgerPath));

/** The latest line of each workload, in the order of the list. */
async function writeDocs(lines: readonly LedgerLine[]): Promise<void> {
  const latest = Object.keys(workloads)
    .map((name) => lines.findLast((line) => line.workload === name))
    .filter((line) => line !== undefined);
  writeFileSync(join(repositoryRoot, 'docs/benchmarks.svg'), picture(latest));
  const page = await format(benchmarksPage(latest), { parser: 'markdown', printWidth: 100 });
  writeFileSync(join(repositoryRoot, 'docs/benchmarks.md'), page);
}
