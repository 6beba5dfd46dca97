/**
 * A table as a map of maps: what the store must say after any history of changes that it stamps
 * itself. Versions of a column newest first; nothing is ever compacted here.
 */
import type { Database, Snapshot, Table } from '../../src/lsm/index.ts';
import type { Seeded } from './seeded.ts';

type Versions = string[];
/** `row/family/qualifier` to versions. */
export type Cells = ReadonlyMap<string, readonly string[]>;

export const rowNames: readonly string[] = Array.from(
  { length: 24 },
  (_, i) => `row-${i % 3}-${i}`,
);
const qualifiers = ['', 'a', 'ab', 'b'];

export interface ModelShape {
  readonly families: Readonly<Record<string, number>>;
}

export type Change =
  | { kind: 'put'; row: string; family: string; qualifier: string; value: string }
  | { kind: 'deleteRow'; row: string }
  | { kind: 'deleteFamily'; row: string; family: string }
  | { kind: 'deleteColumn'; row: string; family: string; qualifier: string };

export class TableModel {
  readonly shape: ModelShape;
  #cells = new Map<string, Versions>();
  #counter = 0;

  constructor(shape: ModelShape, cells?: Cells) {
    this.shape = shape;
    for (const [key, versions] of cells ?? []) this.#cells.set(key, [...versions]);
  }

  copy(): Cells {
    return new Map([...this.#cells].map(([key, versions]) => [key, [...versions]]));
  }

  draw(random: Seeded): Change {
    const row = random.pick(rowNames);
    const family = random.pick(Object.keys(this.shape.families));
    const qualifier = random.pick(qualifiers);
    const draw = random.next();
    if (draw < 0.72) {
      const value = `v${this.#counter++}${'x'.repeat(random.between(0, 30))}`;
      return { kind: 'put', row, family, qualifier, value };
    }
    if (draw < 0.88) return { kind: 'deleteColumn', row, family, qualifier };
    if (draw < 0.95) return { kind: 'deleteFamily', row, family };
    return { kind: 'deleteRow', row };
  }

  /** Changes of which no two put the same column. */
  drawBatch(random: Seeded, size: number): Change[] {
    const put = new Set<string>();
    return Array.from({ length: size }, () => this.draw(random)).filter((change) => {
      if (change.kind !== 'put') return true;
      const key = keyOf(change.row, change.family, change.qualifier);
      const isFirst = !put.has(key);
      put.add(key);
      return isFirst;
    });
  }

  apply(change: Change): void {
    if (change.kind === 'put') {
      const key = keyOf(change.row, change.family, change.qualifier);
      const versions = this.#cells.get(key) ?? [];
      versions.unshift(change.value);
      versions.length = Math.min(versions.length, this.shape.families[change.family]!);
      this.#cells.set(key, versions);
      return;
    }
    for (const key of this.#cells.keys()) {
      const [row, family, qualifier] = key.split('/');
      if (row !== change.row) continue;
      if (change.kind !== 'deleteRow' && family !== change.family) continue;
      if (change.kind === 'deleteColumn' && qualifier !== change.qualifier) continue;
      this.#cells.delete(key);
    }
  }
}

export function keyOf(row: string, family: string, qualifier: string): string {
  return `${row}/${family}/${qualifier}`;
}

export function addTo(table: Table, changes: readonly Change[]): ReturnType<Table['batchOf']> {
  const batch = table.batchOf();
  for (const change of changes) {
    if (change.kind === 'put') {
      batch.putCell(change.row, change, change.value);
    } else if (change.kind === 'deleteRow') batch.delete(change.row);
    else if (change.kind === 'deleteFamily') batch.delete(change.row, { family: change.family });
    else {
      const { family, qualifier } = change;
      batch.delete(change.row, { family, qualifier });
    }
  }
  return batch;
}

/** Everything a scan says, in its order: `row/family/qualifier` with the versions. */
export function scanned(
  table: Table,
  options: {
    readonly reverse?: boolean;
    readonly snapshot?: Snapshot;
    readonly batchRows?: number;
    readonly cellsPerRow?: number;
    readonly versions?: number;
  } = {},
): [string, string[]][] {
  const found: [string, string[]][] = [];
  for (const batch of table.scanSync({ versions: 100, ...options })) {
    for (const row of batch) {
      for (const cell of row.cells()) {
        const key = keyOf(textOf(cell.row), cell.family, textOf(cell.qualifier));
        if (found.at(-1)?.[0] !== key) found.push([key, []]);
        found.at(-1)![1].push(textOf(cell.value));
      }
    }
  }
  return found;
}

/** What `scanned` should say. */
export function expected(
  cells: Cells,
  options: { readonly reverse?: boolean; readonly versions?: number } = {},
): [string, string[]][] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const parts = (key: string): string[] => key.split('/');
  return [...cells]
    .map(([key, versions]): [string, string[]] => [
      key,
      versions.slice(0, options.versions ?? versions.length),
    ])
    .sort(([a], [b]) => {
      const [rowA, ...restA] = parts(a);
      const [rowB, ...restB] = parts(b);
      const byRow = order(rowA!, rowB!);
      if (byRow !== 0) return options.reverse === true ? -byRow : byRow;
      return order(restA.join('\0'), restB.join('\0'));
    });
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

export async function makeModelTable(database: Database, shape: ModelShape): Promise<Table> {
  const families = Object.fromEntries(
    Object.entries(shape.families).map(([name, versions]) => [name, { versions }]),
  );
  return database.createTable('model', { families });
}
