/** Conformance of names: opening, renaming, linking, removing, listing, directories. */
import { expect, test } from 'vitest';
import { IoError, joinPath, NotFoundError } from '../../native-free-io/index.ts';
import type { Form } from './file-system-forms.ts';
import { pattern, refused, type Subject } from './file-system-subject.ts';

export function opening(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('create makes an empty file when absent and keeps one that is there', async () => {
    await form.close(await form.open(subject.fs, at('f'), 'create'));
    expect(await form.stat(subject.fs, at('f'))).toMatchObject({ kind: 'file', size: 0 });
    await form.put(subject.fs, at('f'), pattern(20, 1));
    await form.close(await form.open(subject.fs, at('f'), 'create'));
    expect(await form.content(subject.fs, at('f'))).toEqual(pattern(20, 1));
  });

  test('createNew makes a file once', async () => {
    await form.close(await form.open(subject.fs, at('f'), 'createNew'));
    await refused(IoError, 'IO_EXISTS', at('f'), () => form.open(subject.fs, at('f'), 'createNew'));
    await form.makeDirectory(subject.fs, at('d'));
    await refused(IoError, 'IO_EXISTS', at('d'), () => form.open(subject.fs, at('d'), 'createNew'));
  });

  test('read and write need the file to be there', async () => {
    for (const mode of ['read', 'write'] as const) {
      await refused(NotFoundError, 'IO_NOT_FOUND', at('f'), () =>
        form.open(subject.fs, at('f'), mode),
      );
    }
    expect(await form.stat(subject.fs, at('f'))).toBeUndefined();
  });

  test('write mode reads and writes what is there', async () => {
    await form.put(subject.fs, at('f'), pattern(20, 1));
    const file = await form.open(subject.fs, at('f'), 'write');
    await form.write(file, pattern(5, 2), 0, 5, 0);
    const target = new Uint8Array(20);
    expect(await form.read(file, target, 0, 20, 0)).toBe(20);
    expect(target.subarray(0, 5)).toEqual(pattern(5, 2));
    expect(target.subarray(5)).toEqual(pattern(20, 1).subarray(5));
    await form.close(file);
  });

  test('creating in a missing directory or below a file is refused', async () => {
    await form.put(subject.fs, at('f'), pattern(1, 1));
    for (const mode of ['create', 'createNew'] as const) {
      await refused(NotFoundError, 'IO_NOT_FOUND', at('no/f'), () =>
        form.open(subject.fs, at('no/f'), mode),
      );
      await refused(IoError, 'IO_NOT_DIRECTORY', at('f/g'), () =>
        form.open(subject.fs, at('f/g'), mode),
      );
    }
  });

  test('a directory is not opened for writing, nor read as a file', async () => {
    await form.makeDirectory(subject.fs, at('d'));
    for (const mode of ['write', 'create'] as const) {
      await refused(IoError, 'IO_IS_DIRECTORY', at('d'), () =>
        form.open(subject.fs, at('d'), mode),
      );
    }
    // Linux opens it and refuses the read; either way no bytes come.
    await refused(IoError, 'IO_IS_DIRECTORY', at('d'), async () => {
      const file = await form.open(subject.fs, at('d'), 'read');
      try {
        await form.read(file, new Uint8Array(4), 0, 4, 0);
      } finally {
        await form.close(file);
      }
    });
  });
}

