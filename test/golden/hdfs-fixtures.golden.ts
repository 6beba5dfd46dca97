/** What a DataNode of Apache Hadoop wrote before it was killed, opened by varve. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BlockStore } from '../../src/blocks/index.ts';
import { readAll } from '../helpers/block-world.ts';
import { bytesAt } from '../helpers/byte-pattern.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const fixtures = fileURLToPath(new URL('../fixtures/hdfs', import.meta.url));

test.each(readdirSync(fixtures))('HD-19 a directory of Hadoop %s opens: finalized at once, rbw recovered', async (version) => {
  const dir = join(temporaryFolder(), 'volume');
  cpSync(join(fixtures, version, 'killed'), dir, { recursive: true });
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
