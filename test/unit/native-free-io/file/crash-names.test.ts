/** Which names a simulated crash may leave. */
import { describe, expect, test } from 'vitest';
import { CrashFileSystem } from '../../../../native-free-io/index.ts';
import { diskWith, outcomesOf, present, sync, texts, write } from './crash-helpers.ts';
import { namesIn, put, textOf } from './disk-helpers.ts';

describe('names after a crash', () => {
  test('a new file needs its directory synced; its own sync is not enough', () => {
    const fs = new CrashFileSystem();
    put(fs, '/f', 'text');
    sync(fs, '/f');
    expect(namesIn(fs.afterCrash('lose-all'), '/')).toEqual([]);
    expect(outcomesOf(fs, (after) => textOf(after, '/f'))).toEqual(new Set([undefined, 'text']));
    fs.syncDirectorySync('/');
    expect(outcomesOf(fs, (after) => textOf(after, '/f'))).toEqual(new Set(['text']));
  });

  test('a synced directory does not make the bytes of its files durable', () => {
    const fs = new CrashFileSystem();
    put(fs, '/f', 'text');
    fs.syncDirectorySync('/');
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('');
  });

  test('a new directory needs its parent synced, whatever was synced inside', () => {
    const fs = new CrashFileSystem();
    fs.makeDirectorySync('/a/b');
    put(fs, '/a/b/f', 'text');
    sync(fs, '/a/b/f');
    fs.syncDirectorySync('/a/b');
    fs.syncDirectorySync('/');
    expect(namesIn(fs.afterCrash('lose-all'), '/a')).toEqual([]);
    fs.syncDirectorySync('/a');
    expect(textOf(fs.afterCrash('lose-all'), '/a/b/f')).toBe('text');
  });

  test('a removed file comes back, with its durable bytes, until the directory is synced', () => {
    const fs = diskWith({ '/f': 'durable' });
    write(fs, '/f', 'DURABLE', 0);
    fs.removeFileSync('/f');
    expect(textOf(fs.afterCrash('lose-all'), '/f')).toBe('durable');
    expect(textOf(fs.afterCrash('keep-all'), '/f')).toBeUndefined();
    fs.syncDirectorySync('/');
    expect(outcomesOf(fs, (after) => textOf(after, '/f'))).toEqual(new Set([undefined]));
  });

  test('a rename is lost or kept as one, and replaces the target in the same step', () => {
    const fs = diskWith({ '/f': 'old', '/f.tmp': 'new' });
    fs.renameSync('/f.tmp', '/f');
    const state = texts('/f', '/f.tmp');
    expect(outcomesOf(fs, state)).toEqual(new Set(['old new', 'new undefined']));
    expect(state(fs.afterCrash('lose-all'))).toBe('old new');
    fs.syncDirectorySync('/');
    expect(outcomesOf(fs, state)).toEqual(new Set(['new undefined']));
  });

  test('a rename across directories is one step, durable by a sync of either', () => {
    for (const synced of ['/a', '/b']) {
      const fs = diskWith({ '/a/f': 'text', '/b/g': '' });
      fs.renameSync('/a/f', '/b/f');
      const state = texts('/a/f', '/b/f');
      expect(outcomesOf(fs, state)).toEqual(new Set(['text undefined', 'undefined text']));
      fs.syncDirectorySync(synced);
      expect(outcomesOf(fs, state)).toEqual(new Set(['undefined text']));
    }
  });

  test('renames of one name in a row survive in their order', () => {
    const fs = diskWith({ '/a': 'text' });
    fs.renameSync('/a', '/b');
    fs.renameSync('/b', '/c');
    expect(outcomesOf(fs, (after) => namesIn(after, '/').join())).toEqual(new Set(['a', 'b', 'c']));
  });

  test('changes of different names survive independently, the later without the earlier too', () => {
    const fs = diskWith({ '/old': 'text' });
    put(fs, '/new', 'text');
    fs.removeFileSync('/old');
    expect(outcomesOf(fs, (after) => namesIn(after, '/').join())).toEqual(
      new Set(['old', 'new,old', 'new', '']),
    );
  });

  test('a link is durable with its directory', () => {
    const fs = diskWith({ '/a/f': 'text', '/b/g': '' });
    fs.linkSync('/a/f', '/b/f');
    expect(textOf(fs.afterCrash('lose-all'), '/b/f')).toBeUndefined();
    fs.syncDirectorySync('/a');
    expect(textOf(fs.afterCrash('lose-all'), '/b/f')).toBeUndefined();
    fs.syncDirectorySync('/b');
    expect(textOf(fs.afterCrash('lose-all'), '/b/f')).toBe('text');
  });

  test('moving a file into a new directory never loses it with the directory', () => {
    const fs = diskWith({ '/f': 'text' });
    fs.makeDirectorySync('/new/deep');
    fs.renameSync('/f', '/new/deep/f');
    const place = present('/f', '/new/deep/f');
    expect(outcomesOf(fs, place)).toEqual(new Set(['/f', '/new/deep/f']));
    fs.syncDirectorySync('/new/deep');
    expect(outcomesOf(fs, place)).toEqual(new Set(['/new/deep/f']));
  });

  test('removing a directory never takes along what was moved out of it', () => {
    const fs = diskWith({ '/d/f': 'text' });
    fs.renameSync('/d/f', '/f');
    fs.removeDirectorySync('/d');
    const place = present('/f', '/d/f');
    expect(outcomesOf(fs, place)).toEqual(new Set(['/f', '/d/f']));
  });

  test('turning two directories inside out never loses both', () => {
    const fs = diskWith({ '/x/y/f': 'text' });
    fs.renameSync('/x/y', '/y');
    fs.renameSync('/x', '/y/x');
    const state = present('/x/y/f', '/y/f');
    expect(outcomesOf(fs, state)).toEqual(new Set(['/x/y/f', '/y/f']));
  });
});
