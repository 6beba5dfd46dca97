/** Conformance of open files: bytes, sizes, cuts, and what a handle refuses. */
import { expect, test } from 'vitest';
import { InvalidArgumentError, IoError, joinPath } from '../../native-free-io/index.ts';
import type { Form } from './file-system-forms.ts';
import { concat, pattern, refused, type Subject } from './file-system-subject.ts';

export function readsAndWrites(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('positioned writes are read back at any position, across page boundaries', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    const bytes = pattern(20_000, 1);
    await form.write(file, bytes, 100, 19_900, 0);
    await form.write(file, bytes, 0, 100, 19_900);
    expect(await form.size(file)).toBe(20_000);
    const target = new Uint8Array(9000).fill(0xee);
    expect(await form.read(file, target, 500, 8000, 4000)).toBe(8000);
    expect(target.subarray(0, 500)).toEqual(new Uint8Array(500).fill(0xee));
    expect(target.subarray(500, 8500)).toEqual(bytes.subarray(4100, 12_100));
    expect(target.subarray(8500)).toEqual(new Uint8Array(500).fill(0xee));
    await form.close(file);
  });

  test('a read gives what there is before the end, and 0 at or past it', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.write(file, pattern(10, 2), 0, 10, 0);
    const target = new Uint8Array(8);
    expect(await form.read(file, target, 0, 8, 6)).toBe(4);
    expect(target.subarray(0, 4)).toEqual(pattern(10, 2).subarray(6));
    expect(await form.read(file, target, 0, 8, 10)).toBe(0);
    expect(await form.read(file, target, 0, 8, 1_000_000)).toBe(0);
    expect(await form.read(file, target, 0, 0, 0)).toBe(0);
    await form.close(file);
  });

  test('a write past the end leaves a hole that reads as zeros', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.write(file, pattern(3, 3), 0, 3, 0);
    await form.write(file, pattern(3, 4), 0, 3, 10_000);
    expect(await form.size(file)).toBe(10_003);
    const target = new Uint8Array(10_003).fill(0xee);
    expect(await form.read(file, target, 0, 10_003, 0)).toBe(10_003);
    const expected = new Uint8Array(10_003);
    expected.set(pattern(3, 3));
    expected.set(pattern(3, 4), 10_000);
    expect(target).toEqual(expected);
    await form.close(file);
  });

  test('a write inside the file replaces those bytes and keeps the size', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    const bytes = pattern(9000, 5);
    await form.write(file, bytes, 0, 9000, 0);
    await form.write(file, pattern(200, 6), 0, 200, 4000);
    bytes.set(pattern(200, 6), 4000);
    expect(await form.content(subject.fs, at('f'))).toEqual(bytes);
    await form.close(file);
  });

  test('the written bytes are the file system’s own: changing the source later changes nothing', async () => {
    const source = pattern(5000, 7);
    await form.put(subject.fs, at('f'), source);
    source.fill(0);
    expect(await form.content(subject.fs, at('f'))).toEqual(pattern(5000, 7));
  });

  test('vectored writes lie end to end, vectored reads fill the targets in turn', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    const parts = [pattern(3000, 8), new Uint8Array(0), pattern(1, 9), pattern(3000, 10)];
    await form.writeVector(file, parts, 50);
    expect(await form.size(file)).toBe(6051);
    const targets = [new Uint8Array(50), new Uint8Array(3001), new Uint8Array(4000)];
    expect(await form.readVector(file, targets, 0)).toBe(6051);
    expect(targets[0]).toEqual(new Uint8Array(50));
    expect(targets[1]).toEqual(concat(parts).subarray(0, 3001));
    expect(targets[2]?.subarray(0, 3000)).toEqual(pattern(3000, 10));
    expect(targets[2]?.subarray(3000)).toEqual(new Uint8Array(1000));
    expect(await form.readVector(file, targets, 6051)).toBe(0);
    await form.close(file);
  });

  test('empty writes change nothing, not even the size', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.write(file, new Uint8Array(4), 0, 0, 100);
    await form.writeVector(file, [], 100);
    await form.writeVector(file, [new Uint8Array(0)], 100);
    expect(await form.size(file)).toBe(0);
    await form.close(file);
  });

  test('truncating down cuts, and bytes cut never come back', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.write(file, pattern(10_000, 11), 0, 10_000, 0);
    await form.truncate(file, 4097);
    expect(await form.size(file)).toBe(4097);
    await form.truncate(file, 9000);
    const expected = new Uint8Array(9000);
    expected.set(pattern(10_000, 11).subarray(0, 4097));
    expect(await form.content(subject.fs, at('f'))).toEqual(expected);
    await form.truncate(file, 4096);
    await form.write(file, pattern(1, 12), 0, 1, 4100);
    expected.fill(0, 4096);
    expected.set(pattern(1, 12), 4100);
    expect(await form.content(subject.fs, at('f'))).toEqual(expected.subarray(0, 4101));
    await form.truncate(file, 0);
    expect(await form.size(file)).toBe(0);
    await form.close(file);
  });

  test('truncating up extends with zeros', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.write(file, pattern(5, 13), 0, 5, 0);
    await form.truncate(file, 5000);
    const expected = new Uint8Array(5000);
    expected.set(pattern(5, 13));
    expect(await form.content(subject.fs, at('f'))).toEqual(expected);
    await form.close(file);
  });

  test('two handles of one file see each other’s writes at once', async () => {
    const one = await form.open(subject.fs, at('f'), 'create');
    const two = await form.open(subject.fs, at('f'), 'read');
    await form.write(one, pattern(100, 14), 0, 100, 0);
    expect(await form.size(two)).toBe(100);
    const target = new Uint8Array(100);
    expect(await form.read(two, target, 0, 100, 0)).toBe(100);
    expect(target).toEqual(pattern(100, 14));
    await form.close(one);
    await form.close(two);
  });

  test('sync accepts both kinds and a read-only handle', async () => {
    await form.put(subject.fs, at('f'), pattern(5, 15));
    const file = await form.open(subject.fs, at('f'), 'write');
    await form.write(file, pattern(5, 16), 0, 5, 0);
    await form.sync(file);
    await form.sync(file, { dataOnly: false });
    await form.close(file);
    const reader = await form.open(subject.fs, at('f'), 'read');
    await form.sync(reader);
    await form.close(reader);
    expect(await form.content(subject.fs, at('f'))).toEqual(pattern(5, 16));
  });

  test('close is idempotent', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    await form.close(file);
    await form.close(file);
    file.closeSync();
  });

  test('a handle tells the path it was opened with', async () => {
    const file = await form.open(subject.fs, at('f'), 'create');
    expect(file.path).toBe(at('f'));
    await form.close(file);
  });
}

