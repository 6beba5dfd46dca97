/** A standalone HBase takes the store files of our engine in, and serves what our engine serves. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../../../src/lsm/index.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { fromJava, type JavaCell } from './cells.ts';
import { HBaseJvm } from './jvm.ts';

let jvm: HBaseJvm;
beforeAll(async () => {
  jvm = await HBaseJvm.start();
});
afterAll(() => jvm[Symbol.asyncDispose]());

test(
  'HB-17 flushed and compacted tables of ours are loaded by HBase and read the same',
  { timeout: 240_000 },
  async () => {
    const folder = temporaryFolder();
    await using database = await Database.open(join(folder, 'db'), { compactionPolicy: 'none' });
    const ours = await database.createTable('ours', {
      families: {
        fam: { versions: 3, encoding: 'FAST_DIFF', compression: 'gz', blockBytes: 1000 },
      },
    });
    for (let round = 0; round < 3; round++) {
      const batch = ours.batchOf();
      for (let i = 0; i < 500; i++) {
        const column = { family: 'fam', qualifier: `q${i % 3}` };
        batch.putCell(`row${String(i % 200).padStart(4, '0')}`, column, `${round}.${i}`);
      }
      await ours.write(batch);
      if (round === 1) await ours.delete('row0007');
      await ours.flush();
      if (round === 1) await ours.compact({ major: true });
    }
    const { encodedName } = ours.admin.regions[0]!;
    const load = join(folder, 'load', 'fam');
    mkdirSync(load, { recursive: true });
    const from = join(folder, 'db', 'data', 'default', 'ours', encodedName, 'fam');
    cpSync(from, load, { recursive: true, filter: (path) => !path.includes('.filelist') });

    const table = 'theirs';
    await jvm.request('cluster.start', { directory: join(folder, 'hbase') });
    await jvm.request('cluster.create', { table, family: 'fam', versions: 3 });
    await jvm.request('cluster.load', { table, directory: join(folder, 'load') });
    const scanned = await jvm.request<JavaCell[]>('cluster.scan', { table });
    const seen = scanned.map(fromJava).map((cell) => `${cell.row} ${cell.timestamp} ${cell.value}`);
    const expected: string[] = [];
    for (const batch of ours.scanSync({ versions: 3 })) {
      for (const row of batch) {
        for (const cell of row.cells()) {
          const [key, value] = [cell.row, cell.value].map((bytes) => Buffer.from(bytes).toString());
          expected.push(`${key} ${cell.timestamp} ${value}`);
        }
      }
    }
    expect(expected.length).toBeGreaterThan(500);
    expect(seen).toEqual(expected);
  },
);
