import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { HFileOutput, LogInput } from '../../../src/adapters/index.ts';
import { realEnv } from '../../../src/env/index.ts';
import { PartitionLog } from '../../../src/log/index.ts';
import { Database } from '../../../src/lsm/index.ts';
import { TextInput } from '../../../src/mapreduce/index.ts';
import { resultsOf, runInline } from '../../helpers/jobs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const texts = {
  mapKey: 'textBytes',
  mapValue: 'textBytes',
  key: 'textBytes',
  value: 'textBytes',
} as const;
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