export function handleRefusals(subject: Subject, form: Form): void {
  const at = (name: string): string => joinPath(subject.dir, name);

  test('a read-only handle refuses writes and cuts', async () => {
    await form.put(subject.fs, at('f'), pattern(9, 1));
    const file = await form.open(subject.fs, at('f'), 'read');
    const bytes = pattern(4, 2);
    await refused(IoError, 'IO_CLOSED', at('f'), () => form.write(file, bytes, 0, 4, 0));
    await refused(IoError, 'IO_CLOSED', at('f'), () => form.writeVector(file, [bytes], 0));
    await refused(IoError, 'IO_FAILED', at('f'), () => form.truncate(file, 1));
    await form.close(file);
    expect(await form.content(subject.fs, at('f'))).toEqual(pattern(9, 1));
  });

  test('a closed handle and a range past the buffer are refused', async () => {
    await form.put(subject.fs, at('f'), pattern(9, 1));
    const file = await form.open(subject.fs, at('f'), 'write');
    const bytes = pattern(4, 2);
    await form.close(file);
    const other = await form.open(subject.fs, at('f'), 'write');
    const calls: [name: string, call: () => Promise<unknown>][] = [
      ['read past the buffer', () => form.read(other, bytes, 2, 4, 0)],
      ['write past the buffer', () => form.write(other, bytes, 2, 4, 0)],
      ['read', () => form.read(file, bytes, 0, 4, 0)],
      ['readVector', () => form.readVector(file, [bytes], 0)],
      ['write', () => form.write(file, bytes, 0, 4, 0)],
      ['writeVector', () => form.writeVector(file, [bytes], 0)],
      ['size', () => form.size(file)],
      ['truncate', () => form.truncate(file, 0)],
      ['sync', () => form.sync(file)],
    ];
    for (const [name, call] of calls) {
      await expect(call(), name).rejects.toThrow();
      // Node throws the platform's own RangeError from some asynchronous calls.
      if (form.name === 'asynchronous') continue;
      await refused(InvalidArgumentError, 'IO_INVALID_ARGUMENT', at('f'), call);
    }
    await form.close(other);
    expect(await form.content(subject.fs, at('f'))).toEqual(pattern(9, 1));
  });
}
