/** Random filters, alone and combined, over the cells of random-files.ts. */
import type { Comparison, Filter } from '../../../src/lsm/index.ts';
import type { Seeded } from '../../helpers/seeded.ts';
import { nowMs, qualifiers } from './random-files.ts';

const comparisons: readonly Comparison[] = ['<', '<=', '=', '!=', '>=', '>'];

export function drawFilter(seeded: Seeded): Filter {
  // The hints by which a column prefix seeks get lost in HBase's lists when a scan is reversed.
  const filters = Array.from({ length: seeded.between(1, 3) }, () => drawLeaf(seeded)).filter(
    ({ kind }) => kind !== 'columnPrefix',
  );
  if (filters.length === 0) return drawLeaf(seeded);
  switch (seeded.between(0, 7)) {
    case 0:
      return { kind: 'skip', filter: drawLeaf(seeded, ofCells) };
    case 1:
      return { kind: 'while', filter: drawLeaf(seeded, ofCells) };
    case 2:
      return { kind: 'any', filters };
    case 3:
      return { kind: 'all', filters };
    case 4:
      return { kind: 'all', filters: [{ kind: 'any', filters }, drawLeaf(seeded)] };
    default:
      return drawLeaf(seeded);
  }
}

/** The first of `drawLeaf` that judges cells: `skip` and `while` judge row keys otherwise. */
const ofCells = 3;

function drawLeaf(seeded: Seeded, from = 0): Filter {
  const is = seeded.pick(comparisons);
  switch (seeded.between(from, 8)) {
    case 0:
      return { kind: 'prefix', prefix: seeded.pick(['r', 'r2', 'r22', 'r3', 'x']) };
    case 1:
      return { kind: 'row', is, row: seeded.pick(['r1', 'r2', 'r22', 'r3']) };
    case 2:
      return { kind: 'page', rows: seeded.between(1, 4) };
    case 3:
      return { kind: 'columnPrefix', prefix: seeded.pick(['', 'a', 'ab', 'b']) };
    case 4:
      return { kind: 'qualifier', is, qualifier: seeded.pick(qualifiers) };
    case 5:
      return { kind: 'value', is, value: `v${seeded.between(1, 99)}` };
    case 6: {
      const ifMissing = seeded.pick(['exclude', 'include'] as const);
      const column = { family: 'f', qualifier: seeded.pick(qualifiers) };
      return { kind: 'columnValue', ...column, is, value: `v${seeded.between(1, 99)}`, ifMissing };
    }
    case 7:
      return { kind: 'firstKeyOnly' };
    default: {
      const timestamps = Array.from(
        { length: seeded.between(1, 3) },
        () => nowMs - seeded.between(-1, 10) * 500,
      );
      return { kind: 'timestamps', timestamps };
    }
  }
}