export function names(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('rename moves a file, within a directory and across', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    await form.rename(subject.fs, at('a'), at('b'));
    await form.makeDirectory(subject.fs, at('d'));
    await form.rename(subject.fs, at('b'), at('d/c'));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['d']);
    expect(await form.content(subject.fs, at('d/c'))).toEqual(pattern(9, 1));
  });

  test('rename replaces an existing file', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    await form.put(subject.fs, at('b'), pattern(5, 2));
    await form.rename(subject.fs, at('a'), at('b'));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['b']);
    expect(await form.content(subject.fs, at('b'))).toEqual(pattern(9, 1));
  });

  test('rename onto itself or onto another name of the same file changes nothing', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    await form.rename(subject.fs, at('a'), at('a'));
    await form.link(subject.fs, at('a'), at('b'));
    await form.rename(subject.fs, at('a'), at('b'));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['a', 'b']);
    expect(await form.content(subject.fs, at('a'))).toEqual(pattern(9, 1));
  });

  test('rename moves a directory with what is in it, also over an empty one', async () => {
    await form.makeDirectory(subject.fs, at('d/e'));
    await form.put(subject.fs, at('d/e/f'), pattern(9, 1));
    await form.makeDirectory(subject.fs, at('x'));
    await form.rename(subject.fs, at('d'), at('x'));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['x']);
    expect(await form.content(subject.fs, at('x/e/f'))).toEqual(pattern(9, 1));
    await form.makeDirectory(subject.fs, at('y'));
    await form.rename(subject.fs, at('x'), at('y/x'));
    await refused(IoError, 'IO_FAILED', at('y'), () =>
      form.rename(subject.fs, at('y'), at('y/x/e/z')),
    );
  });

  test('a link is a second name of one file; removing one name leaves the other', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    await form.link(subject.fs, at('a'), at('b'));
    await form.put(subject.fs, at('b'), pattern(9, 2));
    expect(await form.content(subject.fs, at('a'))).toEqual(pattern(9, 2));
    await form.removeFile(subject.fs, at('a'));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['b']);
    expect(await form.content(subject.fs, at('b'))).toEqual(pattern(9, 2));
  });

  test('an open handle keeps its file after rename, after being replaced and after removal', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    const file = await form.open(subject.fs, at('a'), 'write');
    await form.rename(subject.fs, at('a'), at('b'));
    await form.write(file, pattern(9, 2), 0, 9, 0);
    expect(await form.content(subject.fs, at('b'))).toEqual(pattern(9, 2));
    await form.put(subject.fs, at('c'), pattern(5, 3));
    await form.rename(subject.fs, at('c'), at('b'));
    await form.write(file, pattern(9, 4), 0, 9, 9);
    expect(await form.content(subject.fs, at('b'))).toEqual(pattern(5, 3));
    await form.removeFile(subject.fs, at('b'));
    expect(await form.size(file)).toBe(18);
    const target = new Uint8Array(9);
    expect(await form.read(file, target, 0, 9, 9)).toBe(9);
    expect(target).toEqual(pattern(9, 4));
    await form.sync(file);
    await form.close(file);
    expect(await form.listNames(subject.fs, subject.dir)).toEqual([]);
  });

  test('a name removed and made again is another file', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    const old = await form.open(subject.fs, at('a'), 'read');
    await form.removeFile(subject.fs, at('a'));
    await form.put(subject.fs, at('a'), pattern(2, 2));
    expect(await form.size(old)).toBe(9);
    expect(await form.content(subject.fs, at('a'))).toEqual(pattern(2, 2));
    await form.close(old);
  });

  test('setModifiedTime is told by stat, to the fraction of a millisecond', async () => {
    await form.put(subject.fs, at('a'), pattern(9, 1));
    await form.setModifiedTime(subject.fs, at('a'), 1_700_000_000_123.5);
    expect((await form.stat(subject.fs, at('a')))?.mtimeMs).toBeCloseTo(1_700_000_000_123.5, 1);
    await form.makeDirectory(subject.fs, at('d'));
    await form.setModifiedTime(subject.fs, at('d'), 1_600_000_000_000);
    expect((await form.stat(subject.fs, at('d')))?.mtimeMs).toBeCloseTo(1_600_000_000_000, 1);
  });
}

export function directories(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('list is sorted by UTF-16 units and tells kinds', async () => {
    for (const name of ['b', 'B', '10', '9', 'ä', 'aa', 'a', '\u{1f600}', '\ufb01']) {
      await form.put(subject.fs, at(name), pattern(1, 1));
    }
    await form.makeDirectory(subject.fs, at('a-dir'));
    const entries = await form.list(subject.fs, subject.dir);
    expect(entries.map((entry) => entry.name)).toEqual([
      '10',
      '9',
      'B',
      'a',
      'a-dir',
      'aa',
      'b',
      'ä',
      '\u{1f600}',
      '\ufb01',
    ]);
    const kinds = entries.filter((entry) => entry.kind !== 'file');
    expect(kinds).toEqual([{ name: 'a-dir', kind: 'directory' }]);
  });

  test('makeDirectory makes missing parents and accepts what exists', async () => {
    await form.makeDirectory(subject.fs, at('a/b/c'));
    await form.makeDirectory(subject.fs, at('a/b/c'));
    await form.makeDirectory(subject.fs, at('a/b'));
    expect(await form.stat(subject.fs, at('a/b/c'))).toMatchObject({ kind: 'directory' });
    expect(await form.listNames(subject.fs, at('a'))).toEqual(['b']);
    await form.syncDirectory(subject.fs, at('a/b'));
  });

  test('removeDirectory takes an empty one only', async () => {
    await form.makeDirectory(subject.fs, at('a/b'));
    await refused(IoError, 'IO_NOT_EMPTY', at('a'), () =>
      form.removeDirectory(subject.fs, at('a')),
    );
    await form.removeDirectory(subject.fs, at('a/b'));
    await form.removeDirectory(subject.fs, at('a'));
    expect(await form.stat(subject.fs, at('a'))).toBeUndefined();
  });

  test('paths may have empty and dotted parts', async () => {
    await form.makeDirectory(subject.fs, at('a/b'));
    await form.put(subject.fs, at('a//b/./../f'), pattern(4, 1));
    expect(await form.content(subject.fs, at('a/f'))).toEqual(pattern(4, 1));
    expect(await form.listNames(subject.fs, `${at('a')}/`)).toEqual(['b', 'f']);
  });

  test('space tells bytes of the volume, available ones among them', async () => {
    const space = await form.space(subject.fs, subject.dir);
    expect(space.total).toBeGreaterThan(0);
    expect(space.available).toBeGreaterThanOrEqual(0);
    expect(space.available).toBeLessThanOrEqual(space.total);
  });
}
