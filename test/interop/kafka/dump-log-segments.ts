/**
 * Apache's DumpLogSegments as a judge.
 *
 * The tool ends with status 0 also when it found mismatches, so the verdict is read from what it
 * printed: anything on its list of complaints, anything unexpected on standard error, any exception
 * and any output line we do not know counts as a problem.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KafkaJars } from './jars.ts';
import type { KafkaJvm } from './jvm.ts';

export interface DumpOptions {
  /** Decode every record (default true). */
  readonly deep?: boolean;
  /** Only run the sanity checks of index files. */
  readonly indexSanity?: boolean;
  /** Print keys and values too. */
  readonly printData?: boolean;
  /** Compacted logs have holes in their offsets; elsewhere a hole is a problem. */
  readonly allowGaps?: boolean;
  /** Must exceed the largest batch; the tool's default is 5 MiB. */
  readonly maxMessageBytes?: number;
}

export interface DumpVerdict {
  readonly batches: number;
  readonly records: number;
  /** Entries printed for index, snapshot and transaction index files. */
  readonly entries: number;
  /** Files that passed the index sanity check. */
  readonly passed: readonly string[];
  readonly problems: readonly string[];
  /** Everything that was printed, for messages and closer looks. */
  readonly output: string;
}

interface RawOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exception: string | null;
}

/** Runs the tool inside the interop JVM: the same main method without the start-up time. */
export async function dumpLogSegments(
  jvm: KafkaJvm,
  files: readonly string[],
  options: DumpOptions = {},
): Promise<DumpVerdict> {
  const argv = dumpArguments(files, options);
  return judge(await jvm.request<RawOutput>('dump.run', { argv }), options);
}

/** Runs the tool as its users do, in a JVM of its own. */
export async function dumpLogSegmentsForked(
  jars: KafkaJars,
  files: readonly string[],
  options: DumpOptions = {},
): Promise<DumpVerdict> {
  const { stdout, stderr } = await promisify(execFile)(
    'java',
    [
      ...jars.options,
      '-cp',
      jars.classpath,
      jars.dumpLogSegmentsClass,
      ...dumpArguments(files, options),
    ],
    { maxBuffer: 1 << 28 },
  );
  return judge({ stdout, stderr, exception: null }, options);
}

function dumpArguments(files: readonly string[], options: DumpOptions): string[] {
  const argv = ['--files', files.join(',')];
  if (options.deep !== false) argv.push('--deep-iteration');
  if (options.indexSanity === true) argv.push('--index-sanity-check');
  if (options.printData === true) argv.push('--print-data-log');
  if (options.maxMessageBytes !== undefined) {
    argv.push('--max-message-size', String(options.maxMessageBytes));
  }
  return argv;
}

const entryLines = [
  /^offset: \d+ position: \d+$/, // offset index
  /^timestamp: -?\d+ offset: \d+$/, // time index
  /^version: \d+ producerId: \d+ firstOffset: \d+ lastOffset: \d+ lastStableOffset: \d+$/,
  /^producerId: -?\d+ producerEpoch: -?\d+ coordinatorEpoch: -?\d+ currentTxnFirstOffset: \S+ lastTimestamp: -?\d+( .*)?$/,
];

function judge(raw: RawOutput, options: DumpOptions): DumpVerdict {
  let batches = 0;
  let records = 0;
  let entries = 0;
  const passed: string[] = [];
  const problems: string[] = [];
  const known = (line: string): boolean =>
    line === '' || /^Dumping .+$|^Log starting offset: \d+$|^\S+ is empty\.$/.test(line);

  for (const line of raw.stdout.split('\n').map((text) => text.trimEnd())) {
    if (/^(baseOffset|offset): -?\d+ .*isvalid: (true|false)/.test(line)) {
      batches += 1;
      if (!line.includes('isvalid: true')) problems.push(line);
    } else if (line.startsWith('| ')) {
      records += 1;
      if (line.includes('isValid: false')) problems.push(line);
    } else if (line.endsWith(' passed sanity check.')) {
      passed.push(line.slice(0, -' passed sanity check.'.length));
    } else if (entryLines.some((pattern) => pattern.test(line))) {
      entries += 1;
    } else if (!known(line)) {
      problems.push(line);
    }
  }

  let holes = false;
  for (const line of raw.stderr.split('\n').map((text) => text.trimEnd())) {
    if (line === '') continue;
    holes = line.startsWith('Non-consecutive offsets in') || (holes && line.startsWith('  '));
    // The tool takes -1 as the offset before every file, so a segment that starts later "has a
    // hole".
    const first = /^\s+-1 is followed by \d+$/.test(line);
    const heading = line.startsWith('Non-consecutive offsets in');
    if (holes && (heading || first || options.allowGaps === true)) continue;
    problems.push(line);
  }
  if (raw.exception !== null) problems.push(raw.exception);
  const output = `${raw.stdout}\n${raw.stderr}\n${raw.exception ?? ''}`;
  return { batches, records, entries, passed, problems, output };
}
