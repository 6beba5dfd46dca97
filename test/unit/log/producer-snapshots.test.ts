import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeProducerSnapshot } from '../../../src/log/format/producer-snapshot.ts';
import { ProducerSnapshots } from '../../../src/log/producer-snapshots.ts';
import { ProducerState } from '../../../src/log/producer-state.ts';
import { headerOf, producerBatch } from '../../helpers/batches.ts';
import { segmentFile } from '../../helpers/log-world.ts';
import { ObservedFileSystem } from '../../helpers/observed-fs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** A state of so many producers, as of an offset. */
function stateOf(producers: number, endOffset: number): ProducerState {
  const state = new ProducerState();
  for (let id = 0; id < producers; id++) {
    state.recordBatch(headerOf(producerBatch({ id: BigInt(id), sequence: 0 })));
  }
  state.endOffset = endOffset;
  return state;
}

function snapshotsIn(dir: string, ...offsets: readonly number[]) {
  const observed = new ObservedFileSystem();
  const names = offsets.map((offset) => segmentFile(offset, 'snapshot'));
  const snapshots = new ProducerSnapshots(observed.fs, dir, [...names, 'other', '7.snapshot']);
  const path = (offset: number) => join(dir, segmentFile(offset, 'snapshot'));
  return { observed, snapshots, path };
}

describe('ProducerSnapshots', () => {
  test('knows the offsets in the names it is given, in order', () => {
    const { snapshots } = snapshotsIn(temporaryFolder(), 30, 5, 200);
    expect(snapshots.offsets).toEqual([5, 30, 200]);
    expect(snapshots.latestOffset).toBe(200);
    expect(snapshotsIn(temporaryFolder()).snapshots.latestOffset).toBe(-1);
  });

  test('takes one only beyond the latest', () => {
    const { snapshots, path } = snapshotsIn(temporaryFolder());
    snapshots.take(stateOf(1, 10));
    snapshots.take(stateOf(2, 10));
    snapshots.take(stateOf(2, 9));
    expect(snapshots.offsets).toEqual([10]);
    expect(decodeProducerSnapshot(readFileSync(path(10)))).toHaveLength(1);
  });

  test('a shorter one over an older of the same name leaves no bytes of it', () => {
    const { snapshots, path } = snapshotsIn(temporaryFolder());
    snapshots.write(stateOf(5, 10), 10);
    snapshots.write(stateOf(1, 10), 10);
    expect(decodeProducerSnapshot(readFileSync(path(10)))).toHaveLength(1);
    expect(snapshots.offsets).toEqual([10]);
  });

  test('loads the newest at or below an offset', () => {
    const { snapshots } = snapshotsIn(temporaryFolder());
    for (const [producers, offset] of [
      [1, 10],
      [2, 20],
      [3, 30],
    ] as const) {
      snapshots.write(stateOf(producers, offset), offset);
    }
    const loaded = (offset: number) => {
      const state = new ProducerState();
      return [snapshots.loadNewest(state, offset), state.size, state.endOffset];
    };
    expect([loaded(9), loaded(10), loaded(29), loaded(1e9)]).toEqual([
      [undefined, 0, 0],
      [10, 1, 10],
      [20, 2, 20],
      [30, 3, 30],
    ]);
  });

  test.each([
    ['empty', new Uint8Array(0)],
    ['cut short', new Uint8Array([0, 1, 2])],
    ['of another version', new Uint8Array([0, 2, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['zeros', new Uint8Array(56)],
  ])('one that is %s is removed and the next older one taken', (_name, bytes) => {
    const { snapshots, path } = snapshotsIn(temporaryFolder());
    snapshots.write(stateOf(1, 10), 10);
    snapshots.write(stateOf(2, 20), 20);
    writeFileSync(path(20), bytes);
    const state = new ProducerState();
    expect([snapshots.loadNewest(state, 25), state.size]).toEqual([10, 1]);
    expect([existsSync(path(20)), snapshots.offsets]).toEqual([false, [10]]);
  });

  test('syncs each written one once, and none that is gone', () => {
    const { observed, snapshots } = snapshotsIn(temporaryFolder());
    snapshots.write(stateOf(1, 10), 10);
    snapshots.write(stateOf(1, 20), 20);
    snapshots.remove(10);
    snapshots.syncNow();
    snapshots.syncNow();
    expect(observed.of('sync').map(({ file }) => file)).toEqual([segmentFile(20, 'snapshot')]);
  });

  test('removal and release of what is not there do no harm', () => {
    const { snapshots, path } = snapshotsIn(temporaryFolder(), 99);
    snapshots.remove(5);
    expect([snapshots.release(5), snapshots.release(99)]).toEqual([false, false]);
    snapshots.write(stateOf(1, 10), 10);
    expect(snapshots.release(10)).toBe(true);
    expect([existsSync(path(10)), existsSync(`${path(10)}.deleted`)]).toEqual([false, true]);
    expect(snapshots.offsets).toEqual([]);
  });

  test('removes where asked', () => {
    const { snapshots, path } = snapshotsIn(temporaryFolder());
    for (const offset of [10, 20, 30]) snapshots.write(stateOf(1, offset), offset);
    snapshots.removeWhere((offset) => offset >= 20);
    expect(snapshots.offsets).toEqual([10]);
    expect([10, 20, 30].map((offset) => existsSync(path(offset)))).toEqual([true, false, false]);
  });
});
