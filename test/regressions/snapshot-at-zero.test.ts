/**
 * A new partition taken up by a log directory got an empty producer snapshot at offset 0, a file
 * that no broker writes. Found by comparing directories with Apache Kafka's.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { FilePool } from '../../src/log/file-pool.ts';
import { IndexCache } from '../../src/log/index-cache.ts';
import { PartitionLog } from '../../src/log/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('a new log opened as cleanly closed has no snapshot at offset 0', async () => {
  const dir = join(temporaryFolder(), 'new-0');
  await using log = await PartitionLog.open(
    { dir },
    {
      clean: true,
      recoveryPoint: 0,
      logStartOffset: 0,
      highWatermark: undefined,
      cleanerOffset: undefined,
      shared: { files: new FilePool(nodeFileSystem), indexes: new IndexCache() },
    },
  );
  const snapshots = () => readdirSync(dir).filter((name) => name.endsWith('.snapshot'));
  expect(snapshots()).toEqual([]);
  log.appendSync([{ value: 'one' }, { value: 'two' }]);
  await log.close();
  expect(snapshots()).toEqual(['00000000000000000002.snapshot']);
});
