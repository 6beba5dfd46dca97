/**
 * Sorting a file four times the memory: varve beside GNU sort with the same memory and threads,
 * DuckDB, and a copy of the file, which reads and writes once.
 *
 * Every sorter is a process of its own. Outputs are compared with GNU sort's before the first round
 * is counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repositoryRoot } from '../harness/repository.ts';
import type { Contender, Workload, WorkloadFactory } from '../harness/workload.ts';
import { makeRecords, makeText } from './sort-data.ts';

const memoryMiB = 256;
const threads = 2;
const main = join(repositoryRoot, 'dist/cli/varve.js');

interface Task {
  readonly input: string;
  readonly output: string;
  readonly scratch: string;
  readonly bytes: number;
  readonly lines: number;
}

type Command = readonly [program: string, ...args: string[]];

function sortWorkload(
  name: string,
  make: (path: string, bytes: number) => number,
  overGnu: number,
  wanted: number,
): WorkloadFactory {
  return async (scratch) => {
    const input = join(scratch, 'input');
    const lines = make(input, wanted);
    const task = {
      input,
      output: join(scratch, 'output'),
      scratch,
      bytes: statSync(input).size,
      lines,
    };
    const gnu = sorter('GNU sort', gnuSort(task), task);
    const ours = sorter('varve sort', varveSort(task), task);
    await assertSame(task, [gnu, ours]);
    const duckDb = sorter('DuckDB ORDER BY, 1 GB', duckDbSort(task), task);
    const copy: Contender = {
      name: 'copy of the file',
      run: async () => {
        copyFileSync(input, task.output);
        return { bytes: task.bytes, operations: lines };
      },
      finish: async () => rmSync(task.output, { force: true }),
    };
    const hasDuckDb = isInstalled('@duckdb/node-api');
    return {
      name,
      unit: 'MB/s',
      parameters: { bytes: task.bytes, lines, memoryMiB, threads },
      rounds: 3,
      contenders: [gnu, ours, ...(hasDuckDb ? [duckDb] : []), copy],
      targets: targets(ours.name, overGnu, hasDuckDb ? duckDb.name : undefined),
    };
  };
}

function targets(ours: string, overGnu: number, duckDb: string | undefined): Workload['targets'] {
  const gnu = { contender: ours, over: 'GNU sort', atLeast: overGnu };
  return duckDb === undefined ? [gnu] : [gnu, { contender: ours, over: duckDb, atLeast: 2 }];
}

export const sortRecords: WorkloadFactory = sortWorkload(
  'sort 1 GB of records of 100 bytes',
  makeRecords,
  4,
  1e9,
);
export const sortText: WorkloadFactory = sortWorkload('sort 1 GB of text lines', makeText, 3, 1e9);
export const sortManyRecords: WorkloadFactory = sortWorkload(
  'sort 5 GB of records of 100 bytes',
  makeRecords,
  4,
  5e9,
);

function gnuSort({ input, output, scratch }: Task): Command {
  const sizes = ['-S', `${memoryMiB}M`, `--parallel=${threads}`, '-T', scratch];
  return ['env', 'LC_ALL=C', 'sort', ...sizes, '-o', output, input];
}

function varveSort({ input, output, scratch }: Task): Command {
  const sizes = ['-S', `${memoryMiB}M`, '--parallel', `${threads}`, '-T', scratch];
  return [process.execPath, main, 'sort', ...sizes, '-o', output, input];
}

/** Lines as a table of one column; bytes 1 and 2 occur in none. */
function duckDbSort({ input, output, scratch }: Task): Command {
  const form = `delim = E'\\x01', quote = E'\\x02', escape = E'\\x02', header = false`;
  const source = `read_csv('${input}', columns = {'line': 'VARCHAR'}, ${form})`;
  const sql = [
    `SET threads = ${threads}`,
    `SET memory_limit = '1GB'`,
    `SET temp_directory = '${scratch}'`,
    `COPY (FROM ${source} ORDER BY line) TO '${output}' (FORMAT csv, ${form.replaceAll(' = ', ' ')})`,
  ];
  const program = `
    const { DuckDBInstance } = require('@duckdb/node-api');
    DuckDBInstance.create(':memory:').then(async (instance) => {
      const connection = await instance.connect();
      for (const one of ${JSON.stringify(sql)}) await connection.run(one);
    });`;
  return [process.execPath, '-e', program];
}

function sorter(name: string, [program, ...args]: Command, task: Task): Contender {
  return {
    name,
    async run() {
      const child = spawn(program, args, {
        cwd: repositoryRoot,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${name} ended with ${code}`);
      const { size } = statSync(task.output);
      // DuckDB puts quotes around lines that begin with a sign of comments.
      if (size < task.bytes) throw new Error(`${name} wrote ${size} bytes of ${task.bytes}`);
      return { bytes: task.bytes, operations: task.lines };
    },
    finish: async () => rmSync(task.output, { force: true }),
  };
}

async function assertSame(task: Task, contenders: readonly Contender[]): Promise<void> {
  const digests: string[] = [];
  for (const contender of contenders) {
    await contender.run();
    const hash = createHash('sha256');
    for await (const piece of createReadStream(task.output)) hash.update(piece as Buffer);
    digests.push(hash.digest('hex'));
    await contender.finish?.();
  }
  if (new Set(digests).size !== 1) throw new Error('the sorters disagree');
}

function isInstalled(name: string): boolean {
  try {
    return createRequire(import.meta.url).resolve(name) !== '';
  } catch {
    process.stderr.write(`without ${name}\n`);
    return false;
  }
}
