/**
 * A table against a map of versions: random histories of changes, flushes, compactions, splits,
 * merges and reopenings; the same history under several sets of options; after each step both must
 * say the same, forward and in reverse, now and at snapshots.
 *
 * `VARVE_SEED` replays a run; `VARVE_MODEL_STEPS` and `VARVE_MODEL_RUNS` make it longer.
 */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../native-free-io/index.ts';
import {
  Database,
  type EngineInput,
  type FamilyInput,
  type Snapshot,
} from '../../src/lsm/index.ts';
import { codeOfPromise, nothingThrown } from '../helpers/codes.ts';
import { manualEnv } from '../helpers/manual-env.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import {
  addTo,
  expected,
  rowNames,
  scanned,
  TableModel,
  textOf,
  type Cells,
} from '../helpers/table-model.ts';

const seed = seedFor('model of the lsm');
const steps = Number(process.env['VARVE_MODEL_STEPS'] ?? 30);
const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 2);

interface Shape {
  readonly name: string;
  readonly engine: EngineInput;
  readonly family: FamilyInput;
}

const shapes: readonly Shape[] = [
  { name: 'defaults', engine: {}, family: {} },
  {
    name: 'tiny memstores and blocks',
    engine: { flushBytes: 1500, compactionMinBytes: 1 },
    family: { blockBytes: 100 },
  },
  {
    name: 'no compaction, row index, column filters',
    engine: { flushBytes: 1024, compactionPolicy: 'none' },
    family: { encoding: 'ROW_INDEX_V1', bloom: 'ROWCOL', compression: 'gz', blockBytes: 200 },
  },
  {
    name: 'small regions, no filters',
    engine: { flushBytes: 1024, regionBytes: 6000, compactionMin: 2 },
    family: { bloom: 'NONE', compression: 'snappy' },
  },
];

class World {
  readonly fs = new MemoryFileSystem();
  readonly env = { ...manualEnv(seed), fs: this.fs };
  readonly shape: Shape;
  readonly model = new TableModel({ families: { f: 1, g: 3 } });
  database!: Database;
  snapshots: { readonly snapshot: Snapshot; readonly cells: Cells }[] = [];

  constructor(shape: Shape) {
    this.shape = shape;
  }

  async open(): Promise<void> {
    this.database = await Database.open('/db', { env: this.env, ...this.shape.engine });
    if (this.database.hasTable('model')) return;
    const { family } = this.shape;
    await this.database.createTable('model', {
      families: { f: { ...family, versions: 1 }, g: { ...family, versions: 3 } },
    });
  }

  get table(): ReturnType<Database['table']> {
    return this.database.table('model');
  }

  dropSnapshots(): void {
    for (const { snapshot } of this.snapshots) snapshot.close();
    this.snapshots = [];
  }
}

async function step(world: World, random: Seeded): Promise<void> {
  const { model, table } = world;
  const draw = random.next();
  if (draw < 0.66) {
    const changes = model.drawBatch(random, random.between(1, 12));
    for (const change of changes) model.apply(change);
    const durability = random.pick(['ASYNC_WAL', 'SYNC_WAL'] as const);
    await table.write(addTo(table, changes), { durability });
    // Puts of one column and one millisecond are one version, as upstream has it.
    world.env.time.advance(20);
  } else if (draw < 0.76) await table.flush();
  else if (draw < 0.84) await table.compact({ major: random.chance(0.5) });
  else if (draw < 0.88 && world.snapshots.length < 3) {
    world.snapshots.push({ snapshot: table.snapshot(), cells: model.copy() });
  } else if (draw < 0.92) {
    await table.admin.split(random.chance(0.5) ? random.pick(rowNames) : undefined);
  } else if (draw < 0.95) {
    const [first, second] = table.admin.regions;
    if (second !== undefined) {
      // The database splits by itself, too, and may be first.
      const code = await codeOfPromise(table.admin.merge(first!.encodedName, second.encodedName));
      expect(['LSM_BUSY', nothingThrown]).toContain(code);
    }
  } else {
    world.dropSnapshots();
    await world.database.close();
    await world.open();
  }
}

function compare(world: World, random: Seeded): void {
  const cells = world.model.copy();
  const { table } = world;
  const batchRows = random.pick([1, 2, 100]);
  const reverse = random.chance(0.4);
  const versions = random.pick([1, 2, 100]);
  expect(scanned(table, { batchRows, reverse, versions })).toEqual(
    expected(cells, { reverse, versions }),
  );
  const cellsPerRow = random.between(1, 3);
  expect(scanned(table, { cellsPerRow, batchRows })).toEqual(expected(cells));
  for (let i = 0; i < 6; i++) {
    const row = random.pick(rowNames);
    const [family, qualifier] = random.pick([
      ['f', 'a'],
      ['g', ''],
      ['g', 'ab'],
    ] as const);
    const value = table.valueSync(row, family, qualifier);
    const known = cells.get(`${row}/${family}/${qualifier}`)?.[0];
    expect(value === undefined ? undefined : textOf(value), `${row}/${family}/${qualifier}`).toBe(
      known,
    );
  }
  for (const { snapshot, cells: then } of world.snapshots) {
    expect(scanned(table, { snapshot, batchRows })).toEqual(expected(then));
  }
}

describe.each(shapes)('with $name', (shape) => {
  test.each(Array.from({ length: runs }, (_, run) => run))(
    'a table says what a map of versions says, run %i',
    { timeout: 30_000 + steps * 1000 },
    async (run) => {
      const random = new Seeded(seed + run);
      const world = new World(shape);
      await world.open();
      for (let index = 0; index < steps; index++) {
        await step(world, random);
        compare(world, random);
      }
      world.dropSnapshots();
      await world.database.close();
    },
  );
});
