/** Jobs as tests run them: files in memory, tasks in this thread. */
import { MemoryFileSystem, type FileSystem } from '../../native-free-io/index.ts';
import { realEnv, type Env } from '../../src/env/index.ts';
import {
  inlineExecutor,
  runJob,
  TextInput,
  type FinishedJob,
  type JobOptions,
} from '../../src/mapreduce/index.ts';

export const wordsModule = new URL('./job-modules/words.mjs', import.meta.url);

export const countTypes = { mapKey: 'text', mapValue: 'long', key: 'text', value: 'long' } as const;

export function putFile(fs: FileSystem, path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const file = fs.openSync(path, 'createNew');
  file.writeSync(bytes, 0, bytes.length, 0);
  file.closeSync();
}

export function readText(fs: FileSystem, path: string): string {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    file.readSync(bytes, 0, bytes.length, 0);
    return new TextDecoder().decode(bytes);
  } finally {
    file.closeSync();
  }
}

/** Names below a directory, hidden ones too. */
export function treeOf(fs: FileSystem, dir: string): string[] {
  if (fs.statSync(dir) === undefined) return [];
  return fs.listSync(dir).flatMap(({ name, kind }) => {
    if (kind !== 'directory') return [name];
    return [`${name}/`, ...treeOf(fs, `${dir}/${name}`).map((inside) => `${name}/${inside}`)];
  });
}

export interface InlineJob {
  readonly job: FinishedJob;
  readonly fs: FileSystem;
}

/** Runs a job in this thread, with words.mjs unless told otherwise, `/in` to `/out`. */
export async function runInline(
  fs: FileSystem,
  options: Partial<JobOptions> = {},
  env: Env = realEnv({ fs }),
): Promise<FinishedJob> {
  await using executor = inlineExecutor({ env, workers: 2 });
  return await runJob({
    input: TextInput('/in', { splitBytes: 1000 }),
    output: '/out',
    map: wordsModule,
    reduce: wordsModule,
    types: countTypes,
    tuning: { sortBytes: 1 << 20 },
    executor,
    env,
    ...options,
  });
}

export function withInput(files: Readonly<Record<string, string>>): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  fs.makeDirectorySync('/in');
  for (const [name, content] of Object.entries(files)) putFile(fs, `/in/${name}`, content);
  return fs;
}

/** All records of the output's parts, sorted. */
export async function resultsOf(job: FinishedJob): Promise<[unknown, unknown][]> {
  const found: [unknown, unknown][] = [];
  for await (const [key, value] of job.results()) found.push([key, value]);
  return found.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

/** Words of a text with their counts, sorted: the reference. */
export function countsOf(text: string): [string, string][] {
  const counts = new Map<string, number>();
  for (const word of text.split(/\s+/)) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Array.from(counts, ([word, count]): [string, string] => [word, String(count)]).sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
}
