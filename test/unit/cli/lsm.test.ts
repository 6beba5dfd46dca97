/** `varve lsm`: every command, its output and its exit code. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { varve } from './cli-world.ts';

const fresh = (): string => join(temporaryFolder(), 'db');

async function ok(...args: string[]): Promise<string> {
  const { code, out, err } = await varve(['lsm', ...args]);
  expect(err + String(code)).toBe('0');
  return out;
}

test('cells that were put are got, scanned and deleted', async () => {
  const dir = fresh();
  await ok('create', dir, 'metrics', 'd', '--versions', '2');
  await ok('put', dir, 'metrics', 'host1', 'd:temp', '21', '--timestamp', '5');
  await ok('put', dir, 'metrics', 'host1', 'd:temp', '22', '--timestamp', '6');
  await ok('put', dir, 'metrics', 'host2', 'd:', 'empty qualifier');
  expect(await ok('get', dir, 'metrics', 'host1', '--versions', '2')).toBe(
    'host1\td:temp\t22\nhost1\td:temp\t21\n',
  );
  expect(JSON.parse(await ok('get', dir, 'metrics', 'host1', '--json'))).toEqual({
    row: 'host1',
    column: 'd:temp',
    timestamp: 6,
    value: '22',
  });
  expect(await ok('scan', dir, 'metrics', '--prefix', 'host', '--reverse', '--limit', '1')).toBe(
    'host2\td:\tempty qualifier\n',
  );
  expect(await ok('scan', dir, 'metrics', '--count')).toBe('2 rows, 2 cells\n');
  await ok('delete', dir, 'metrics', 'host1', 'd:temp');
  const gone = await varve(['lsm', 'get', dir, 'metrics', 'host1']);
  expect(gone).toEqual({ code: 1, out: '', err: 'no such row\n' });
});

test('what export prints, import takes, as lines and as JSON', async () => {
  const dir = fresh();
  await ok('create', dir, 'from', 'd', 'e');
  const lines = 'a\td:q\t1\nb\te:x\tzwei\n';
  const imported = await varve(['lsm', 'import', dir, 'from', '--quiet'], { stdin: [lines] });
  expect(imported).toEqual({ code: 0, out: '2 lines imported\n', err: '' });
  expect(await ok('export', dir, 'from', '--quiet')).toBe(lines);
  const json = await ok('export', dir, 'from', '--quiet', '--json');
  await ok('create', dir, 'to', 'd', 'e');
  await varve(['lsm', 'import', dir, 'to', '--json', '--quiet'], { stdin: [json] });
  expect(await ok('export', dir, 'to', '--quiet', '--json')).toBe(json);
});

test('files are flushed, compacted, split, counted and verified', async () => {
  const dir = fresh();
  await ok('create', dir, 't', 'd', '--encoding', 'ROW_INDEX_V1', '--compression', 'gz');
  for (const row of ['a', 'b', 'c', 'd']) {
    await ok('put', dir, 't', row, 'd:q', row);
    await ok('flush', dir, 't');
  }
  expect(await ok('compact', dir, 't', '--major')).toMatch(/ before, 1 now/);
  expect(await ok('split', dir, 't', 'c')).toBe('2 regions\n');
  expect(await ok('stat', dir, 't')).toMatch(/\["", "c"\)[\s\S]*\["c", ""\)/);
  expect(await ok('verify', dir, '--quiet')).toMatch(/, 4 cells, 0 problems\n$/);
  const copy = join(dir, '..', 'copy');
  await ok('checkpoint', dir, copy);
  await ok('drop', dir, 't');
  expect(await ok('stat', dir)).toBe('');
  expect(await ok('scan', copy, 't', '--count')).toBe('4 rows, 4 cells\n');
});

test.each([
  [['get', 'nowhere', 't', 'r'], 2, /no database in 'nowhere'/],
  [['put', 'DIR', 't', 'r', 'no column', 'v'], 2, /expected FAMILY:QUALIFIER/],
  [['get', 'DIR', 'absent', 'r'], 1, /no table 'absent' \[LSM_TABLE_NOT_FOUND\]/],
  [['put', 'DIR', 't', 'r', 'x:q', 'v'], 1, /LSM_FAMILY_NOT_FOUND/],
])('varve lsm %j ends with %i and says why', async (args, expected, message) => {
  const dir = fresh();
  await ok('create', dir, 't', 'd');
  const { code, err } = await varve(['lsm', ...args.map((arg) => (arg === 'DIR' ? dir : arg))]);
  expect(code).toBe(expected);
  expect(err).toMatch(message);
});

test('a line that import cannot take is told by its number', async () => {
  const dir = fresh();
  await ok('create', dir, 't', 'd');
  const { code, err } = await varve(['lsm', 'import', dir, 't'], { stdin: ['a\td:q\t1\nbad\n'] });
  expect(code).toBe(2);
  expect(err).toMatch(/line 2: expected row<TAB>family:qualifier<TAB>value/);
});
