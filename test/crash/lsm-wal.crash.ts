/** Power cuts while a write-ahead log is appended to, synced, rolled, archived and split. */
import { expect, test } from 'vitest';
import { joinPath, type CrashFileSystem } from '../../native-free-io/index.ts';
import { listRecoveredEdits } from '../../src/lsm/wal/recovered-edits.ts';
import { Wal } from '../../src/lsm/wal/wal.ts';
import { listWalFiles } from '../../src/lsm/wal/wal-names.ts';
import { splitWal } from '../../src/lsm/wal/wal-split.ts';
import { testCell } from '../helpers/lsm-cells.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { editOf, readLog } from '../helpers/wal-edits.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

const directory = '/data/WALs';

interface History {
  appended: number;
  /** Every edit up to here was acknowledged as durable. */
  durable: number;
  /** Every edit up to here was flushed, so that its log may be gone. */
  flushed: number;
}

function idsIn(fs: CrashFileSystem): number[] {
  return listWalFiles(fs, directory).flatMap(({ path }) => {
    const { entries } = readLog(fs, path);
    for (const { sequenceId, cells } of entries) {
      expect(cells[0]).toEqual(testCell({ row: `row-${sequenceId}`, sequenceId }));
    }
    return entries.map(({ sequenceId }) => sequenceId);
  });
}

test(
  'HB-18 a power cut at any moment loses no edit that was acknowledged, and invents none',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere('power cuts of a write-ahead log', {
      trace: (): History => ({ appended: 0, durable: 0, flushed: 0 }),
      run: async (fs, history) => {
        const { clock, timers } = manualEnv();
        const wal = await Wal.open({ env: { fs, clock, timers }, directory });
        const append = (count: number): void => {
          for (let i = 0; i < count; i++) {
            history.appended++;
            const id = history.appended;
            const padding = testCell({ qualifier: 'p', value: 'x'.repeat(3000) });
            wal.append(editOf(`region-${id % 2}`, id, [testCell({ row: `row-${id}` }), padding]));
          }
        };
        const sync = async (): Promise<void> => {
          const upTo = history.appended;
          await wal.sync();
          history.durable = Math.max(history.durable, upTo);
        };
        append(3);
        await sync();
        append(2);
        wal.flush();
        append(4);
        await sync();
        append(3);
        const rolled = wal.roll();
        append(2);
        await Promise.all([rolled, sync()]);
        wal.flushed('region-0', 12);
        wal.flushed('region-1', 11);
        history.flushed = 12;
        await wal.archive();
        append(5);
        await sync();
        append(2);
        await wal.close();
        history.durable = history.appended;
      },
      check: async (survivor, history) => {
        const ids = idsIn(survivor);
        const from = ids[0] ?? history.durable + 1;
        expect(from).toBeLessThanOrEqual(Math.max(1, history.flushed + 1, history.durable + 1));
        expect(ids).toEqual(Array.from(ids, (_, i) => from + i));
        const last = ids.at(-1) ?? from - 1;
        expect(last).toBeGreaterThanOrEqual(history.durable);
        expect(last).toBeLessThanOrEqual(history.appended);
        if (history.flushed === 0) expect(from).toBe(1);
        await Promise.resolve();
      },
    });
    expect(report.operations).toBeGreaterThan(15);
  },
);

test(
  'HBASE-20723: a power cut while a log is split leaves what a second split makes whole',
  { timeout: cutTimeoutMs },
  async () => {
    const { clock, timers } = manualEnv();
    const split = async (fs: CrashFileSystem): Promise<void> => {
      for (const { path } of listWalFiles(fs, directory)) {
        await splitWal(path, { fs, regionDirectory: (region) => joinPath('/data', region) });
      }
    };
    await cutEverywhere('power cuts of a split', {
      trace: () => ({}),
      prepare: async (fs) => {
        const wal = await Wal.open({ env: { fs, clock, timers }, directory });
        for (let id = 1; id <= 6; id++) wal.append(editOf(`region-${id % 2}`, id));
        await wal.roll();
        for (let id = 7; id <= 9; id++) wal.append(editOf(`region-${id % 2}`, id));
        await wal.close();
      },
      run: (fs) => split(fs),
      check: async (survivor) => {
        await split(survivor);
        for (const [region, expected] of [
          ['region-0', [2, 4, 6, 8]],
          ['region-1', [1, 3, 5, 7, 9]],
        ] as const) {
          const ids = listRecoveredEdits(survivor, joinPath('/data', region)).flatMap(({ path }) =>
            readLog(survivor, path).entries.map(({ sequenceId }) => sequenceId),
          );
          expect(ids).toEqual(expected);
        }
      },
    });
  },
);
