import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FaultFileSystem, StoreError } from '../../../native-free-io/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import {
  checkSorted,
  inlineExecutor,
  sortFile,
  type Executor,
  type SortOptions,
} from '../../../src/mapreduce/index.ts';
import { seedFor, Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { filesOf, readFile, sortAll, writeFile } from './sort-world.ts';

const small: SortOptions = { memoryBytes: 1 << 20, parallel: 2 };

async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

function lines(seeded: Seeded, count: number): string[] {
  return Array.from({ length: count }, () => {
    const repeats = seeded.chance(0.3) ? seeded.between(0, 40) : seeded.between(0, 4);
    return `${'k'.repeat(repeats)}${seeded.between(0, 5000)}`;
  });
}

function textOf(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

test.each([
  ['default', {}, 'B\na\naa\nb\n'],
  ['reverse', { order: 'r' }, 'b\naa\na\nB\n'],
  ['folded, last resort by bytes', { order: 'f' }, 'a\naa\nB\nb\n'],
  ['unique under folding keeps the first', { order: 'f', unique: true }, 'a\naa\nb\n'],
])('sortFile of a few lines: %s', async (_, options, expected) => {
  expect((await sortAll(['b\naa\n', 'a\nB'], options)).out.toString()).toBe(expected);
});

test.each([
  [{ key: '2,2n', separator: ':' }, 'c:1:x\na:2:y\nb:10:z\n'],
  [{ key: ['2n', '1'], separator: ':', order: 'r' }, 'c:1:x\na:2:y\nb:10:z\n'],
  [{ key: '3.1,3.1r', separator: ':' }, 'b:10:z\na:2:y\nc:1:x\n'],
  [{ key: '2,2nr', separator: ':', stable: true }, 'b:10:z\na:2:y\nc:1:x\n'],
])('sortFile by keys %j', async (options, expected) => {
  expect((await sortAll(['a:2:y\nb:10:z\nc:1:x\n'], options)).out.toString()).toBe(expected);
});

test('sortFile of nothing and of empty files makes an empty output', async () => {
  const nothing = { records: 0, bytes: 0, runs: 0, rounds: 0 };
  expect(await sortAll([])).toEqual({ out: Buffer.of(), report: nothing });
  expect(await sortAll(['', ''])).toEqual({ out: Buffer.of(), report: nothing });
});

test('sortFile of twenty times its memory merges in rounds and loses nothing', async () => {
  const seeded = new Seeded(seedFor('sort file'));
  const all = lines(seeded, 190_000).map((line) => line.padEnd(110, '.'));
  const text = textOf(all);
  expect(text.length).toBeGreaterThan(20 << 20);
  const { out, report } = await sortAll([text], { ...small, parallel: 4, mergeFactor: 6 });
  expect(out.equals(Buffer.from(textOf(all.sort())))).toBe(true);
  expect(report.records).toBe(all.length);
  expect(report.runs).toBeGreaterThan(20);
  expect(report.rounds).toBeGreaterThan(1);
});

test('sortFile with unique leaves one of each, across runs and parts', async () => {
  const seeded = new Seeded(seedFor('unique'));
  const all = lines(seeded, 300_000);
  const { out, report } = await sortAll([textOf(all)], { ...small, unique: true });
  const expected = textOf([...new Set(all)].sort());
  expect(out.equals(Buffer.from(expected))).toBe(true);
  expect(report).toMatchObject({ records: all.length, bytes: expected.length });
});

test('sortFile keeps the order of equal keys when stable, and of fixed records always', async () => {
  const seeded = new Seeded(seedFor('stable'));
  const all = Array.from(
    { length: 120_000 },
    (_, index) => `${seeded.between(10, 99)} ${String(index).padStart(8, '0')}`,
  );
  const expected = textOf(all.toSorted());
  const stable = await sortAll([textOf(all)], { ...small, key: '1,1', stable: true });
  expect(stable.out.equals(Buffer.from(expected))).toBe(true);
  const record = { length: 12, keyLength: 2 };
  const fixed = await sortAll([textOf(all)], { ...small, record });
  expect(fixed.out.equals(Buffer.from(expected))).toBe(true);
});

test('sortFile takes lines longer than its buffers, and refuses those larger than memory', async () => {
  const long = ['b', 'a', 'c'].map((letter) => letter.repeat(150_000) + '9');
  const all = [...long, ...Array.from({ length: 30_000 }, (_, index) => `${index}`)];
  const { out } = await sortAll([textOf(all)], small);
  expect(out.equals(Buffer.from(textOf(all.sort())))).toBe(true);
  const huge = 'x'.repeat(3 << 20);
  const error = await failure(sortAll([`a\n${huge}\nb\n`], small));
  expect(error).toMatchObject({
    code: 'SORT_RECORD_TOO_LARGE',
    context: { path: 'data/in-0', position: 2 },
  });
});

test('sortFile into several files puts equal keys together and the parts in order', async () => {
  const random = new Seeded(seedFor('parts'));
  const numbers = Array.from(
    { length: 20_000 },
    () => `${random.between(0, 500)} ${random.next()}`,
  );
  const { fs, paths } = filesOf([`${numbers.join('\n')}\n`]);
  const outputs = ['data/p0', 'data/p1', 'data/p2'];
  for (const unique of [false, true]) {
    const options = {
      key: '1,1n',
      stable: true,
      memoryBytes: 1 << 20,
      parallel: 2,
      unique,
      env: realEnv({ fs }),
    };
    await sortFile(paths, 'data/all', options);
    const report = await sortFile(paths, outputs, options);
    const parts = outputs.map((path) => readFile(fs, path).toString());
    expect(parts.join('')).toBe(readFile(fs, 'data/all').toString());
    expect(report.bytes).toBe(parts.join('').length);
    const keys = parts.map((part) => new Set(part.split('\n').map((line) => line.split(' ')[0])));
    for (const key of keys[0]!) if (key !== '') expect(keys[1]!.has(key)).toBe(false);
    if (!unique) for (const part of parts) expect(part.length).toBeGreaterThan(1000);
  }
  // Of nothing there are empty parts, and no temporary file stays.
  writeFile(fs, 'data/none', Buffer.alloc(0));
  await sortFile('data/none', outputs, { env: realEnv({ fs }) });
  for (const path of outputs) expect(fs.statSync(path)!.size).toBe(0);
  const names = fs.listSync('data').map(({ name }) => name);
  expect(names.sort()).toEqual(['all', 'in-0', 'none', 'p0', 'p1', 'p2']);
});

test('sortFile merges sorted files without sorting them', async () => {
  const seeded = new Seeded(seedFor('merge'));
  const parts = [0, 1, 2].map(() => lines(seeded, 40_000).sort());
  const { out } = await sortAll(parts.map(textOf), { ...small, merge: true });
  expect(out.equals(Buffer.from(textOf(parts.flat().sort())))).toBe(true);
});

test('sortFile reads streams, writes to sinks, and tells how far it is', async () => {
  const { fs } = filesOf([]);
  const pieces: Buffer[] = [];
  const seen: number[] = [];
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const piece of ['b\nc', 'c\n', 'a']) yield Buffer.from(piece);
  }
  const sink = async (bytes: Uint8Array): Promise<void> => {
    pieces.push(Buffer.from(bytes));
  };
  await sortFile(stream(), sink, {
    env: realEnv({ fs }),
    temporaryDirectory: 'tmp',
    onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes),
  });
  expect(Buffer.concat(pieces).toString()).toBe('a\nb\ncc\n');
  expect(seen.at(-1)).toBe(1);
  expect(fs.listSync('tmp')).toEqual([]);
});

