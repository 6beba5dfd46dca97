import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import {
  BlockFileInput,
  HFileInput,
  HFileOutput,
  LogInput,
  TableInput,
} from '../../../src/adapters/index.ts';
import { BlockStore } from '../../../src/blocks/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import { PartitionLog } from '../../../src/log/index.ts';
import { Database } from '../../../src/lsm/index.ts';
import { TextInput } from '../../../src/mapreduce/index.ts';
import { countsOf, countTypes, resultsOf, runInline } from '../../helpers/jobs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const texts = {
  mapKey: 'textBytes',
  mapValue: 'textBytes',
  key: 'textBytes',
  value: 'textBytes',
} as const;
const columns = {
  module: new URL('../../helpers/job-modules/odd.mjs', import.meta.url),
  name: 'columns',
};
const identity = { map: 'identity', reduce: 'identity', types: texts } as const;

test('a range of a log is the input of a job: each record once, whatever the splits', async () => {
  const folder = temporaryFolder();
  const dir = `${folder}/orders-0`;
  {
    await using log = await PartitionLog.open({ dir });
    for (let batch = 0; batch < 20; batch++) {
      const records = [0, 1, 2].map((index) => ({ key: `k${batch * 3 + index}`, value: 'v' }));
      await log.append(records);
    }
  }
  for (const splits of [1, 4, 7]) {
    const job = await runInline(
      nodeFileSystem,
      {
        ...identity,
        input: LogInput(dir, { from: 5, to: 50, splits }),
        output: `${folder}/out${splits}`,
      },
      realEnv(),
    );
    const keys = (await resultsOf(job)).map(([key]) => Number(String(key).slice(1)));
    expect(keys.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, i) => i + 5));
    expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(splits);
  }
});

test('a job writes store files that a table takes in: a row each, in order', async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/in`, 'b\t2\na\t1\nc\t3\n');
  await runInline(
    nodeFileSystem,
    {
      ...identity,
      map: 'lines',
      input: TextInput(`${folder}/in`),
      output: HFileOutput(`${folder}/out`, { family: 'f', qualifier: 'q', timestamp: 1000 }),
    },
    realEnv(),
  );
  const db = await Database.open(`${folder}/data`);
  try {
    const table = await db.createTable('t', { families: { f: {} } });
    expect(await table.admin.bulkLoad(`${folder}/out`)).toBe(1);
    const row = await table.get('b');
    const values = [...row!.cells()].map(({ value }) => new TextDecoder().decode(value));
    expect(values).toEqual(['2']);
    expect([...(await table.get('c'))!.cells()]).toHaveLength(1);
  } finally {
    await db.close();
  }
});

test('store files are the input of a job: what was put, of the column that is asked for', async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/in`, 'b\t2\na\t1\nc\t3\n');
  const text = { ...identity, map: 'lines', input: TextInput(`${folder}/in`) };
  const files = `${folder}/files`;
  const output = HFileOutput(files, { family: 'f', qualifier: 'q', timestamp: 1000 });
  await runInline(nodeFileSystem, { ...text, output, reducers: 2 }, realEnv());
  const results = async (name: string, options: Parameters<typeof HFileInput>[1]) => {
    const input = HFileInput(files, options);
    const asText = { mapValue: 'text', value: 'text' } as const;
    const types = { ...texts, ...(options?.cells === true ? asText : {}) };
    const jobOptions = { ...identity, types, input, output: `${folder}/${name}` } as const;
    const job = await runInline(nodeFileSystem, jobOptions, realEnv());
    return (await resultsOf(job)).map((pair) => pair.map(String).join('='));
  };
  expect(await results('all', {})).toEqual(['a=1', 'b=2', 'c=3']);
  expect(await results('cells', { cells: true })).toEqual([
    'a=f:q\t1000\t1',
    'b=f:q\t1000\t2',
    'c=f:q\t1000\t3',
  ]);
  expect(await results('column', { family: 'f', qualifier: 'q' })).toEqual(['a=1', 'b=2', 'c=3']);
  expect(await results('other', { family: 'f', qualifier: 'r' })).toEqual([]);
});

test('a table at rest is the input of a job: what it says, a region each, and it stays as it is', async () => {
  const folder = temporaryFolder();
  const dir = `${folder}/data`;
  {
    await using db = await Database.open(dir);
    const table = await db.createTable('t', { families: { f: {}, g: {} } });
    for (let row = 0; row < 30; row++) {
      const name = String(row).padStart(2, '0');
      await table.put(`r${name}`, { f: { q: 'old' } });
      await table.put(`r${name}`, { f: { q: `v${name}` }, g: { x: 'other' } });
    }
    await table.delete('r07');
    await table.admin.flush();
    expect(await table.admin.split('r15')).toBe(true);
    // In the log alone.
    await table.put('r30', { f: { q: 'v30' } });
  }
  for (const round of [1, 2]) {
    const input = TableInput(dir, 't', { families: ['f'] });
    const output = `${folder}/out${round}`;
    const job = await runInline(nodeFileSystem, { ...identity, input, output }, realEnv());
    const found = (await resultsOf(job)).map((pair) => pair.map(String).join('='));
    const rows = Array.from({ length: 31 }, (_, row) => String(row).padStart(2, '0'));
    expect(found).toEqual(rows.filter((row) => row !== '07').map((row) => `r${row}=v${row}`));
    expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBe(2);
  }
});

test('a table gives its cells with column and time to functions, and as lines to commands', async () => {
  const folder = temporaryFolder();
  const dir = `${folder}/data`;
  {
    await using db = await Database.open(dir);
    const table = await db.createTable('t', { families: { f: {}, g: {} } });
    await table.put('r1', { f: { q: 'one' }, g: { x: 'two' } }, { timestamp: 7 });
    await table.put('r2', { f: { q: 'three' } }, { timestamp: 8 });
  }
  const input = TableInput(dir, 't', { cells: true });
  const counted = await runInline(
    nodeFileSystem,
    { input, output: `${folder}/columns`, map: columns, reduce: 'sum', types: countTypes },
    realEnv(),
  );
  expect(await resultsOf(counted)).toEqual([
    ['f:q 7', '1'],
    ['f:q 8', '1'],
    ['g:x 7', '1'],
  ]);
  const lines = await runInline(
    nodeFileSystem,
    { ...identity, input, output: `${folder}/lines`, map: { command: 'cat' }, reducers: 0 },
    realEnv(),
  );
  const found = (await resultsOf(lines)).map((pair) => pair.map(String).join('\t'));
  expect(found).toEqual(['r1\tf:q\t7\tone', 'r1\tg:x\t7\ttwo', 'r2\tf:q\t8\tthree']);
});

test('MR-07 files of a block store are the input of a job, whatever the splits', async () => {
  const folder = temporaryFolder();
  const dirs = [`${folder}/volume`];
  const text = 'the quick brown fox\njumps over the lazy dog\n'.repeat(200);
  {
    await using store = await BlockStore.open({ dirs });
    await store.putFile('/corpus', [Buffer.from(text)], { blockBytes: 2048 });
  }
  for (const splitBytes of [undefined, 333]) {
    const input = BlockFileInput(dirs, '/corpus', splitBytes === undefined ? {} : { splitBytes });
    const job = await runInline(
      nodeFileSystem,
      { input, output: `${folder}/out${splitBytes}` },
      realEnv(),
    );
    expect(await resultsOf(job)).toEqual(countsOf(text));
    expect(job.counters.job('TOTAL_LAUNCHED_MAPS')).toBeGreaterThan(3);
  }
});
