/**
 * Power cuts while the indexes of transactional segments are built anew: an aborted record must
 * never come back as a committed one.
 */
import { expect, test } from 'vitest';
import { CrashFileSystem, joinPath } from '../../native-free-io/index.ts';
import {
  PartitionLog,
  reindexPartition,
  verifyPartition,
  type LogConfigInput,
} from '../../src/log/index.ts';
import { collect, markerBatch, producerBatch } from '../helpers/batches.ts';
import { segmentFile } from '../helpers/log-world.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { dir, worldOn } from './tracked-log.ts';

const config: LogConfigInput = { 'index.interval.bytes': 0 };
/** What a committed reader sees of the log that is written first. */
const committed = ['0 2', '4 1', '5 2', '9 1', '10 2', '14 1'];

/** Three segments, each with a committed and an aborted transaction; all durable. */
async function writeTransactions(fs: CrashFileSystem): Promise<void> {
  const log = await PartitionLog.open({ dir, config, env: worldOn(fs) });
  for (let segment = 0; segment < 3; segment++) {
    const append = (id: bigint): unknown =>
      log.appendBatchesSync(producerBatch({ id, sequence: segment }, { transactional: true }));
    const end = (id: bigint, aborted: boolean): unknown =>
      log.appendBatchesSync(markerBatch({ id, aborted }), { origin: 'coordinator' });
    append(2n);
    append(1n);
    end(1n, true);
    end(2n, false);
    log.appendSync([{ key: '1', value: 'plain' }]);
    await log.roll();
  }
  await log.close();
}

/** Offsets and keys of the records that were committed. */
async function committedIn(log: PartitionLog): Promise<string[]> {
  const records = await collect(log.read({ isolation: 'read_committed' }));
  return records.map(({ offset, key }) => `${offset} ${key}`);
}

async function checkSurvivor(survivor: CrashFileSystem): Promise<void> {
  const env = worldOn(survivor);
  const log = await PartitionLog.open({ dir, config, env });
  expect(await committedIn(log)).toEqual(committed);
  await log.close();
  expect((await verifyPartition({ dir, env })).problems).toEqual([]);
}

/** Damage that makes the loader build the indexes of the first two segments anew. */
const damages: Record<string, (fs: CrashFileSystem) => void> = {
  'a lost index': (fs) => {
    for (const base of [0, 5]) fs.removeFileSync(joinPath(dir, segmentFile(base, 'index')));
  },
  'a lost time index': (fs) => {
    for (const base of [0, 5]) fs.removeFileSync(joinPath(dir, segmentFile(base, 'timeindex')));
  },
  'a transaction index that makes no sense': (fs) => {
    const file = fs.openSync(joinPath(dir, segmentFile(5, 'txnindex')), 'write');
    file.writeSync(new Uint8Array(34), 0, 34, 0);
    file.closeSync();
  },
};

test.each(Object.keys(damages))(
  'a power cut while the next open mends %s leaves no aborted record committed',
  { timeout: cutTimeoutMs },
  async (damage) => {
    const report = await cutEverywhere(`power cuts while mending ${damage}`, {
      prepare: async (fs) => {
        await writeTransactions(fs);
        damages[damage]!(fs);
      },
      trace: () => undefined,
      run: async (fs) => {
        const log = await PartitionLog.open({ dir, config, env: worldOn(fs) });
        expect(log.loadReport.recoveredSegments).toBeGreaterThan(0);
        await log.close();
      },
      check: checkSurvivor,
    });
    expect(report.operations).toBeGreaterThan(20);
  },
);

test(
  'a power cut while all indexes are built anew leaves no aborted record committed',
  { timeout: cutTimeoutMs },
  async () => {
    await cutEverywhere('power cuts while reindexing', {
      prepare: writeTransactions,
      trace: () => undefined,
      run: async (fs) => {
        await reindexPartition({ dir, config, env: worldOn(fs) });
      },
      check: checkSurvivor,
    });
  },
);
