import { expect, test } from 'vitest';
import { SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { ReadAhead } from '../../../../native-free-io/file/read-ahead.ts';
import type { FileHandle } from '../../../../native-free-io/file/file-system.ts';
import { codeOfPromise } from '../buffer/codes.ts';
import { double, fileOf, patternBytes, turns, useTemporaryFiles } from './files.ts';

useTemporaryFiles();

const pieceBytes = 4096;

/** A file whose reads finish when told, in any order. */
function heldReads(file: FileHandle): { file: FileHandle; finish: ((error?: Error) => void)[] } {
  const finish: ((error?: Error) => void)[] = [];
  const held = double(file, {
    read: (target, start, length, position) =>
      new Promise((resolve, reject) => {
        finish.push((error) => {
          if (error !== undefined) reject(error);
          else resolve(file.readSync(target, start, length, position));
        });
      }),
  });
  return { file: held, finish };
}

test('pieces come in the order of the file although reads finish in another', async () => {
  const whole = patternBytes(3 * pieceBytes + 5);
  const { file, finish } = heldReads(fileOf(whole));
  const pool = new SlabPool({ checked: true });
  const region = { file, position: 1, length: 3 * pieceBytes };
  const ahead = new ReadAhead(region, { pool, pieceBytes, windowPieces: 3 });
  const first = ahead.next();
  expect(finish).toHaveLength(3);
  finish[2]?.();
  finish[1]?.();
  finish[0]?.();
  for (let index = 0; index < 3; index++) {
    const piece = index === 0 ? await first : await ahead.next();
    expect(piece?.position).toBe(1 + index * pieceBytes);
    expect(piece?.length).toBe(pieceBytes);
    const expected = whole.subarray(1 + index * pieceBytes, 1 + (index + 1) * pieceBytes);
    expect(Buffer.compare(piece?.slab.bytes ?? new Uint8Array(0), expected)).toBe(0);
    piece?.slab.release();
  }
  expect(await ahead.next()).toBeUndefined();
  await ahead.close();
  pool.assertNoLeaks();
});

test('a reader holds at most its window and reads nothing before it is asked', async () => {
  const { file, finish } = heldReads(fileOf(patternBytes(20 * pieceBytes)));
  const pool = new SlabPool({ checked: true });
  const region = { file, position: 0, length: 20 * pieceBytes };
  const ahead = new ReadAhead(region, { pool, pieceBytes, windowPieces: 4 });
  expect(finish).toHaveLength(0);
  for (let count = 0; count < 10; count++) {
    const next = ahead.next();
    expect(pool.leasedBytes).toBe(4 * pieceBytes);
    for (const done of finish) done();
    (await next)?.slab.release();
  }
  await ahead.close();
  pool.assertNoLeaks();
});

test('close waits for reads under way, for the thread pool may still write into their slabs', async () => {
  const { file, finish } = heldReads(fileOf(patternBytes(4 * pieceBytes)));
  const pool = new SlabPool({ checked: true });
  const ahead = new ReadAhead(
    { file, position: 0, length: 4 * pieceBytes },
    { pool, pieceBytes, windowPieces: 3 },
  );
  const next = ahead.next();
  finish[0]?.();
  (await next)?.slab.release();
  let isClosed = false;
  const closing = ahead.close().then(() => (isClosed = true));
  await turns(3);
  expect(isClosed).toBe(false);
  expect(pool.leasedBytes).toBe(2 * pieceBytes);
  for (const done of finish) done();
  await closing;
  pool.assertNoLeaks();
  await ahead.close();
  expect(await codeOfPromise(ahead.next())).toBe('IO_CLOSED');
});

test('a next that waits while the reader is closed is refused and gives its slab back', async () => {
  const { file, finish } = heldReads(fileOf(patternBytes(pieceBytes)));
  const pool = new SlabPool({ checked: true });
  const ahead = new ReadAhead({ file, position: 0, length: pieceBytes }, { pool, pieceBytes });
  const next = codeOfPromise(ahead.next());
  await ahead.close();
  finish[0]?.();
  expect(await next).toBe('IO_CLOSED');
  pool.assertNoLeaks();
});

test('after a failed read no later piece is handed out', async () => {
  const { file, finish } = heldReads(fileOf(patternBytes(4 * pieceBytes)));
  const pool = new SlabPool({ checked: true });
  const ahead = new ReadAhead({ file, position: 0, length: 4 * pieceBytes }, { pool, pieceBytes });
  const broken = new Error('bad sector');
  const next = ahead.next();
  finish[0]?.(broken);
  finish[1]?.();
  await expect(next).rejects.toBe(broken);
  await expect(ahead.next()).rejects.toBe(broken);
  await ahead.close();
  pool.assertNoLeaks();
});

test('a failed read that nobody asks for stays quiet', async () => {
  const { file, finish } = heldReads(fileOf(patternBytes(4 * pieceBytes)));
  const pool = new SlabPool({ checked: true });
  const ahead = new ReadAhead({ file, position: 0, length: 4 * pieceBytes }, { pool, pieceBytes });
  const next = ahead.next();
  finish[1]?.(new Error('bad sector'));
  finish[0]?.();
  (await next)?.slab.release();
  await turns(2);
  await ahead.close();
  pool.assertNoLeaks();
});

test('a short file fails at the piece that lacks bytes', async () => {
  const file = fileOf(patternBytes(pieceBytes + 3));
  const pool = new SlabPool({ checked: true });
  await using ahead = new ReadAhead(
    { file, position: 0, length: 3 * pieceBytes },
    { pool, pieceBytes },
  );
  (await ahead.next())?.slab.release();
  await expect(ahead.next()).rejects.toMatchObject({
    code: 'IO_SHORT_READ',
    context: { path: file.path, position: pieceBytes + 3 },
  });
});

test('a pool with room for one piece reads one at a time, and a full one says so', async () => {
  const file = fileOf(patternBytes(3 * pieceBytes));
  const pool = new SlabPool({ budgetBytes: pieceBytes });
  await using ahead = new ReadAhead(
    { file, position: 0, length: 3 * pieceBytes },
    { pool, pieceBytes, windowPieces: 4 },
  );
  for (let index = 0; index < 3; index++) {
    const piece = await ahead.next();
    if (index === 0) expect(await codeOfPromise(ahead.next())).toBe('BUFFER_EXHAUSTED');
    piece?.slab.release();
  }
  expect(await ahead.next()).toBeUndefined();
});

test('a fired signal stops the reader', async () => {
  const file = fileOf(patternBytes(3 * pieceBytes));
  const pool = new SlabPool({ checked: true });
  const controller = new AbortController();
  const { signal } = controller;
  const region = { file, position: 0, length: 3 * pieceBytes };
  const ahead = new ReadAhead(region, { pool, pieceBytes, signal });
  (await ahead.next())?.slab.release();
  controller.abort();
  expect(await codeOfPromise(ahead.next())).toBe('IO_ABORTED');
  await ahead.close();
  pool.assertNoLeaks();
});
