import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { IoError } from '../../../../native-free-io/errors.ts';
import { AppendFile } from '../../../../native-free-io/file/append-file.ts';
import type { FileHandle } from '../../../../native-free-io/file/file-system.ts';
import { nodeFileSystem } from '../../../../native-free-io/file/node-fs.ts';
import { codeOf, codeOfPromise } from '../buffer/codes.ts';
import { double, fileOf, patternBytes, temporaryPath, turns, useTemporaryFiles } from './files.ts';

useTemporaryFiles();

const pieceBytes = 4096;

/** The file's writes, as [position, bytes] in the order they came. */
function recorded(file: FileHandle): { file: FileHandle; writes: [number, number][] } {
  const writes: [number, number][] = [];
  return {
    writes,
    file: double(file, {
      writeSync(source, start, length, position) {
        writes.push([position, length]);
        file.writeSync(source, start, length, position);
      },
      writeVectorSync(sources, position) {
        writes.push([position, sources.reduce((sum, source) => sum + source.length, 0)]);
        file.writeVectorSync(sources, position);
      },
    }),
  };
}

/** A file whose syncs finish when told. */
function heldSyncs(file: FileHandle): { file: FileHandle; finish: ((error?: Error) => void)[] } {
  const finish: ((error?: Error) => void)[] = [];
  const sync = (): Promise<void> =>
    new Promise((resolve, reject) => {
      finish.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  return { file: double(file, { sync }), finish };
}

test('small appends coalesce into pieces and arrive in order', async () => {
  const pool = new SlabPool({ checked: true });
  const { file, writes } = recorded(fileOf(new Uint8Array(0)));
  const appender = new AppendFile(file, 0, { pool, pieceBytes });
  const whole = patternBytes(3 * pieceBytes + 100);
  let at = 0;
  for (let size = 1; at < whole.length; size = (size * 7 + 3) % 500) {
    const length = Math.min(size, whole.length - at);
    expect(appender.append(whole, at, length)).toBe(at);
    at += length;
    expect(appender.position).toBe(at);
  }
  await appender.close();
  expect(Buffer.compare(readFileSync(file.path), whole)).toBe(0);
  expect(writes.length).toBeLessThanOrEqual(4);
  pool.assertNoLeaks();
});

test('appends of every size around a piece, alone and after held bytes, lose nothing', async () => {
  const pool = new SlabPool({ checked: true });
  const path = temporaryPath();
  const appender = await AppendFile.open(nodeFileSystem, path, { pool, pieceBytes });
  const expected: Uint8Array[] = [];
  for (const size of [4095, 1, 4096, 4097, 10, 4085, 1, 10, 4086, 0, 9000, 3, 9000]) {
    const bytes = patternBytes(size + 7).subarray(7);
    expected.push(bytes);
    appender.append(bytes);
  }
  appender.flush();
  expect(pool.leasedBytes).toBe(0);
  expect(Buffer.compare(readFileSync(path), Buffer.concat(expected))).toBe(0);
  await appender.close();
});

test('appendVector writes held bytes and all sources together, or holds them', async () => {
  const { file, writes } = recorded(fileOf(new Uint8Array(0)));
  const appender = new AppendFile(file, 0, { pieceBytes });
  expect(appender.appendVector([Uint8Array.of(1), Uint8Array.of(2, 3)])).toBe(0);
  expect(writes).toEqual([]);
  const large = patternBytes(5000);
  expect(appender.appendVector([large, Uint8Array.of(4), large])).toBe(3);
  expect(writes).toEqual([[0, 10_004]]);
  await appender.close();
  const expected = Buffer.concat([Uint8Array.of(1, 2, 3), large, Uint8Array.of(4), large]);
  expect(Buffer.compare(readFileSync(file.path), expected)).toBe(0);
});

test('an existing file is appended to at its end', async () => {
  const path = fileOf(Uint8Array.of(1, 2, 3)).path;
  await using appender = await AppendFile.open(nodeFileSystem, path);
  expect(appender.append(Uint8Array.of(4))).toBe(3);
  appender.flush();
  expect([...readFileSync(path)]).toEqual([1, 2, 3, 4]);
});

test('held bytes are a lease that flush ends', () => {
  const pool = new SlabPool({ checked: true });
  const appender = new AppendFile(fileOf(new Uint8Array(0)), 0, { pool, pieceBytes });
  expect(pool.leasedBytes).toBe(0);
  appender.append(Uint8Array.of(1));
  expect([pool.leasedBytes, appender.flushedPosition, appender.position]).toEqual([4096, 0, 1]);
  appender.flush();
  expect([pool.leasedBytes, appender.flushedPosition, appender.position]).toEqual([0, 1, 1]);
});

test('sync flushes first, and a thousand who wait share two syncs', async () => {
  const { file, finish } = heldSyncs(fileOf(new Uint8Array(0)));
  const appender = new AppendFile(file, 0, { pieceBytes });
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < 500; i++) {
    appender.append(Uint8Array.of(i & 0xff));
    waiting.push(appender.sync());
  }
  await turns(1);
  expect(appender.flushedPosition).toBe(500);
  expect(finish).toHaveLength(1);
  for (let i = 0; i < 500; i++) {
    appender.append(Uint8Array.of(i & 0xff));
    waiting.push(appender.sync());
  }
  finish[0]?.();
  await turns(1);
  finish[1]?.();
  await Promise.all(waiting);
  expect(appender.syncs).toBe(2);
  expect(readFileSync(file.path)).toHaveLength(1000);
});

test('a failed sync poisons: everything but close is refused and close does not flush', async () => {
  const pool = new SlabPool({ checked: true });
  const { file, finish } = heldSyncs(fileOf(new Uint8Array(0)));
  const appender = new AppendFile(file, 0, { pool, pieceBytes });
  appender.append(Uint8Array.of(1));
  const syncing = appender.sync();
  await turns(1);
  appender.append(Uint8Array.of(2));
  const broken = new Error('EIO');
  finish[0]?.(broken);
  await expect(syncing).rejects.toBe(broken);
  expect(appender.isPoisoned).toBe(true);
  expect(codeOf(() => appender.append(Uint8Array.of(3)))).toBe('IO_POISONED');
  expect(codeOf(() => appender.appendVector([Uint8Array.of(3)]))).toBe('IO_POISONED');
  expect(codeOf(() => appender.flush())).toBe('IO_POISONED');
  expect(codeOf(() => appender.truncateTo(0))).toBe('IO_POISONED');
  expect(await codeOfPromise(appender.sync())).toBe('IO_POISONED');
  expect(finish).toHaveLength(1);
  await appender.close();
  pool.assertNoLeaks();
  expect([...readFileSync(file.path)]).toEqual([1]);
});

test('truncateTo cuts held bytes, written bytes, and goes on from there', async () => {
  const pool = new SlabPool({ checked: true });
  const file = fileOf(new Uint8Array(0));
  const appender = new AppendFile(file, 0, { pool, pieceBytes });
  appender.append(Uint8Array.of(1, 2, 3, 4));
  appender.flush();
  appender.append(Uint8Array.of(5, 6, 7));
  appender.truncateTo(6);
  expect([appender.position, appender.flushedPosition]).toEqual([6, 4]);
  appender.append(Uint8Array.of(60));
  appender.truncateTo(4);
  expect(pool.leasedBytes).toBe(0);
  appender.append(Uint8Array.of(50, 51));
  appender.truncateTo(2);
  expect([appender.position, appender.flushedPosition, pool.leasedBytes]).toEqual([2, 2, 0]);
  expect(file.sizeSync()).toBe(2);
  appender.append(Uint8Array.of(30));
  expect(codeOf(() => appender.truncateTo(4))).toBe('IO_INVALID_ARGUMENT');
  expect(codeOf(() => appender.truncateTo(-1))).toBe('IO_INVALID_ARGUMENT');
  await appender.close();
  expect([...readFileSync(file.path)]).toEqual([1, 2, 30]);
});

test('a failed write keeps what was held, cuts its leftovers and succeeds when tried again', async () => {
  const pool = new SlabPool({ checked: true });
  const real = fileOf(new Uint8Array(0));
  let isFull = false;
  const full = new IoError('IO_NO_SPACE', 'full');
  const torn = (source: Uint8Array, start: number, length: number, position: number): void => {
    real.writeSync(source, start, isFull ? length >> 1 : length, position);
    if (isFull) throw full;
  };
  const file = double(real, {
    writeSync: torn,
    writeVectorSync: (sources, position) => {
      const whole = Buffer.concat(sources);
      torn(whole, 0, whole.length, position);
    },
  });
  const appender = new AppendFile(file, 0, { pool, pieceBytes });
  appender.append(Uint8Array.of(1, 2, 3, 4));
  isFull = true;
  expect(codeOf(() => appender.flush())).toBe('IO_NO_SPACE');
  expect([appender.position, appender.flushedPosition, real.sizeSync()]).toEqual([4, 0, 0]);
  expect(codeOf(() => appender.append(patternBytes(5000)))).toBe('IO_NO_SPACE');
  expect([appender.position, appender.flushedPosition, real.sizeSync()]).toEqual([4, 0, 0]);
  expect(await codeOfPromise(appender.sync())).toBe('IO_NO_SPACE');
  expect(appender.isPoisoned).toBe(false);
  isFull = false;
  appender.append(Uint8Array.of(5));
  await appender.close();
  expect([...readFileSync(real.path)]).toEqual([1, 2, 3, 4, 5]);
  pool.assertNoLeaks();
});

test('close closes the file also when its flush fails, and only once', async () => {
  const pool = new SlabPool({ checked: true });
  const full = new IoError('IO_NO_SPACE', 'full');
  let closes = 0;
  const file = double(fileOf(new Uint8Array(0)), {
    writeSync: () => {
      throw full;
    },
    close: async () => void closes++,
  });
  const appender = new AppendFile(file, 0, { pool, pieceBytes });
  appender.append(Uint8Array.of(1));
  await expect(appender.close()).rejects.toBe(full);
  await appender.close();
  expect(closes).toBe(1);
  pool.assertNoLeaks();
  expect(codeOf(() => appender.append(Uint8Array.of(1)))).toBe('IO_CLOSED');
  expect(await codeOfPromise(appender.sync())).toBe('IO_CLOSED');
});

test('regions outside the source are refused', () => {
  const appender = new AppendFile(fileOf(new Uint8Array(0)), 0);
  const source = new Uint8Array(4);
  for (const [start, length] of [
    [-1, 2],
    [0, 5],
    [3, 2],
    [0, -1],
  ] as const) {
    expect(codeOf(() => appender.append(source, start, length))).toBe('IO_INVALID_ARGUMENT');
  }
  expect(appender.position).toBe(0);
});
