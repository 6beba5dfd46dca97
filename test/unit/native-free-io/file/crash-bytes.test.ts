/** Which bytes of a file a simulated crash may leave. */
import { describe, expect, test } from 'vitest';
import type { CrashFileSystem, CrashPolicy } from '../../../../native-free-io/index.ts';
import { diskWith, outcomesOf, sync, write } from './crash-helpers.ts';
import { bytesOf, textOf } from './disk-helpers.ts';

const everyPolicy: readonly CrashPolicy[] = ['lose-all', 'keep-all', 'random'];

describe('bytes after a crash', () => {
  test('are lost without a sync, kept with one, and kept by keep-all', () => {
    const fs = diskWith({ '/f': 'synced' });
    write(fs, '/f', 'SYN', 0);
    write(fs, '/f', ' and more', 6);
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('synced');
    expect(textOf(fs.afterCrash('keep-all'), '/f')).toBe('SYNced and more');
    sync(fs, '/f');
    for (const policy of everyPolicy) {
      expect(textOf(fs.afterCrash(policy, 5), '/f')).toBe('SYNced and more');
    }
  });

  test('a sync covers what any handle and any name of the file wrote before it', () => {
    const fs = diskWith({ '/f': 'old' });
    fs.linkSync('/f', '/g');
    fs.syncDirectorySync('/');
    write(fs, '/g', 'new', 0);
    fs.renameSync('/g', '/h');
    sync(fs, '/f');
    write(fs, '/f', '!!!', 0);
    const after = fs.afterCrash('lose-all');
    expect([textOf(after, '/f'), textOf(after, '/g')]).toEqual(['new', 'new']);
    write(after, '/f', 'one', 0);
    expect(textOf(after, '/g'), 'two names are still one file').toBe('one');
  });

  test('are those of the moment of the write, whatever the caller does with its buffer', () => {
    const fs = diskWith({ '/f': '' });
    const file = fs.openSync('/f', 'write');
    const bytes = new TextEncoder().encode('text');
    file.writeSync(bytes, 0, 4, 0);
    bytes.fill(0);
    file.syncSync();
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('text');
  });

  test('a sync of one file does nothing for another', () => {
    const fs = diskWith({ '/f': 'f', '/g': 'g' });
    write(fs, '/f', 'F', 0);
    write(fs, '/g', 'G', 0);
    sync(fs, '/g');
    const after = fs.afterCrash('lose-all');
    expect([textOf(after, '/f'), textOf(after, '/g')]).toEqual(['f', 'G']);
  });

  test('a cut is lost or kept; bytes it removed come back only by losing it', () => {
    const fs = diskWith({ '/f': 'abcdef' });
    const file = fs.openSync('/f', 'write');
    file.truncateSync(2);
    file.truncateSync(5);
    const outcomes = outcomesOf(fs, (after) => textOf(after, '/f'));
    expect(outcomes).toEqual(new Set(['abcdef', 'ab', 'ab\0\0\0']));
    file.syncSync();
    expect(outcomesOf(fs, (after) => textOf(after, '/f'))).toEqual(new Set(['ab\0\0\0']));
  });

  test('an unsynced append leaves any part of itself, or zeros, never the old bytes changed', () => {
    const fs = diskWith({ '/f': 'x'.repeat(100) });
    write(fs, '/f', 'y'.repeat(10_000), 100);
    const shapes = outcomesOf(fs, (after) => shapeOf(bytesOf(after, '/f')));
    for (const shape of shapes) expect(shape).toMatch(/^x[y0]*$/);
    expect(shapes).toContain('x');
    expect(shapes).toContain('xy');
    expect(shapes).toContain('x0');
    expect([...shapes].some((shape) => shape.includes('0y'))).toBe(true);
  });

  test('an unsynced append is also torn: at a sector, and inside one', () => {
    const fs = diskWith({ '/f': '' });
    write(fs, '/f', 'y'.repeat(5000), 0);
    const sizes = outcomesOf(fs, (after) => {
      const bytes = bytesOf(after, '/f');
      return bytes.every((byte) => byte !== 0) ? bytes.length : -1;
    });
    expect([...sizes].some((size) => size > 0 && size < 5000 && size % 512 === 0)).toBe(true);
    expect([...sizes].some((size) => size > 0 && size < 5000 && size % 512 !== 0)).toBe(true);
  });

  test('overwritten sectors are old or new each for itself, and both ways of mixing occur', () => {
    const fs = diskWith({ '/f': 'o'.repeat(3 * 4096) });
    write(fs, '/f', 'n'.repeat(3 * 4096), 0);
    const shapes = outcomesOf(fs, (after) => shapeOf(bytesOf(after, '/f')), 400);
    for (const shape of ['o', 'n', 'no', 'on', 'non', 'ono']) expect(shapes).toContain(shape);
  });

  test('a sector holds the state after some number of its writes, not a later one alone', () => {
    const fs = diskWith({ '/f': '...' });
    write(fs, '/f', 'a', 0);
    write(fs, '/f', 'b', 1);
    write(fs, '/f', 'c', 2);
    expect(outcomesOf(fs, (after) => textOf(after, '/f'))).toEqual(
      new Set(['...', 'a..', 'ab.', 'abc']),
    );
  });

  test('modification times are durable after a full sync only', () => {
    const fs = diskWith({ '/f': 'f' });
    fs.setModifiedTimeSync('/f', 5000);
    sync(fs, '/f');
    expect(date(fs.afterCrash('lose-all'))).not.toBe(5000);
    expect(date(fs.afterCrash('keep-all'))).toBe(5000);
    expect(outcomesOf(fs, date).size).toBe(2);
    const file = fs.openSync('/f', 'write');
    file.syncSync({ dataOnly: false });
    expect(outcomesOf(fs, date)).toEqual(new Set([5000]));
  });
});

function date(fs: CrashFileSystem): number | undefined {
  return fs.statSync('/f')?.mtimeMs;
}

/** Runs of equal bytes, one letter each; zeros as '0'. */
function shapeOf(bytes: Uint8Array): string {
  let shape = '';
  for (const byte of bytes) {
    const letter = byte === 0 ? '0' : String.fromCodePoint(byte);
    if (!shape.endsWith(letter)) shape += letter;
  }
  return shape;
}
