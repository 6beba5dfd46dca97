/** When a simulated crash strikes, what works then, and the disk that is left. */
import { describe, expect, test } from 'vitest';
import {
  CrashFileSystem,
  InvalidArgumentError,
  SimulatedCrash,
  StoreError,
} from '../../../../native-free-io/index.ts';
import { diskWith, snapshot, sync, thrown, write } from './crash-helpers.ts';
import { bytesOf, namesIn, put, textOf } from './disk-helpers.ts';

describe('when it strikes', () => {
  test('every operation that changes or syncs is counted, and no other', () => {
    const fs = new CrashFileSystem({ trace: true });
    fs.makeDirectorySync('/d/e');
    fs.makeDirectorySync('/d');
    const file = fs.openSync('/d/f', 'create');
    fs.openSync('/d/f', 'create').closeSync();
    file.writeSync(new Uint8Array(10), 2, 5, 100);
    file.writeVectorSync([new Uint8Array(3), new Uint8Array(4)], 7);
    file.writeSync(new Uint8Array(10), 0, 0, 0);
    file.readSync(new Uint8Array(4), 0, 4, 0);
    file.truncateSync(50);
    file.syncSync();
    fs.linkSync('/d/f', '/d/g');
    fs.renameSync('/d/g', '/h');
    fs.removeFileSync('/h');
    fs.setModifiedTimeSync('/d/f', 77);
    fs.syncDirectorySync('/d');
    fs.removeDirectorySync('/d/e');
    fs.statSync('/d/f');
    fs.listSync('/d');
    fs.spaceSync('/');
    file.sizeSync();
    file.closeSync();
    expect(fs.trace).toEqual([
      '#0 makeDirectory /d/e',
      '#1 create /d/f',
      '#2 write /d/f 5 bytes at 100',
      '#3 writeVector /d/f 7 bytes at 7',
      '#4 truncate /d/f to 50',
      '#5 sync /d/f',
      '#6 link /d/f as /d/g',
      '#7 rename /d/g to /h',
      '#8 remove /h',
      '#9 setModifiedTime /d/f to 77',
      '#10 syncDirectory /d',
      '#11 remove /d/e',
    ]);
    expect(fs.operations).toBe(12);
  });

  test('the armed operation throws before, halfway or after taking effect', () => {
    const left = { before: 'old-', halfway: 'NEWW', after: 'NEWWER--' };
    for (const moment of ['before', 'halfway', 'after'] as const) {
      const fs = diskWith({ '/f': 'old-' });
      const file = fs.openSync('/f', 'write');
      fs.crashAt(fs.operations + 1, moment);
      file.syncSync();
      const bytes = new TextEncoder().encode('NEWWER--');
      const vector = [bytes.subarray(0, 3), bytes.subarray(3)];
      const error = thrown(() => file.writeVectorSync(vector, 0));
      expect(error).toBeInstanceOf(SimulatedCrash);
      expect(textOf(fs.afterCrash('keep-all'), '/f')).toBe(left[moment]);
    }
  });

  test('a sync struck halfway has made some of the writes durable', () => {
    const fs = diskWith({ '/f': '....' });
    for (const [index, letter] of ['a', 'b', 'c', 'd'].entries()) write(fs, '/f', letter, index);
    fs.crashAt(fs.operations, 'halfway');
    expect(() => sync(fs, '/f')).toThrow(SimulatedCrash);
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('ab..');
    expect(textOf(fs.afterCrash('keep-all'), '/f')).toBe('abcd');
  });

  test('a crash right after a sync leaves what was synced', () => {
    const fs = diskWith({ '/f': 'old' });
    write(fs, '/f', 'new', 0);
    fs.crashAt(fs.operations, 'after');
    expect(() => sync(fs, '/f')).toThrow(SimulatedCrash);
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('new');
  });

  test('everything after it throws too, in both forms, except closing', async () => {
    const fs = diskWith({ '/f': 'text' });
    const file = fs.openSync('/f', 'write');
    fs.crashAt(fs.operations);
    expect(() => fs.renameSync('/f', '/g')).toThrow(SimulatedCrash);
    expect(fs.hasCrashed).toBe(true);
    const bytes = new Uint8Array(4);
    const calls: (() => unknown)[] = [
      () => fs.openSync('/f', 'read'),
      () => fs.statSync('/f'),
      () => fs.listSync('/'),
      () => fs.makeDirectorySync('/'),
      () => fs.removeFileSync('/f'),
      () => fs.syncDirectorySync('/'),
      () => fs.spaceSync('/'),
      () => fs.lockSync('/lock'),
      () => file.readSync(bytes, 0, 4, 0),
      () => file.readVectorSync([bytes], 0),
      () => file.writeSync(bytes, 0, 4, 0),
      () => file.sizeSync(),
      () => file.truncateSync(0),
      () => file.syncSync(),
    ];
    for (const call of calls) expect(call, call.toString()).toThrow(SimulatedCrash);
    await expect(fs.open('/f', 'read')).rejects.toThrow(SimulatedCrash);
    await expect(file.read(bytes, 0, 4, 0)).rejects.toThrow(SimulatedCrash);
    await file.close();
    expect(textOf(fs.afterCrash('keep-all'), '/f')).toBe('text');
  });

  test('crash() strikes between operations', () => {
    const fs = diskWith({ '/f': 'text' });
    fs.crash();
    expect(() => fs.statSync('/f')).toThrow(SimulatedCrash);
  });

  test('the error says which operation it was', () => {
    const fs = diskWith({});
    fs.crashAt(fs.operations);
    const error = thrown(() => fs.makeDirectorySync('/d'));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'IO_FAILED', name: 'SimulatedCrash' });
    const context = { path: '/d', operation: 'makeDirectory', index: fs.operations - 1 };
    expect(error).toMatchObject({ context });
  });

  test('an operation that has passed cannot be armed', () => {
    const fs = diskWith({ '/f': 'text' });
    expect(() => fs.crashAt(fs.operations - 1)).toThrow(InvalidArgumentError);
    expect(() => fs.crashAt(Number.NaN)).toThrow(InvalidArgumentError);
  });
});

