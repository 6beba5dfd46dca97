/** What the commands of `varve mr` have in common: inputs, outputs, running, telling. */
import { pathToFileURL } from 'node:url';
import {
  KeyValueTextInput,
  NLineInput,
  runJob,
  SequenceFileInput,
  sequenceFileOutput,
  TextInput,
  textOutput,
  type FinishedJob,
  type JobInput,
  type JobOptions,
  type OutputSpec,
} from '../../mapreduce/index.ts';
import type { HadoopCodecName } from '../../hadoop/index.ts';
import { wholeNumber } from '../arguments.ts';
import {
  exitCode,
  UsageError,
  type ExitCode,
  type Invocation,
  type OptionSpec,
} from '../command.ts';
import { plural } from '../progress.ts';

export const jobOptions: Readonly<Record<string, OptionSpec>> = {
  input: {
    type: 'string',
    short: 'i',
    value: 'PATHS',
    help: 'files, directories, patterns (*, ?, [ab], {a,b}, **), with commas',
  },
  output: { type: 'string', short: 'o', value: 'DIR', help: 'directory to make; must not exist' },
  reducers: {
    type: 'string',
    short: 'r',
    value: 'N',
    help: 'reduce tasks (default 1; 0: maps only)',
  },
  workers: {
    type: 'string',
    short: 'w',
    value: 'N',
    help: 'worker threads (default: one per core)',
  },
  'input-format': {
    type: 'string',
    value: 'NAME',
    help: 'text (default), keyvalue, nline or sequence',
  },
  lines: { type: 'string', value: 'N', help: 'lines of a split of nline (default 1)' },
  'split-bytes': { type: 'string', value: 'N', help: 'bytes of a split (default 134217728)' },
  'output-format': { type: 'string', value: 'NAME', help: 'text (default) or sequence' },
  compress: {
    type: 'string',
    value: 'CODEC',
    help: 'of the output: gzip, deflate, snappy, lz4, zstd',
  },
  maps: {
    type: 'string',
    value: 'N',
    help: 'splits wanted of all files together; none is larger than its share',
  },
  separator: { type: 'string', value: 'TEXT', help: 'between key and value of the output (tab)' },
  set: { type: 'string', value: 'NAME=VALUE,…', help: 'settings of the functions' },
  define: {
    type: 'string',
    short: 'D',
    value: 'NAME=VALUE',
    repeats: true,
    help: 'one setting, whatever its value',
  },
  'sort-mb': { type: 'string', value: 'N', help: 'MiB of a sort buffer (default 100)' },
  skip: { type: 'string', value: 'N', help: 'records per task that may be left out (default 0)' },
  timeout: { type: 'string', value: 'SECONDS', help: 'silence that ends an attempt (default 600)' },
  json: { type: 'boolean', help: 'print id and counters as JSON' },
  quiet: { type: 'boolean', short: 'q', help: 'no progress, no counters' },
};

export function requiredText({ flags }: Invocation, name: string): string {
  const text = flags[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new UsageError(`--${name} is missing`);
}

/** A comma within braces belongs to a pattern. */
export function splitPaths(text: string): string[] {
  const paths: string[] = [];
  let path = '';
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === ',' && depth === 0) {
      paths.push(path);
      path = '';
    } else path += character;
  }
  return [...paths, path].filter((one) => one !== '');
}

