/** The memstore's tree against a sorted array, whatever the order and likeness of the keys. */
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../../../../src/lsm/format/comparator.ts';
import { keyValueBytes, writeKeyValue } from '../../../../src/lsm/format/kv-encoder.ts';
import { SeekKey } from '../../../../src/lsm/format/seek-key.ts';
import { CellArena } from '../../../../src/lsm/memstore/cell-arena.ts';
import { CellTree } from '../../../../src/lsm/memstore/cell-tree.ts';
import { CellTreeCursor } from '../../../../src/lsm/memstore/cell-tree-cursor.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const seed = seedFor('memstore');
const family = Buffer.from('f');

interface Known {
  readonly row: Buffer;
  readonly key: Uint8Array;
  readonly sequenceId: number;
}

class World {
  readonly arena = new CellArena();
  readonly tree = new CellTree(this.arena);
  readonly known: Known[] = [];

  insert(row: Buffer, qualifier: string, timestamp: number): void {
    const cell = {
      row,
      family,
      qualifier: Buffer.from(qualifier),
      timestamp,
      type: 4,
      value: Buffer.from('v'),
    };
    const length = keyValueBytes(cell);
    const at = this.arena.take(length + 4);
    this.arena.view.setInt32(at, length);
    writeKeyValue(this.arena.bytes, this.arena.view, at + 4, cell);
    const sequenceId = this.known.length + 1;
    this.tree.insert(at + 4, sequenceId);
    const keyLength = this.arena.view.getInt32(at + 4);
    const key = new Uint8Array(this.arena.bytes.subarray(at + 12, at + 12 + keyLength));
    this.known.push({ row, key, sequenceId });
  }

  sorted(): number[] {
    return this.known
      .toSorted(
        (a, b) =>
          compareKeys(a.key, 0, a.key.length, b.key, 0, b.key.length) ||
          b.sequenceId - a.sequenceId,
      )
      .map(({ sequenceId }) => sequenceId);
  }

  walked(): number[] {
    const cursor = new CellTreeCursor(this.tree, 0);
    const found: number[] = [];
    for (let stands = cursor.first(); stands; stands = cursor.next()) {
      found.push(cursor.cell.sequenceId);
    }
    return found;
  }
}

const shapes: readonly (readonly [string, (random: Seeded, index: number) => Buffer])[] = [
  ['random bytes', (random) => Buffer.from(random.bytes(random.between(1, 12)))],
  ['ascending with a long common part', (_, i) => Buffer.from(`a/long/common/part/${1e6 + i}`)],
  ['descending', (_, i) => Buffer.from(`row${1e6 - i}`)],
  ['prefixes of each other', (random) => Buffer.alloc(random.between(1, 90), 0x61)],
  ['few rows, many versions', (random) => Buffer.from(`r${random.between(0, 3)}`)],
  ['zeros and ff', (random) => Buffer.from(random.bytes(8).map((byte) => (byte & 1 ? 255 : 0)))],
];

describe.each(shapes)('with rows: %s', (_, rowOf) => {
  test('cells come in order, seeks stop at the first not below, backwards at the last below', () => {
    const random = new Seeded(seed);
    const world = new World();
    for (let i = 0; i < 2500; i++) {
      world.insert(rowOf(random, i), random.pick(['', 'a', 'b']), random.between(1, 5));
    }
    const order = world.sorted();
    expect(world.walked()).toEqual(order);
    const cursor = new CellTreeCursor(world.tree, 0);
    const key = new SeekKey();
    const keys = order.map((sequenceId) => world.known[sequenceId - 1]!.key);
    for (let i = 0; i < 200; i++) {
      const row = random.chance(0.7) ? random.pick(world.known).row : rowOf(random, i + 9000);
      const target = key.firstOnRow(row);
      const isBelow = (one: Uint8Array): boolean =>
        compareKeys(one, 0, one.length, target.bytes, 0, target.keyLength) < 0;
      const expected = keys.findIndex((one) => !isBelow(one));
      const stands = cursor.seek(target);
      expect(stands ? cursor.cell.sequenceId : undefined).toBe(order[expected]);
      const before = (expected < 0 ? order.length : expected) - 1;
      const standsBefore = cursor.seekBefore(target);
      expect(standsBefore ? cursor.cell.sequenceId : undefined).toBe(order[before]);
    }
  });
});

test('a cursor goes on where it stood when cells are inserted meanwhile', () => {
  const random = new Seeded(seed);
  const world = new World();
  const row = (): Buffer => Buffer.from(random.bytes(5));
  for (let i = 0; i < 500; i++) world.insert(row(), 'q', 1);
  const before = world.sorted();
  const cursor = new CellTreeCursor(world.tree, 0);
  const met: number[] = [];
  for (let stands = cursor.first(); stands; stands = cursor.next()) {
    met.push(cursor.cell.sequenceId);
    world.insert(row(), 'q', 1);
  }
  expect(met.filter((sequenceId) => sequenceId <= 500)).toEqual(before);
});