test('sortFile may write over its input', async () => {
  const { fs, paths } = filesOf(['b\na\n']);
  await sortFile(paths[0]!, paths[0]!, { env: realEnv({ fs }) });
  expect(readFile(fs, paths[0]!).toString()).toBe('a\nb\n');
});

test.each([
  [{ key: '0' }, 'counted from 1'],
  [{ key: '1,0.2' }, 'counted from 1'],
  [{ key: 'x' }, 'expected F[.C]'],
  [{ key: '1nM' }, "'nM' exclude each other"],
  [{ order: 'V' }, "'V' is not supported"],
  [{ order: 'q' }, "'q' is unknown"],
  [{ separator: 'ab' }, 'not one byte'],
  [{ memoryBytes: 5 }, 'memoryBytes is 5'],
  [{ parallel: 0 }, 'parallel is 0'],
  [{ record: { length: 0 } }, 'record.length is 0'],
  [{ record: { length: 4, keyStart: 2, keyLength: 3 } }, 'record.keyLength is 3'],
  [{ record: { length: 4 }, key: '1' }, 'no fields'],
] as const)('sortFile refuses %j', async (options, message) => {
  const error = await failure(sortAll(['a\n'], options));
  expect(error.code).toBe('OPTION_INVALID');
  expect(error.message).toContain(message);
});

