/**
 * The ledger: one line of JSON per workload and run, appended and never edited, with the machine,
 * the commit and the parameters, so that a claim can name the lines it rests on.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Result } from './measure.ts';
import { verdicts } from './report.ts';
import type { Workload } from './workload.ts';

export interface LedgerLine {
  /** Run and workload: what a claim cites. */
  readonly id: string;
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly workload: string;
  readonly unit: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly results: readonly {
    readonly contender: string;
    readonly median: number;
    readonly min: number;
    readonly max: number;
    readonly cpuPerGb?: number;
    readonly peakMib?: number;
    readonly rounds: number;
  }[];
  readonly targets: readonly { readonly text: string; readonly met: boolean }[];
  readonly note?: string;
}

export function ledgerLine(
  run: { readonly id: string; readonly date: string },
  workload: Workload,
  results: readonly Result[],
): LedgerLine {
  return {
    id: `${run.id}/${workload.name}`,
    date: run.date,
    commit: commit(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0]!,
    workload: workload.name,
    unit: workload.unit,
    parameters: workload.parameters,
    results: results.map(({ contender, median, min, max, cpuPerGb, peakMib, samples }) => ({
      contender,
      median: rounded(median),
      min: rounded(min),
      max: rounded(max),
      ...(cpuPerGb === undefined ? {} : { cpuPerGb: rounded(cpuPerGb) }),
      ...(peakMib === undefined ? {} : { peakMib: rounded(peakMib) }),
      rounds: samples.length,
    })),
    targets: verdicts(workload, results).map(({ text, met }) => ({ text, met })),
    ...(workload.note === undefined ? {} : { note: workload.note }),
  };
}

export function appendLedger(path: string, line: LedgerLine): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

export function readLedger(path: string): LedgerLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function commit(): string {
  try {
    const hash = execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' });
    const isDirty = execFileSync('git', ['status', '--porcelain', 'src', 'native-free-io'], {
      encoding: 'utf8',
    });
    return hash.trim() + (isDirty === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
