/**
 * What the macro benchmarks share: a temporary directory that is removed, medians, tables, the
 * machine's name, verdicts on targets.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work` with a directory of its own in the system's temporary directory, then removes it. */
export async function withTemporaryDirectory(work) {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const least = (numbers) => Math.min(...numbers);
export const most = (numbers) => Math.max(...numbers);

export function machine() {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    system: `${platform()} ${arch()} ${release()}`,
  };
}

/** Rows of texts, aligned; the first column to the left, the others to the right. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => most(rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column]),
    );
    console.log(cells.join('  '));
  }
}

/** A target, met or not: `value` at least (or at most) `bound`. */
export function verdict(name, value, comparison, bound) {
  const isMet = comparison === '>=' ? value >= bound : value <= bound;
  return { name, value: Number(value.toFixed(3)), target: `${comparison} ${bound}`, isMet };
}

export function printVerdicts(verdicts) {
  printTable([
    ['target', 'measured', 'wanted', ''],
    ...verdicts.map((v) => [v.name, v.value.toFixed(2), v.target, v.isMet ? 'met' : 'MISSED']),
  ]);
}

/** The number after `--name` on the command line. */
export function numberOption(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