export function settingsOf({ flags, lists }: Invocation): Record<string, string> {
  const settings: Record<string, string> = {};
  const put = (flag: string, pair: string): void => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--${flag}: expected NAME=VALUE, got '${pair}'`);
    settings[pair.slice(0, at)] = pair.slice(at + 1);
  };
  const text = flags['set'];
  if (typeof text === 'string') {
    for (const pair of text.split(/,(?=[^,=]+=)/)) put('set', pair);
  }
  for (const pair of lists['define'] ?? []) put('define', pair);
  return settings;
}

export function inputOf(invocation: Invocation): JobInput {
  const paths = splitPaths(requiredText(invocation, 'input'));
  const splitBytes = wholeNumber(invocation, 'split-bytes', { fallback: 128 << 20, min: 1 });
  const maps = wholeNumber(invocation, 'maps', { fallback: 0, max: 1e6 });
  const cut = { splitBytes, ...(maps > 0 ? { maps } : {}) };
  const format = invocation.flags['input-format'] ?? 'text';
  if (format === 'text') return TextInput(paths, cut);
  if (format === 'keyvalue') return KeyValueTextInput(paths, cut);
  if (format === 'sequence') return SequenceFileInput(paths, cut);
  if (format === 'nline') {
    return NLineInput(paths, { lines: wholeNumber(invocation, 'lines', { fallback: 1, min: 1 }) });
  }
  throw new UsageError(`--input-format: no format is called '${format}'`);
}

function outputOf(invocation: Invocation): OutputSpec {
  const { flags } = invocation;
  const dir = requiredText(invocation, 'output');
  const codec = flags['compress'] as HadoopCodecName | undefined;
  const format = flags['output-format'] ?? 'text';
  const chosen = codec === undefined ? {} : { codec };
  const { separator } = flags;
  if (format === 'text') {
    return textOutput(dir, { ...chosen, ...(typeof separator === 'string' ? { separator } : {}) });
  }
  if (format === 'sequence') return sequenceFileOutput(dir, chosen);
  throw new UsageError(`--output-format: no format is called '${format}'`);
}

/** Runs a job with what the flags say, beside `own`; tells its counters. */
export async function runWithFlags(
  invocation: Invocation,
  own: Omit<JobOptions, 'input' | 'output'>,
): Promise<ExitCode> {
  const { io, flags } = invocation;
  const isTold = flags['json'] !== true && flags['quiet'] !== true;
  const bar = new TaskProgress(invocation, isTold);
  const job = await runJob({
    input: inputOf(invocation),
    output: outputOf(invocation),
    workers: wholeNumber(invocation, 'workers', { fallback: io.cores ?? 2, min: 1, max: 1024 }),
    reducers: wholeNumber(invocation, 'reducers', { fallback: 1, max: 100_000 }),
    skipRecords: wholeNumber(invocation, 'skip', { fallback: 0 }),
    taskTimeoutMs: wholeNumber(invocation, 'timeout', { fallback: 600, max: 1e9 }) * 1000,
    tuning: {
      sortBytes: wholeNumber(invocation, 'sort-mb', { fallback: 100, min: 1, max: 2040 }) << 20,
    },
    signal: io.signal,
    onProgress: (progress) => bar.update(progress.progress),
    ...own,
    settings: { ...own.settings, ...settingsOf(invocation) },
  }).finally(() => bar.done());
  await tell(invocation, job);
  return exitCode.fine;
}

async function tell({ io, flags }: Invocation, job: FinishedJob): Promise<void> {
  if (flags['quiet'] === true) return;
  if (flags['json'] === true) {
    const answer = { id: job.id, output: job.outputDir, counters: job.counters };
    await io.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const parts = job.counters.task('REDUCE_OUTPUT_RECORDS');
  const records = parts > 0 ? parts : job.counters.task('MAP_OUTPUT_RECORDS');
  io.writeError(`${job.counters.toText()}${plural(records, 'record')} in ${job.outputDir}\n`);
}

const barWidth = 28;

/** A line that redraws itself on a terminal; nothing elsewhere. */
class TaskProgress {
  readonly #invocation: Invocation;
  readonly #isShown: boolean;
  #last = -1;

  constructor(invocation: Invocation, isTold: boolean) {
    this.#invocation = invocation;
    this.#isShown = isTold && invocation.io.isTerminal;
  }

  update(progress: number): void {
    const percent = Math.floor(progress * 100);
    if (!this.#isShown || percent === this.#last) return;
    this.#last = percent;
    const filled = Math.round(progress * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    this.#invocation.io.writeError(`\r\u001b[Kjob ${bar} ${String(percent).padStart(3)}%`);
  }

  done(): void {
    if (this.#isShown && this.#last >= 0) this.#invocation.io.writeError('\r\u001b[K');
  }
}

/** A module on the disk, as its address. */
export function moduleUrl(path: string): URL {
  return pathToFileURL(path);
}
