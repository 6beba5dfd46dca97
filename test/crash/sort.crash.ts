/** Sorts that are cut short: by power, by the death of a worker, by a killed process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IoError } from '../../native-free-io/index.ts';
import { realEnv } from '../../src/env/index.ts';
import {
  poolExecutor,
  sortFile,
  type Executor,
  type SortOptions,
} from '../../src/mapreduce/index.ts';
import { seedFor, Seeded } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { main } from '../unit/cli/cli-world.ts';
import { readFile, writeFile } from '../unit/mapreduce/sort-world.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

const old = 'the old output\n';

function inputText(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `${(index * 7919) % 100_003}`);
  return `${lines.join('\n')}\n`;
}

function sortedText(text: string): string {
  return `${text.trimEnd().split('\n').sort().join('\n')}\n`;
}

interface Trace {
  isDone: boolean;
}

async function cutsDuring(name: string, text: string, options: SortOptions): Promise<number> {
  const sorted = sortedText(text);
  const report = await cutEverywhere<Trace>(name, {
    trace: () => ({ isDone: false }),
    prepare: async (fs) => {
      fs.makeDirectorySync('data');
      writeFile(fs, 'data/in', Buffer.from(text));
      writeFile(fs, 'data/out', Buffer.from(old));
      for (const path of ['data/in', 'data/out']) {
        const file = fs.openSync(path, 'write');
        file.syncSync();
        file.closeSync();
      }
      fs.syncDirectorySync('data');
      fs.syncDirectorySync('.');
    },
    run: async (fs, trace) => {
      await sortFile('data/in', 'data/out', {
        ...options,
        env: realEnv({ fs }),
        durability: 'synced',
      });
      trace.isDone = true;
    },
    check: async (survivor, { isDone }) => {
      expect(readFile(survivor, 'data/in').toString() === text).toBe(true);
      const out = readFile(survivor, 'data/out').toString();
      expect(out === sorted || (!isDone && out === old)).toBe(true);
    },
  });
  return report.operations;
}

test(
  'a power cut at any moment of runs, rounds, last merge and commit leaves the old or the new',
  { timeout: cutTimeoutMs },
  async () => {
    const options = { memoryBytes: 1 << 20, parallel: 4, mergeFactor: 2 };
    const operations = await cutsDuring('power cuts while sorting', inputText(26_000), options);
    expect(operations).toBeGreaterThan(60);
  },
);

test(
  'a power cut at any moment of a sort in memory leaves the old or the new',
  { timeout: cutTimeoutMs },
  async () => {
    const operations = await cutsDuring('power cuts while sorting a little', inputText(500), {});
    expect(operations).toBeGreaterThan(4);
  },
);

/** A pool whose task number `fatal` ends its worker instead. */
function mortalPool(fatal: number): { readonly executor: Executor; readonly calls: () => number } {
  const pool = poolExecutor({ workers: 2 });
  const module = new URL('../unit/mapreduce/worker/sample-tasks.mjs', import.meta.url);
  let calls = 0;
  const executor: Executor = {
    workers: pool.workers,
    run: (call, options) =>
      pool.run(calls++ === fatal ? { module, task: 'die', argument: {} } : call, options),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
  return { executor, calls: () => calls };
}

test('a worker that dies in any task ends the sort with an error and no temporary file', async () => {
  const folder = temporaryFolder();
  const [input, output] = [join(folder, 'in'), join(folder, 'out')];
  const text = inputText(60_000);
  writeFileSync(input, text);
  writeFileSync(output, old);
  let deaths = 0;
  for (let fatal = 0; ; fatal++) {
    const { executor, calls } = mortalPool(fatal);
    await using _ = executor;
    const sizes = { memoryBytes: 1 << 20, parallel: 2, mergeFactor: 3 };
    const outcome: unknown = await sortFile(input, output, { ...sizes, executor }).catch(
      (error: unknown) => error,
    );
    expect(readdirSync(folder).sort()).toEqual(['in', 'out']);
    if (calls() <= fatal) break;
    expect(outcome).toBeInstanceOf(IoError);
    expect(outcome).toMatchObject({ code: 'MAPREDUCE_WORKER_LOST', retryable: true });
    expect(readFileSync(output, 'utf8')).toBe(old);
    deaths++;
  }
  // At least two runs, a round and a last merge.
  expect(deaths).toBeGreaterThan(3);
  expect(readFileSync(output, 'utf8') === sortedText(text)).toBe(true);
}, 60_000);

test('a process killed at any time leaves the old output or the whole new one', async () => {
  const kills = Number(process.env['VARVE_KILL_ROUNDS'] ?? 4);
  const seeded = new Seeded(seedFor('killed sorts'));
  const folder = temporaryFolder();
  const [input, output] = [join(folder, 'in'), join(folder, 'out')];
  const text = inputText(400_000);
  const sorted = sortedText(text);
  writeFileSync(input, text);
  for (let kill = 0; kill < kills; kill++) {
    writeFileSync(output, old);
    const args = ['sort', '-S', '2M', '--parallel', '2', '-T', folder, '-o', output, input];
    const child = spawn(process.execPath, [main, ...args]);
    const timer = setTimeout(() => child.kill('SIGKILL'), seeded.between(50, 900));
    await once(child, 'close');
    clearTimeout(timer);
    const out = readFileSync(output, 'utf8');
    expect(out === old || out === sorted).toBe(true);
  }
}, 60_000);
