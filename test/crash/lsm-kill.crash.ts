/**
 * A real process that writes to a real database, killed without warning again and again: every row
 * acknowledged as durable is there, no row is there in part.
 *
 * The process runs the compiled library. `VARVE_SEED` repeats the moments as far as a race can be;
 * `VARVE_KILL_ROUNDS` sets how many (default 4).
 */
import { expect, test } from 'vitest';
import { linesUntilKilled, tellSource } from '../helpers/killed-program.ts';
import { Database } from '../../src/lsm/index.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const rounds = Number(process.env['VARVE_KILL_ROUNDS'] ?? 4);
const library = new URL('../../dist/src/lsm/index.js', import.meta.url).href;

/** Small memstores, so that flushes and compactions are always under way, two families a row. */
const program = `
${tellSource}
const [library, dir] = process.argv.slice(1);
const { Database } = await import(library);
tell('opening');
const db = await Database.open(dir, { flushBytes: 6000, compactionMin: 2, logRollBytes: 20000 });
const table = db.hasTable('t') ? db.table('t') : await db.createTable('t', { families: { a: {}, b: {} } });
let next = Number(Buffer.from(table.valueSync('next', 'a', 'n') ?? '0').toString());
async function put() {
  const n = next++;
  const row = 'row' + String(n).padStart(9, '0');
  const value = 'v'.repeat(n % 90);
  await table.batch([{ row, put: { a: { q: value }, b: { q: value } } }, { row: 'next', put: { a: { n: String(n + 1) } } }]);
  tell('durable ' + n);
}
for (;;) await Promise.all([put(), put(), put(), put()]);
`;

async function writeAndKill(dir: string, lines: number): Promise<number> {
  let durable = -1;
  for (const line of await linesUntilKilled(program, [library, dir], lines)) {
    if (line.startsWith('durable ')) durable = Math.max(durable, Number(line.slice(8)));
  }
  return durable;
}

async function check(dir: string, durable: number): Promise<void> {
  await using database = await Database.open(dir);
  const table = database.table('t');
  let next = 0;
  for await (const batch of table.scan({ prefix: 'row' })) {
    for (const row of batch) {
      const value = 'v'.repeat(next % 90);
      expect(Buffer.from(row.key).toString()).toBe(`row${String(next).padStart(9, '0')}`);
      for (const family of ['a', 'b']) {
        expect(Buffer.from(row.value(family, 'q')!).toString()).toBe(value);
      }
      next++;
    }
  }
  expect(next).toBeGreaterThan(durable);
}

test(
  'HB-18 a process killed at any moment loses no row it acknowledged, and tears none',
  { timeout: 30_000 + rounds * 10_000 },
  async () => {
    const random = new Seeded(seedFor('kill of the lsm'));
    const dir = `${temporaryFolder()}/db`;
    let durable = -1;
    for (let round = 0; round < rounds; round++) {
      durable = Math.max(durable, await writeAndKill(dir, random.between(2, 300)));
      // In every other round the next process recovers by itself.
      if (durable >= 0 && round % 2 === 1) await check(dir, durable);
    }
    if (durable < 0) durable = await writeAndKill(dir, 100);
    await check(dir, durable);
    expect(durable).toBeGreaterThan(0);
  },
);