describe('after it', () => {
  test('the lock of the crashed process is taken over', () => {
    const fs = diskWith({});
    fs.lockSync('/lock');
    expect(() => fs.lockSync('/lock')).toThrow('locked by process 2');
    const after = fs.afterCrash('keep-all');
    const lock = after.lockSync('/lock');
    expect(() => after.lockSync('/lock')).toThrow('locked by process 3');
    lock.releaseSync();
  });

  test('what survived is durable, and the old disk is as it was', () => {
    const fs = new CrashFileSystem();
    put(fs, '/f', 'text');
    const after = fs.afterCrash('keep-all');
    write(after, '/f', 'TEXT', 0);
    expect(textOf(after.afterCrash('lose-all'), '/f')).toBe('text');
    expect(textOf(fs, '/f')).toBe('text');
    expect(namesIn(fs.afterCrash('lose-all'), '/')).toEqual([]);
    expect(after.operations).toBe(1);
  });

  test('one seed gives one outcome', () => {
    const fs = new CrashFileSystem();
    for (const name of 'abcdefgh') put(fs, `/${name}`, name.repeat(3000));
    const state = (seed: number): string => snapshot(fs.afterCrash('random', seed));
    for (let seed = 0; seed < 20; seed++) expect(state(seed)).toBe(state(seed));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => state(seed))).size).toBeGreaterThan(10);
  });

  test('capacity and clock are those of the crashed disk', () => {
    const fs = new CrashFileSystem({ capacityBytes: 8192, now: () => 42 });
    put(fs, '/f', 'text');
    const after = fs.afterCrash('keep-all');
    expect(after.spaceSync('/')).toEqual({ total: 8192, available: 4096 });
    put(after, '/g', 'text');
    expect(after.statSync('/g')?.mtimeMs).toBe(42);
    expect(() => put(after, '/h', 'text')).toThrow('ENOSPC');
    expect(textOf(after.afterCrash('keep-all'), '/h'), 'what did not fit is not kept').toBe('');
  });

  test('a write that filled the disk is kept as far as it fitted', () => {
    const fs = new CrashFileSystem({ capacityBytes: 4096 });
    expect(() => put(fs, '/f', 'x'.repeat(5000))).toThrow('ENOSPC');
    expect(bytesOf(fs.afterCrash('keep-all'), '/f').length).toBe(4096);
    sync(fs, '/f');
    fs.syncDirectorySync('/');
    expect(bytesOf(fs.afterCrash('lose-all'), '/f').length).toBe(4096);
  });
});

describe('clone', () => {
  test('takes along what is pending, and each side goes its own way', () => {
    const fs = diskWith({ '/f': 'old', '/gone': 'still durable' });
    fs.makeDirectorySync('/d');
    put(fs, '/d/g', 'pending');
    fs.syncDirectorySync('/d');
    write(fs, '/f', 'new', 0);
    fs.removeFileSync('/gone');
    fs.crashAt(fs.operations + 100);
    const copy = fs.clone();
    expect(copy.operations).toBe(0);
    expect(snapshot(copy)).toBe(snapshot(fs));
    const expected = snapshot(fs.afterCrash('lose-all'));
    expect(snapshot(copy.afterCrash('lose-all'))).toBe(expected);
    for (let seed = 0; seed < 50; seed++) {
      const theirs = snapshot(copy.afterCrash('random', seed));
      expect(theirs).toBe(snapshot(fs.afterCrash('random', seed)));
    }
    sync(copy, '/f');
    copy.syncDirectorySync('/');
    expect(textOf(copy.afterCrash('lose-all'), '/f')).toBe('new');
    expect(textOf(copy.afterCrash('lose-all'), '/gone')).toBeUndefined();
    expect(snapshot(fs.afterCrash('lose-all'))).toBe(expected);
  });

  test('a clone of a crashed disk runs', () => {
    const fs = diskWith({ '/f': 'text' });
    fs.crash();
    const copy = fs.clone();
    expect(textOf(copy, '/f')).toBe('text');
    expect(copy.hasCrashed).toBe(false);
  });
});
