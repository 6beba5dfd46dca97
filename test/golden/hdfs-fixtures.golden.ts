/** What a DataNode of Apache Hadoop wrote before it was killed, opened by varve. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BlockStore } from '../../src/blocks/index.ts';
import { bytesAt } from '../crash/tracked-blocks.ts';
import { readAll } from '../helpers/block-world.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const fixture = fileURLToPath(new URL('../fixtures/hdfs/3.4.1/killed', import.meta.url));

test('a directory of Hadoop 3.4.1 opens: finalized blocks at once, rbw after recovery', async () => {
  const dir = join(temporaryFolder(), 'volume');
  cpSync(fixture, dir, { recursive: true });
  await using store = await BlockStore.open({ dirs: [dir] });
  expect(store.blockPoolId).toMatch(/^BP-\d+-127\.0\.0\.1-\d+$/);
  expect(store.loadReport).toMatchObject({ replicas: 3, aside: [], repairs: [] });
  expect(store.loadReport.recovered).toMatchObject([{ id: 1073741827n, length: 1077 }]);
  expect((await readAll(store, 1073741825n)).equals(bytesAt(0, 1024))).toBe(true);
  expect((await readAll(store, 1073741826n)).equals(bytesAt(1024, 476))).toBe(true);
  expect(store.stat(1073741827n)).toMatchObject({ state: 'rwr', generationStamp: 1003 });
  await store.recover(1073741827n, { generationStamp: 1004 });
  expect((await readAll(store, 1073741827n)).equals(bytesAt(0, 1077))).toBe(true);
  for (const { id } of store.list()) expect((await store.verify(id))?.problems).toEqual([]);
});
