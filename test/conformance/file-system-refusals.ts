/** Conformance of what a file system refuses, by class, code and path, and of locks. */
import { expect, test } from 'vitest';
import { IoError, joinPath, NotFoundError } from '../../native-free-io/index.ts';
import type { Form } from './file-system-forms.ts';
import { failureOf, pattern, refused, type Subject } from './file-system-subject.ts';

export function refusals(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('a missing name is refused by all but stat', async () => {
    const { fs } = subject;
    const no = at('no');
    const missing = (call: () => Promise<unknown>): Promise<void> =>
      refused(NotFoundError, 'IO_NOT_FOUND', no, call);
    expect(await form.stat(fs, no)).toBeUndefined();
    expect(await form.stat(fs, at('no/deeper'))).toBeUndefined();
    await missing(() => form.list(fs, no));
    await missing(() => form.rename(fs, no, at('x')));
    await missing(() => form.link(fs, no, at('x')));
    await missing(() => form.removeFile(fs, no));
    await missing(() => form.removeDirectory(fs, no));
    await missing(() => form.syncDirectory(fs, no));
    await missing(() => form.setModifiedTime(fs, no, 1000));
    await missing(() => form.space(fs, no));
  });

  test('a path through a file is refused', async () => {
    const { fs } = subject;
    await form.put(fs, at('f'), pattern(1, 1));
    await notDirectory(at('f/x'), () => form.stat(fs, at('f/x')));
    await notDirectory(at('f'), () => form.list(fs, at('f')));
    await notDirectory(at('f/x/y'), () => form.makeDirectory(fs, at('f/x/y')));
    await notDirectory(at('f'), () => form.removeDirectory(fs, at('f')));
    await notDirectory(at('f/x'), () => form.removeFile(fs, at('f/x')));
    await notDirectory(at('f'), () => form.rename(fs, at('f'), at('f/x')));
    await refused(IoError, 'IO_EXISTS', at('f'), () => form.makeDirectory(fs, at('f')));
  });

  test('rename and link refuse what they cannot replace, and change nothing', async () => {
    const { fs } = subject;
    await form.put(fs, at('f'), pattern(1, 1));
    await form.makeDirectory(fs, at('d/sub'));
    await form.makeDirectory(fs, at('e'));
    await form.put(fs, at('d/sub/f'), pattern(1, 1));
    const tries: [code: string, from: string, to: string][] = [
      ['IO_IS_DIRECTORY', 'f', 'd'],
      ['IO_IS_DIRECTORY', 'f', 'e'],
      ['IO_NOT_DIRECTORY', 'd', 'f'],
      ['IO_NOT_EMPTY', 'e', 'd'],
      ['IO_NOT_EMPTY', 'd/sub', 'd'],
      ['IO_NOT_EMPTY', 'd/sub/f', 'd'],
      ['IO_FAILED', 'd', 'd/sub/x'],
    ];
    for (const [code, from, to] of tries) {
      await refused(IoError, code, at(from), () => form.rename(fs, at(from), at(to)));
    }
    await refused(NotFoundError, 'IO_NOT_FOUND', at('f'), () =>
      form.rename(fs, at('f'), at('no/x')),
    );
    await refused(IoError, 'IO_EXISTS', at('f'), () => form.link(fs, at('f'), at('e')));
    await refused(NotFoundError, 'IO_NOT_FOUND', at('f'), () => form.link(fs, at('f'), at('no/x')));
    await refused(IoError, 'IO_PERMISSION', at('d'), () => form.link(fs, at('d'), at('x')));
    expect(await form.listNames(fs, subject.dir)).toEqual(['d', 'e', 'f']);
    expect(await form.listNames(fs, at('d'))).toEqual(['sub']);
  });

  test('removeFile leaves directories alone', async () => {
    await form.makeDirectory(subject.fs, at('d'));
    await refused(IoError, 'IO_IS_DIRECTORY', at('d'), () => form.removeFile(subject.fs, at('d')));
    expect(await form.listNames(subject.fs, subject.dir)).toEqual(['d']);
  });

  test('an error carries the system call, the errno and its cause', async () => {
    const error = await failureOf(() => form.open(subject.fs, at('no'), 'read'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.context).toMatchObject({ syscall: 'open', errno: 'ENOENT' });
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });
}

export function locks(subject: Subject): void {
  const path = (): string => joinPath(subject.dir, '.lock');

  test('a lock refuses a second opener until it is released', async () => {
    const lock = subject.fs.lockSync(path());
    const error = await failureOf(async () => subject.fs.lockSync(path()));
    expect(error).toBeInstanceOf(IoError);
    expect(error).toMatchObject({ code: 'IO_LOCKED', retryable: true });
    expect(error.context.path).toBe(lock.path);
    expect(typeof error.context['holder']).toBe('number');
    lock.releaseSync();
    expect(subject.fs.statSync(path())).toBeUndefined();
    const again = subject.fs.lockSync(path());
    lock.releaseSync();
    expect(() => subject.fs.lockSync(path()), 'an old release frees nothing').toThrow(IoError);
    again.releaseSync();
  });

  test('one file is one lock, however its path is written', () => {
    const lock = subject.fs.lockSync(path());
    expect(() => subject.fs.lockSync(`${subject.dir}/x/../.lock`)).toThrow(IoError);
    lock.releaseSync();
  });

  test('a lock left half-written by a crash is taken over', () => {
    subject.fs.openSync(path(), 'create').closeSync();
    const lock = subject.fs.lockSync(path());
    expect(subject.fs.listSync(subject.dir).map((entry) => entry.name)).toEqual(['.lock']);
    lock.releaseSync();
    expect(subject.fs.listSync(subject.dir)).toEqual([]);
  });

  test('a lock in a missing directory is refused and holds nothing', async () => {
    const lost = joinPath(subject.dir, 'no/.lock');
    await refused(NotFoundError, 'IO_NOT_FOUND', undefined, async () => subject.fs.lockSync(lost));
    subject.fs.makeDirectorySync(joinPath(subject.dir, 'no'));
    subject.fs.lockSync(lost).releaseSync();
  });
}

function notDirectory(path: string, call: () => Promise<unknown>): Promise<void> {
  return refused(IoError, 'IO_NOT_DIRECTORY', path, call);
}
