/**
 * Power cuts while tables are made, written, flushed, compacted, split and merged: what was
 * acknowledged as durable is there afterwards, and what is there is a prefix of what was written.
 */
import { expect, test } from 'vitest';
import type { FileSystem } from '../../native-free-io/index.ts';
import { Database, type EngineInput, type Table } from '../../src/lsm/index.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { Seeded } from '../helpers/seeded.ts';
import { addTo, expected, scanned, TableModel, type Cells } from '../helpers/table-model.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';

/** States of the table after each write, and how many writes were acknowledged as durable. */
class Trace {
  readonly states: Cells[];
  durable = 0;
  isMade = false;

  constructor(states: Cells[] = [new Map()]) {
    this.states = states;
  }
}

const shape = { families: { f: 1, g: 3 } };

class Run {
  readonly #random = new Seeded(11);
  readonly #model = new TableModel(shape);
  readonly #trace: Trace;
  readonly #env = manualEnv(7);
  readonly #fs: FileSystem;
  database!: Database;

  constructor(fs: FileSystem, trace: Trace) {
    this.#fs = fs;
    this.#trace = trace;
  }

  async open(engine: EngineInput = {}): Promise<void> {
    const env = { ...this.#env, fs: this.#fs };
    this.database = await Database.open('/data/db', { env, ...engine });
  }

  async make(splits: readonly string[] = []): Promise<void> {
    const families = { f: {}, g: { versions: 3 } };
    await this.database.createTable('model', { families, splits });
    this.#trace.isMade = true;
  }

  get table(): Table {
    return this.database.table('model');
  }

  async write(durability: 'ASYNC_WAL' | 'SYNC_WAL'): Promise<void> {
    this.#env.time.advance(20);
    const changes = this.#model.drawBatch(this.#random, 6);
    for (const change of changes) this.#model.apply(change);
    this.#trace.states.push(this.#model.copy());
    await this.table.write(addTo(this.table, changes), { durability });
    if (durability === 'SYNC_WAL') this.#trace.durable = this.#trace.states.length - 1;
  }

  /** What is in files is durable too. */
  async flush(): Promise<void> {
    await this.table.flush();
    this.#trace.durable = this.#trace.states.length - 1;
  }
}

let checks = 0;

async function check(fs: FileSystem, trace: Trace): Promise<void> {
  const database = await Database.open('/data/db', { env: { ...manualEnv(3), fs } });
  if (!database.hasTable('model')) {
    expect(trace.isMade).toBe(false);
    await database.close();
    return;
  }
  const table = database.table('model');
  const found = scanned(table);
  const matching = trace.states.findLastIndex(
    (cells) => JSON.stringify(expected(cells)) === JSON.stringify(found),
  );
  expect(matching, JSON.stringify(found)).toBeGreaterThanOrEqual(trace.durable);
  if (checks++ % 6 > 0) {
    await database.close();
    return;
  }
  // It takes writes, and gives them back after another opening: looked at now and then.
  await table.put('after', { f: { a: 'crash' } });
  await table.compact({ major: true });
  await database.close();
  const again = await Database.open('/data/db', { env: { ...manualEnv(4), fs } });
  expect(again.table('model').valueSync('after', 'f', 'a')).toEqual(Buffer.from('crash'));
  await again.close();
}

test(
  'HB-18 a power cut while a table is made, written and flushed loses nothing acknowledged',
  { timeout: cutTimeoutMs * 4 },
  async () => {
    const report = await cutEverywhere('power cuts of a table', {
      trace: () => new Trace(),
      run: async (fs, trace) => {
        const run = new Run(fs, trace);
        await run.open();
        await run.make();
        await run.write('SYNC_WAL');
        await run.write('ASYNC_WAL');
        await run.flush();
        await run.write('SYNC_WAL');
        await run.flush();
        await run.table.compact({ major: true });
      },
      check,
    });
    expect(report.operations).toBeGreaterThan(40);
  },
);

/** A table of some rows, closed in order, and what is in it. */
async function prepared(fs: FileSystem, splits: readonly string[]): Promise<Cells> {
  const trace = new Trace();
  const run = new Run(fs, trace);
  await run.open();
  await run.make(splits);
  await run.write('SYNC_WAL');
  await run.database.close();
  return trace.states.at(-1)!;
}

test.each([
  ['split', []],
  ['merged', ['row-1']],
])(
  'a power cut while a region is %s loses nothing and leaves one of both states',
  { timeout: cutTimeoutMs * 4 },
  async (change, splits) => {
    let cells: Cells = new Map();
    const report = await cutEverywhere(`power cuts while a region is ${change}`, {
      trace: () => Object.assign(new Trace([cells]), { isMade: true }),
      prepare: async (fs) => {
        cells = await prepared(fs, splits);
      },
      run: async (fs, trace, begin) => {
        const run = new Run(fs, trace);
        await run.open({ compactionPolicy: 'none' });
        begin();
        const { admin } = run.table;
        const [first, second] = admin.regions;
        if (second === undefined) await admin.split('row-1');
        else await admin.merge(first!.encodedName, second.encodedName);
      },
      check,
    });
    expect(report.operations).toBeGreaterThan(15);
  },
);
