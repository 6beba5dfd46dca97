/**
 * An empty partition that had been closed in order got an empty producer snapshot at offset 0 when
 * it was opened, a file that no broker writes. Found by comparing directories with Apache Kafka's.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PartitionLog } from '../../src/log/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('an empty log opened as cleanly closed has no snapshot at offset 0', async () => {
  const dir = join(temporaryFolder(), 'empty-0');
  mkdirSync(dir);
  for (const type of ['log', 'index', 'timeindex']) {
    writeFileSync(join(dir, `${'0'.repeat(20)}.${type}`), '');
  }
  const clean = { logEndOffset: 0, activeBaseOffset: 0, activeSize: 0 };
  const checkpoint = { version: 1, logStartOffset: 0, recoveryPoint: 0, clean };
  writeFileSync(join(dir, '.varve_checkpoint'), JSON.stringify(checkpoint));
  await using log = await PartitionLog.open({ dir });
  const snapshots = (): string[] => readdirSync(dir).filter((name) => name.endsWith('.snapshot'));
  expect(snapshots()).toEqual([]);
  log.appendSync([{ value: 'one' }, { value: 'two' }]);
  await log.close();
  expect(snapshots()).toEqual(['00000000000000000002.snapshot']);
});
