/** What `varve quickstart` measured, and how it is shown. */
import type { PartitionReport } from '../log/index.ts';
import { problemLine } from './log/partition.ts';
import { count, sizeText, plural } from './progress.ts';

export interface Phase {
  readonly records: number;
  /** Bytes of the lines, without their ends. */
  readonly bytes: number;
  readonly seconds: number;
  /** SHA-256 of the lines. */
  readonly digest: string;
}

export interface QuickstartResult {
  readonly files: number;
  readonly appended: Phase;
  readonly reopenSeconds: number;
  readonly read: Phase;
  /** Offset in the middle of the log. */
  readonly middle: number;
  readonly readFromMiddle: Phase;
  readonly verified: PartitionReport;
  readonly verifySeconds: number;
  /** What was read is what was written. */
  readonly same: boolean;
}

export function quickstartReport(shown: {
  readonly dir: string;
  readonly source: string;
  readonly result: QuickstartResult;
}): string {
  const { dir, source, result } = shown;
  const { appended, read, middle, readFromMiddle, verified } = result;
  const { segments, batches, problems } = verified;
  const sound = result.same && problems.length === 0;
  const path = shellWord(dir);
  const verdict = sound
    ? `sound: ${plural(segments.length, 'segment')}, ${plural(batches, 'checksum')}; ` +
      `sha256 ${read.digest.slice(0, 16)}… in and out`
    : 'NOT SOUND: what was read is not what was written';
  return [
    `${plural(result.files, 'text file')} from ${source}, each line a record`,
    '',
    cells('', 'records', 'size', 'time', 'rate'),
    row('append, then sync', appended),
    row('read from the start', read),
    row(`read from ${count(middle)}`, readFromMiddle),
    row('verify every byte', { ...verified, seconds: result.verifySeconds }),
    '',
    ...problems.map((problem) => problemLine(problem).trimEnd()),
    verdict,
    `closed and opened again in ${(result.reopenSeconds * 1000).toFixed(1)} ms`,
    '',
    `The files: ${dir}`,
    'Look inside:',
    `  npx varve log cat ${path} --from ${middle} --count 5`,
    `  npx varve log dump ${path} --shallow | head`,
    `  npx varve log verify ${path}`,
    '',
  ].join('\n');
}

function row(name: string, phase: Pick<Phase, 'records' | 'bytes' | 'seconds'>): string {
  const { records, bytes, seconds } = phase;
  const rate = bytes === 0 ? '' : `${sizeText(bytes / seconds)}/s`;
  return cells(name, count(records), sizeText(bytes), `${seconds.toFixed(2)} s`, rate);
}

function cells(name: string, ...values: readonly string[]): string {
  const widths = [12, 12, 9, 14];
  return (
    name.padEnd(24) + values.map((value, at) => value.padStart(widths[at]!)).join('')
  ).trimEnd();
}

/** As a POSIX shell takes it. */
function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