test('sortFile tells a missing input, a directory and half a record by name', async () => {
  const { fs, paths } = filesOf(['abc']);
  const env = realEnv({ fs });
  const missing = await failure(sortFile('data/none', 'data/out', { env }));
  expect(missing).toMatchObject({ code: 'IO_NOT_FOUND', context: { path: 'data/none' } });
  const directory = await failure(sortFile('data', 'data/out', { env }));
  expect(directory.code).toBe('IO_IS_DIRECTORY');
  expect((await failure(sortFile(paths, 'data', { env }))).code).toBe('IO_IS_DIRECTORY');
  const half = await failure(sortFile(paths, 'data/out', { env, record: { length: 2 } }));
  expect(half).toMatchObject({ code: 'SORT_PARTIAL_RECORD', context: { position: 2 } });
  expect(fs.listSync('data').map(({ name }) => name)).toEqual(['in-0']);
});

test.each(['sort-runs-task', 'sort-merge-task'])(
  'a sort cancelled in %s leaves no temporary file and the old output',
  async (phase) => {
    const seeded = new Seeded(seedFor('cancel'));
    const { fs, paths } = filesOf([textOf(lines(seeded, 100_000)), 'old']);
    const env = realEnv({ fs });
    const stop = new AbortController();
    const inner = inlineExecutor({ env, workers: 2 });
    const executor: Executor = {
      ...inner,
      run: (call, options) => {
        if (call.module.href.includes(phase)) stop.abort();
        return inner.run(call, options);
      },
    };
    const { signal } = stop;
    const error = await failure(
      sortFile(paths[0]!, paths[1]!, { ...small, env, executor, signal }),
    );
    expect(error.code).toBe('IO_ABORTED');
    expect(fs.listSync('data').map(({ name }) => name)).toEqual(['in-0', 'in-1']);
    expect(readFile(fs, paths[1]!).toString()).toBe('old');
  },
);

test('a disk that fills up is told, and what was written for it goes', async () => {
  const seeded = new Seeded(seedFor('full'));
  const text = textOf(lines(seeded, 60_000));
  let failures = 0;
  for (let writes = 1; writes < 400; writes += 7) {
    const { fs, paths } = filesOf([text, 'old']);
    const faulty = new FaultFileSystem(fs, {
      rules: [
        { on: 'write', nth: writes, times: Infinity, fault: { kind: 'error', errno: 'ENOSPC' } },
      ],
    });
    const env = realEnv({ fs: faulty });
    const done = await sortFile(paths[0]!, paths[1]!, { ...small, env }).catch(
      (error: unknown) => error,
    );
    expect(fs.listSync('data').map(({ name }) => name)).toEqual(['in-0', 'in-1']);
    if (!(done instanceof StoreError)) break;
    expect(done.code).toBe('IO_NO_SPACE');
    expect(readFile(fs, paths[1]!).toString()).toBe('old');
    failures++;
  }
  expect(failures).toBeGreaterThan(1);
});

test('sortFile with worker threads equals the sort in one thread', async () => {
  const seeded = new Seeded(seedFor('threads'));
  const folder = temporaryFolder();
  const text = textOf(lines(seeded, 500_000));
  const input = join(folder, 'in');
  writeFileSync(input, text);
  const report = await sortFile(input, join(folder, 'out'), { memoryBytes: 4 << 20 });
  const { out } = await sortAll([text]);
  expect(readFileSync(join(folder, 'out')).equals(out)).toBe(true);
  expect(report.runs).toBeGreaterThan(1);
  expect(readdirSync(folder).sort()).toEqual(['in', 'out']);
});

test('checkSorted tells the first line out of order, by key and uniqueness', async () => {
  const { fs, paths } = filesOf(['a 2\nb 10\nb 10\nc 1\n', 'a\n\nb']);
  const check = (path: string, options: object): Promise<unknown> =>
    checkSorted(path, { fs, ...options });
  expect(await check(paths[0]!, {})).toBeUndefined();
  expect(await check(paths[0]!, { unique: true })).toMatchObject({ record: 3, position: 9 });
  expect(await check(paths[0]!, { key: '2n' })).toEqual({
    record: 4,
    position: 14,
    bytes: Uint8Array.from(Buffer.from('c 1')),
  });
  expect(await check(paths[1]!, {})).toMatchObject({ record: 2, position: 2 });
  expect(await check(paths[1]!, { order: 'r' })).toMatchObject({ record: 3, position: 3 });
  expect(await check(paths[0]!, { record: { length: 2 } })).toMatchObject({ record: 2 });
});
