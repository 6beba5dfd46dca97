/** One streaming job, run twice: by Apache's Hadoop Streaming and by `varve mr streaming`. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../repository.ts';
import type { HadoopJvm, Printed } from './jvm.ts';

export interface StreamingJob {
  /** Options that both have, without their dashes: `mapper`, `reducer`, `io`, … */
  readonly options?: Readonly<Record<string, string>>;
  /** `-D` of both. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keys are equal that have other values, and their order is nobody's to say. */
  readonly hasTies?: boolean;
}

export type CounterGroups = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Outcome {
  readonly isFine: boolean;
  /** Contents of the files of the output by name, as Latin-1; hidden ones are left out. */
  readonly files: Readonly<Record<string, string>>;
  readonly counters: CounterGroups;
  readonly said: string;
}

const main = join(repositoryRoot, 'dist', 'src', 'cli', 'main.js');

/** The program of varve, as a word of a command line. */
export const varveCommand = `${process.execPath} ${main}`;

/** Files are cut into splits of so many bytes; the local runner always asks for one map. */
const splitBytes = '20000';
const hadoopSettings = {
  'fs.local.block.size': splitBytes,
  // Small, so that a heap of half a GiB holds it.
  'mapreduce.task.io.sort.mb': '16',
};

interface Folders {
  readonly work: string;
  readonly input: string;
  readonly output: string;
}

export async function underHadoop(
  jvm: HadoopJvm,
  { work, input, output }: Folders,
  { options = {}, settings = {} }: StreamingJob,
): Promise<Outcome> {
  const argv = ['-input', input, '-output', output];
  for (const [name, value] of Object.entries(options)) argv.push(`-${name}`, value);
  const said = await jvm.request<Printed & { readonly counters: CounterGroups }>('streaming.job', {
    argv,
    settings: { 'hadoop.tmp.dir': join(work, 'hadoop'), ...hadoopSettings, ...settings },
  });
  return {
    isFine: said.status === 0,
    files: filesOf(output),
    counters: said.counters,
    said: `${said.stderr}\n${said.exception ?? ''}\n${jvm.log.slice(-4000)}`,
  };
}

/** Options whose names differ here. */
const ourNames: Readonly<Record<string, string>> = {
  inputformat: 'input-format',
  numReduceTasks: 'reducers',
};
const ourValues: Readonly<Record<string, string>> = { KeyValueTextInputFormat: 'keyvalue' };

export function underVarve(
  { input, output }: Folders,
  { options = {}, settings = {} }: StreamingJob,
): Outcome {
  const argv = ['mr', 'streaming', '--json', '--input', input, '--output', output];
  argv.push('--split-bytes', splitBytes, '--maps', '1');
  for (const [name, value] of Object.entries(options)) {
    argv.push(`--${ourNames[name] ?? name}`, ourValues[value] ?? value);
  }
  for (const [name, value] of Object.entries(settings)) argv.push('-D', `${name}=${value}`);
  try {
    const text = execFileSync(process.execPath, [main, ...argv], { encoding: 'utf8' });
    const { counters } = JSON.parse(text) as { readonly counters: CounterGroups };
    return { isFine: true, files: filesOf(output), counters, said: text };
  } catch (error) {
    return { isFine: false, files: filesOf(output), counters: {}, said: String(error) };
  }
}

function filesOf(dir: string): Record<string, string> {
  if (statSync(dir, { throwIfNoEntry: false }) === undefined) return {};
  return Object.fromEntries(
    readdirSync(dir)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), 'latin1')]),
  );
}
