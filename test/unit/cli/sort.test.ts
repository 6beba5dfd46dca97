import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { gnuSort, hasGnuSort } from '../mapreduce/sort-world.ts';
import { main, varve } from './cli-world.ts';

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'in');
  writeFileSync(path, text);
  return path;
}

test('varve sort reads standard input and writes standard output', async () => {
  const directory = temporaryFolder();
  const args = ['sort', '-T', directory];
  expect(await varve(args, { stdin: ['b\n', 'a'] })).toEqual({ code: 0, out: 'a\nb\n', err: '' });
  expect(await varve([...args, '-'], { stdin: [] })).toEqual({ code: 0, out: '', err: '' });
  expect(readdirSync(directory)).toEqual([]);
  const twice = await varve([...args, '-', '-']);
  expect(twice).toMatchObject({ code: 2 });
  expect(twice.err).toContain('can be read once');
});

test('varve sort takes options as GNU sort does: joined, repeated, anywhere', async () => {
  const path = fileOf('a:2\nb:10\nc:1\nc:1\n');
  const expected = { code: 0, out: 'b:10\na:2\nc:1\n', err: '' };
  expect(await varve(['sort', '-t:', '-k2nr', '-k', '1,1', path, '-u'])).toEqual(expected);
  expect(await varve(['sort', path, '-unrt:', '-k2'])).toEqual(expected);
  expect(await varve(['sort', '--key=2n', '-u', '-t', ':', '-S1M', path])).toMatchObject({
    out: 'c:1\na:2\nb:10\n',
  });
  expect((await varve(['sort', '-h', fileOf('1M\n2K\n')])).out).toBe('2K\n1M\n');
});

test('varve sort -o replaces its own input, and tells the result as JSON', async () => {
  const path = fileOf('b\na\n');
  const { code, out } = await varve(['sort', path, '-o', path, '--json', '--sync']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ records: 2, bytes: 4, runs: 1, rounds: 0 });
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
});

test('varve sort -c tells the first line out of order, -C only by its exit code', async () => {
  const path = fileOf('a\nc\nb\n');
  expect(await varve(['sort', '-c', path])).toEqual({
    code: 1,
    out: '',
    err: `varve sort: ${path}:3: disorder: b\n`,
  });
  expect(await varve(['sort', '-C', path])).toEqual({ code: 1, out: '', err: '' });
  expect(await varve(['sort', '-C', '-u', fileOf('a\na\n')])).toMatchObject({ code: 1 });
  expect(await varve(['sort', '-c'], { stdin: ['a\nb\n'] })).toMatchObject({ code: 0 });
  expect(await varve(['sort', '-c', path, path])).toMatchObject({ code: 2 });
});

test('varve sort orders records of fixed length by their keys', async () => {
  const path = fileOf('1b2a3c');
  const args = ['sort', '--record', '2', '--key-start', '1', '--key-bytes', '1'];
  expect((await varve([...args, path])).out).toBe('2a1b3c');
  const odd = await varve([...args, fileOf('1b2')]);
  expect(odd).toMatchObject({ code: 1 });
  expect(odd.err).toContain('SORT_PARTIAL_RECORD');
});

test.each([
  [['-k', '0'], 'counted from 1'],
  [['-nM'], 'exclude each other'],
  [['-t', 'ab'], 'expected one byte'],
  [['-S', '1x'], 'expected a size like'],
  [['--key-bytes', '3'], 'needs --record'],
  [['--record', '4', '--key-bytes', '5'], '--key-bytes'],
  [['--json'], 'needs --output'],
  [['--batch-size', '1'], '--batch-size'],
  [['--bufer-size', '1'], 'did you mean --buffer-size'],
])('varve sort %j is wrong usage', async (args, message) => {
  const { code, err } = await varve(['sort', ...args], { stdin: ['a\n'] });
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('varve sort tells a missing file, and shows progress on a terminal alone', async () => {
  const missing = await varve(['sort', join(temporaryFolder(), 'none')]);
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.err).toContain('IO_NOT_FOUND');
  const path = fileOf('b\na\n');
  expect((await varve(['sort', path], { isTerminal: true })).err).toContain('sort');
  expect((await varve(['sort', path, '--quiet'], { isTerminal: true })).err).toBe('');
});

test('varve sort as a process gives GNU sort bytes, with threads, from a pipe', () => {
  const text = Array.from(
    { length: 250_000 },
    (_, index) => `${(index * 7919) % 250_007} ${index % 10} some text that fills the line\n`,
  ).join('');
  const args = ['-k2,2n', '-k1,1nr', '-S', '4M', '--parallel', '2', '-T', temporaryFolder()];
  const ours = spawnSync(process.execPath, [main, 'sort', ...args], {
    input: text,
    maxBuffer: 1 << 28,
  });
  expect(ours.stderr.toString()).toBe('');
  expect(ours.stdout.length).toBe(text.length);
  const expected = hasGnuSort() ? gnuSort(args, Buffer.from(text)).out : ours.stdout;
  expect(ours.stdout.equals(expected)).toBe(true);
});
