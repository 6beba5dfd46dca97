/**
 * A real process that appends to a write-ahead log, killed without warning again and again: what it
 * said was durable is there, in order, each edit as it was written.
 *
 * The process runs the compiled library, because Node 20 does not run TypeScript.
 * `VARVE_KILL_ROUNDS` sets how many rounds (default 3).
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linesUntilKilled, tellSource } from '../helpers/killed-program.ts';
import { nodeFileSystem } from '../../native-free-io/index.ts';
import { listWalFiles } from '../../src/lsm/wal/wal-names.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { readLog } from '../helpers/wal-edits.ts';

const rounds = Number(process.env['VARVE_KILL_ROUNDS'] ?? 3);
const root = new URL('../../dist/src/', import.meta.url).href;

/** Edits of several sizes, some waited for together, small files. */
const program = `
${tellSource}
const [root, directory, first] = process.argv.slice(1);
const { Wal, writeKeyValue, keyValueBytes } = await import(root + 'lsm/index.js');
const { realEnv } = await import(root + 'env/index.js');
const text = (value) => new TextEncoder().encode(value);
const wal = await Wal.open({ env: realEnv(), directory, rollBytes: 20_000 });
let id = Number(first);
function append() {
  const sequenceId = ++id;
  const cell = { row: text('row-' + sequenceId), family: text('f'), qualifier: text('q'), timestamp: 1,
    type: 4, value: text('v'.repeat(sequenceId % 700)) };
  const length = keyValueBytes(cell);
  const bytes = new Uint8Array(4 + length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, length);
  writeKeyValue(bytes, view, 4, cell);
  wal.append({ region: 'r' + sequenceId % 2, table: 't', sequenceId, writeTimeMs: 1, cellCount: 1,
    bytes, start: 0, end: bytes.length });
}
for (;;) {
  for (let i = 0; i < 1 + id % 7; i++) append();
  const upTo = id;
  await wal.commit(upTo % 5 === 0 ? 'FSYNC_WAL' : 'SYNC_WAL');
  tell(upTo);
  if (wal.isRollDue) await wal.roll();
}
`;

/** Lets a process append until it has said `lines` lines, kills it; returns the last durable id. */
async function appendAndKill(directory: string, first: number, lines: number): Promise<number> {
  const told = await linesUntilKilled(program, [root, directory, String(first)], lines);
  return Number(told.at(-1) ?? first);
}

test(
  'HB-18 a killed process leaves every edit that it was told is durable',
  { timeout: 30_000 + rounds * 10_000 },
  async () => {
    const seeded = new Seeded(seedFor('killed writers of a log'));
    const directory = join(temporaryFolder(), 'WALs');
    let last = 0;
    for (let round = 0; round < rounds; round++) {
      const durable = await appendAndKill(directory, last, seeded.between(1, 60));
      const ids = listWalFiles(nodeFileSystem, directory).flatMap(({ path }) =>
        readLog(nodeFileSystem, path).entries.map(({ sequenceId, cells }) => {
          expect(cells[0]).toMatchObject({ row: `row-${sequenceId}` });
          expect(cells[0]!.value).toHaveLength(sequenceId % 700);
          return sequenceId;
        }),
      );
      expect(ids).toEqual(Array.from(ids, (_, i) => i + 1));
      expect(ids.length).toBeGreaterThanOrEqual(durable);
      last = ids.length;
    }
  },
);
