/** What the memory file system does beyond the conformance suite: space, clocks, copies, locks. */
import { describe, expect, test } from 'vitest';
import {
  InvalidArgumentError,
  IoError,
  MemoryFileSystem,
} from '../../../../native-free-io/index.ts';
import { bytesOf, chosenSeed, namesIn, put, seeded, textOf } from './disk-helpers.ts';

describe('MemoryFileSystem space', () => {
  test('a write that does not fit leaves what fitted and fails with IO_NO_SPACE', () => {
    const fs = new MemoryFileSystem({ capacityBytes: 3 * 4096 });
    const file = fs.openSync('/f', 'create');
    const error = captured(() => file.writeSync(new Uint8Array(5 * 4096).fill(7), 0, 20480, 100));
    expect(error).toMatchObject({ code: 'IO_NO_SPACE', context: { path: '/f', errno: 'ENOSPC' } });
    expect(error).toBeInstanceOf(IoError);
    expect(file.sizeSync()).toBe(3 * 4096);
    expect(bytesOf(fs, '/f').subarray(100)).toEqual(new Uint8Array(3 * 4096 - 100).fill(7));
    expect(fs.spaceSync('/')).toEqual({ total: 12288, available: 0 });
  });

  test('a full disk still takes overwrites, holes and names', () => {
    const fs = new MemoryFileSystem({ capacityBytes: 4096 });
    put(fs, '/f', 'x'.repeat(4096));
    const full = fs.openSync('/f', 'write');
    full.writeSync(new TextEncoder().encode('y'.repeat(4096)), 0, 4096, 0);
    const file = fs.openSync('/g', 'create');
    file.truncateSync(1 << 30);
    expect(() => file.writeSync(new Uint8Array(1), 0, 1, 0)).toThrow('ENOSPC');
    fs.linkSync('/f', '/h');
    fs.renameSync('/f', '/i');
    expect(textOf(fs, '/i')).toBe('y'.repeat(4096));
  });

  test('space returns when the last name and the last handle are gone, and on cutting', () => {
    const fs = new MemoryFileSystem({ capacityBytes: 10 * 4096 });
    const free = (): number => fs.spaceSync('/').available / 4096;
    put(fs, '/f', 'x'.repeat(3 * 4096));
    expect(free()).toBe(7);
    fs.linkSync('/f', '/g');
    const file = fs.openSync('/g', 'write');
    const other = fs.openSync('/g', 'read');
    fs.removeFileSync('/f');
    fs.removeFileSync('/g');
    other.closeSync();
    other.closeSync();
    expect(free()).toBe(7);
    file.truncateSync(4097);
    expect(free()).toBe(8);
    file.truncateSync(4096);
    expect(free()).toBe(9);
    file.closeSync();
    expect(free()).toBe(10);
    put(fs, '/a', 'x'.repeat(4096));
    put(fs, '/b', 'x'.repeat(4096));
    fs.renameSync('/a', '/b');
    expect(free()).toBe(9);
  });

  test('a negative capacity is refused', () => {
    expect(() => new MemoryFileSystem({ capacityBytes: -1 })).toThrow(InvalidArgumentError);
  });
});

describe('MemoryFileSystem clocks', () => {
  test('the clock given dates files on creation, writing and cutting, not on reading', () => {
    let now = 1000;
    const fs = new MemoryFileSystem({ now: () => now });
    const file = fs.openSync('/f', 'create');
    const date = (): number | undefined => fs.statSync('/f')?.mtimeMs;
    expect(date()).toBe(1000);
    now = 2000;
    file.writeSync(new Uint8Array(4), 0, 4, 0);
    expect(date()).toBe(2000);
    now = 3000;
    file.readSync(new Uint8Array(4), 0, 4, 0);
    expect(date()).toBe(2000);
    file.truncateSync(2);
    expect(date()).toBe(3000);
  });
});

describe('MemoryFileSystem.clone', () => {
  test('changes on either side stay there, to the byte', () => {
    const fs = new MemoryFileSystem();
    fs.makeDirectorySync('/d');
    put(fs, '/d/f', 'a'.repeat(10_000));
    const open = fs.openSync('/d/f', 'write');
    const copy = fs.clone();
    open.writeSync(new Uint8Array([66]), 0, 1, 5000);
    const theirs = copy.openSync('/d/f', 'write');
    theirs.writeSync(new Uint8Array([67]), 0, 1, 5001);
    theirs.truncateSync(6000);
    copy.renameSync('/d', '/e');
    expect(textOf(fs, '/d/f')).toBe(`${'a'.repeat(5000)}B${'a'.repeat(4999)}`);
    expect(textOf(copy, '/e/f')).toBe(`${'a'.repeat(5001)}C${'a'.repeat(998)}`);
    expect(namesIn(fs, '/')).toEqual(['d']);
    copy.makeDirectorySync('/e/sub');
    expect(() => copy.clone().renameSync('/e', '/e/sub/x')).toThrow('EINVAL');
  });

  test('hard links are still one file in the copy, and its space is counted once', () => {
    const fs = new MemoryFileSystem({ capacityBytes: 4 * 4096 });
    put(fs, '/f', 'old');
    fs.linkSync('/f', '/g');
    const copy = fs.clone();
    put(copy, '/g', 'new');
    expect(textOf(copy, '/f')).toBe('new');
    expect(textOf(fs, '/f')).toBe('old');
    expect(copy.spaceSync('/').available).toBe(3 * 4096);
    copy.removeFileSync('/f');
    copy.removeFileSync('/g');
    expect(copy.spaceSync('/').available).toBe(4 * 4096);
  });

  test('the copy is another process: it takes over the locks of the first', () => {
    const fs = new MemoryFileSystem();
    fs.lockSync('/lock');
    const copy = fs.clone();
    const lock = copy.lockSync('d/../lock');
    expect(lock.path).toBe('/lock');
    expect(() => copy.lockSync('lock')).toThrow(IoError);
    expect(() => fs.lockSync('/lock')).toThrow(IoError);
    lock.releaseSync();
  });
});

test('random writes, cuts and copies agree with plain arrays', () => {
  const seed = chosenSeed();
  const next = seeded(seed);
  let subjects = [{ fs: new MemoryFileSystem(), model: new Uint8Array(0) }];
  put(subjects[0]!.fs, '/f', '');
  for (let step = 0; step < 600; step++) {
    const subject = subjects[next(subjects.length)]!;
    const file = subject.fs.openSync('/f', 'write');
    const position = next(20_000);
    if (next(4) === 0) {
      file.truncateSync(position);
      subject.model = resized(subject.model, position);
    } else if (next(20) === 0) {
      subjects = [...subjects.slice(-3), { fs: subject.fs.clone(), model: subject.model }];
    } else {
      const bytes = new Uint8Array(next(9000)).fill(1 + next(255));
      file.writeVectorSync([bytes.subarray(0, 10), bytes.subarray(10)], position);
      if (bytes.length > 0) {
        const size = Math.max(subject.model.length, position + bytes.length);
        subject.model = resized(subject.model, size);
        subject.model.set(bytes, position);
      }
    }
    file.closeSync();
    for (const { fs, model } of subjects) {
      const same = Buffer.compare(bytesOf(fs, '/f'), model) === 0;
      expect(same, `VARVE_TEST_SEED=${seed}, step ${step}`).toBe(true);
    }
  }
});

function resized(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size);
  copy.set(bytes.subarray(0, size));
  return copy;
}

function captured(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
