/**
 * A real process that appends to a real directory, killed without warning again and again.
 *
 * The process says on its output what was acknowledged as synced; the parent kills it after some
 * number of lines and then looks: everything acknowledged is there, every record is the one that
 * belongs at its offset, all files are sound. In every other round the parent only reads, so that
 * the next process finds the lock of a dead owner and files nobody has repaired.
 *
 * The process runs the compiled library, because Node 20 does not run TypeScript. `VARVE_SEED`
 * repeats the moments, as far as a race can be; `VARVE_KILL_ROUNDS` sets how many (default 12).
 */
import { expect, test } from 'vitest';
import { linesUntilKilled, tellSource } from '../helpers/killed-program.ts';
import { PartitionLog, verifyPartition } from '../../src/log/index.ts';
import { plainRecords } from '../helpers/batches.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const rounds = Number(process.env['VARVE_KILL_ROUNDS'] ?? 12);
const library = new URL('../../dist/src/index.js', import.meta.url).href;
const config = { 'segment.bytes': 8192, 'index.interval.bytes': 200 };

/** Small segments, batches of several sizes, up to four appends at once, log starts that move. */
const program = `
${tellSource}
const [library, dir, config] = process.argv.slice(1);
const { PartitionLog } = await import(library);
tell('opening');
const log = await PartitionLog.open({ dir, config: JSON.parse(config) });
tell('open ' + log.logEndOffset);
let next = log.logEndOffset;
async function append(count) {
  const records = Array.from({ length: count }, () => ({ value: 'value ' + next++ + '.'.repeat(next % 90) }));
  const { lastOffset } = await log.append(records, { durability: 'synced' });
  tell('synced ' + lastOffset);
}
for (let turn = 0; ; turn++) {
  await Promise.all([append(1 + turn % 5), append(1 + turn % 3), append(9), append(2)]);
  if (turn % 20 === 19) {
    await log.deleteRecordsBefore(next - 100);
    tell('starts ' + (next - 100));
    await log.applyRetention();
  }
}
`;

interface Acknowledged {
  /** Last offset known to be synced. */
  synced: number;
  start: number;
}

function note(acknowledged: Acknowledged, line: string): void {
  const [word, offset] = line.split(' ');
  if (word === 'synced') acknowledged.synced = Math.max(acknowledged.synced, Number(offset));
  if (word === 'starts') acknowledged.start = Math.max(acknowledged.start, Number(offset));
}

/** Lets a process append until it has said `lines` lines, kills it, and takes all it said. */
async function appendAndKill(
  dir: string,
  lines: number,
  acknowledged: Acknowledged,
): Promise<number> {
  const args = [library, dir, JSON.stringify(config)];
  const whole = await linesUntilKilled(program, args, lines);
  for (const line of whole) note(acknowledged, line);
  return whole.length;
}

async function check(dir: string, acknowledged: Acknowledged, readOnly: boolean): Promise<void> {
  await using log = await PartitionLog.open({ dir, config, readOnly });
  expect(log.logEndOffset).toBeGreaterThan(acknowledged.synced);
  expect(log.logStartOffset).toBeGreaterThanOrEqual(acknowledged.start);
  let next: number | undefined;
  for await (const batch of log.read({ from: log.logStartOffset })) {
    for (const { offset, value } of plainRecords(batch.cursor())) {
      expect(offset).toBe(next ?? offset);
      expect(value).toBe(`value ${offset}${'.'.repeat((offset + 1) % 90)}`);
      next = offset + 1;
    }
  }
  expect(next ?? 0).toBe(log.logEndOffset);
}

test(
  'a process killed at any moment loses nothing it acknowledged as synced',
  { timeout: 30_000 + rounds * 5000 },
  async () => {
    const random = new Seeded(seedFor('kill'));
    const dir = `${temporaryFolder()}/orders-0`;
    const acknowledged: Acknowledged = { synced: -1, start: 0 };
    let said = 0;
    for (let round = 0; round < rounds; round++) {
      // The first line comes before the open, the second after it.
      const lines = random.chance(0.2) ? random.between(1, 2) : random.between(3, 150);
      said += await appendAndKill(dir, lines, acknowledged);
      if (acknowledged.synced < 0) continue;
      const readOnly = round % 2 === 0;
      await check(dir, acknowledged, readOnly);
      if (!readOnly) expect((await verifyPartition({ dir })).problems).toEqual([]);
    }
    await check(dir, acknowledged, false);
    expect(said).toBeGreaterThan(rounds);
    expect((await verifyPartition({ dir })).problems).toEqual([]);
  },
);
