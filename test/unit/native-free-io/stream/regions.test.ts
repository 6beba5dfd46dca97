import { expect, test } from 'vitest';
import { SlabPool } from '../../../../native-free-io/buffer/pool.ts';
import { copyRegion, regionChunks } from '../../../../native-free-io/file/region-stream.ts';
import type { FileRegion } from '../../../../native-free-io/file/file-system.ts';
import type { RegionOptions } from '../../../../native-free-io/file/region-pieces.ts';
import { codeOfPromise } from '../buffer/codes.ts';
import { double, fileOf, patternBytes, turns, useTemporaryFiles } from './files.ts';

useTemporaryFiles();

const pieceBytes = 4096;
const bothReads = ['sync', 'async'] as const;

async function collect(region: FileRegion, options: RegionOptions): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of regionChunks(region, options)) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

test.for(bothReads)('chunks are the region in order, with %s reads', async (reads) => {
  const whole = patternBytes(6 * pieceBytes);
  const file = fileOf(whole);
  const pool = new SlabPool({ checked: true });
  for (const length of [0, 1, 4095, 4096, 4097, 5 * 4096 + 1]) {
    const got = await collect({ file, position: 9, length }, { pool, pieceBytes, reads });
    expect(Buffer.compare(got, whole.subarray(9, 9 + length))).toBe(0);
    pool.assertNoLeaks();
  }
});

test.for(bothReads)('no more than the window is leased at once, with %s reads', async (reads) => {
  const file = fileOf(patternBytes(20 * pieceBytes));
  const pool = new SlabPool({ checked: true });
  const region = { file, position: 0, length: 20 * pieceBytes };
  let most = 0;
  for await (const chunk of regionChunks(region, { pool, pieceBytes, windowPieces: 3, reads })) {
    expect(chunk.length).toBe(pieceBytes);
    await turns(2);
    most = Math.max(most, pool.leasedBytes);
  }
  expect(most).toBe((reads === 'sync' ? 1 : 3) * pieceBytes);
  pool.assertNoLeaks();
});

test.for(bothReads)('leaving the loop gives every slab back, with %s reads', async (reads) => {
  const file = fileOf(patternBytes(20 * pieceBytes));
  const pool = new SlabPool({ checked: true });
  const region = { file, position: 0, length: 20 * pieceBytes };
  let seen = 0;
  for await (const chunk of regionChunks(region, { pool, pieceBytes, reads })) {
    seen += chunk.length;
    if (seen === 3 * pieceBytes) break;
  }
  pool.assertNoLeaks();
  expect(pool.leasedBytes).toBe(0);
});

test.for(bothReads)('an abort ends the loop at the next pull, with %s reads', async (reads) => {
  const file = fileOf(patternBytes(20 * pieceBytes));
  const pool = new SlabPool({ checked: true });
  const controller = new AbortController();
  const { signal } = controller;
  const chunks = regionChunks(
    { file, position: 0, length: 20 * pieceBytes },
    { pool, pieceBytes, reads, signal },
  );
  await chunks.next();
  controller.abort();
  expect(await codeOfPromise(chunks.next())).toBe('IO_ABORTED');
  expect((await chunks.next()).done).toBe(true);
  pool.assertNoLeaks();
});

test.for(bothReads)('a short file is told with path and position, with %s reads', async (reads) => {
  const file = fileOf(patternBytes(2 * pieceBytes + 7));
  const pool = new SlabPool({ checked: true });
  const region = { file, position: 0, length: 3 * pieceBytes };
  await expect(collect(region, { pool, pieceBytes, reads })).rejects.toMatchObject({
    code: 'IO_SHORT_READ',
    context: { path: file.path, position: 2 * pieceBytes + 7 },
  });
  pool.assertNoLeaks();
});

test('a loop over cached chunks lets others have the event loop once per window', async () => {
  const file = fileOf(patternBytes(40 * pieceBytes));
  const region = { file, position: 0, length: 40 * pieceBytes };
  let turnsSeen = 0;
  let isReading = true;
  const count = (): void => {
    turnsSeen++;
    if (isReading) setImmediate(count);
  };
  setImmediate(count);
  for await (const chunk of regionChunks(region, { pieceBytes, windowPieces: 4 })) void chunk;
  isReading = false;
  expect(turnsSeen).toBeGreaterThanOrEqual(9);
});

test.for(bothReads)(
  'copyRegion puts the region where it was told, with %s reads',
  async (reads) => {
    const whole = patternBytes(5 * pieceBytes);
    const from = fileOf(whole);
    const to = fileOf(new Uint8Array(50).fill(7));
    const pool = new SlabPool({ checked: true });
    const length = 4 * pieceBytes + 3;
    const seen: number[] = [];
    const onProgress = (moved: number): void => void seen.push(moved);
    const region = { file: from, position: 11, length };
    expect(await copyRegion(region, to, 40, { pool, pieceBytes, reads, onProgress })).toBe(length);
    pool.assertNoLeaks();
    expect(seen).toEqual([4096, 8192, 12288, 16384, length]);
    expect(to.sizeSync()).toBe(40 + length);
    const got = Buffer.alloc(40 + length);
    to.readSync(got, 0, got.length, 0);
    expect(got.subarray(0, 40).every((byte) => byte === 7)).toBe(true);
    expect(Buffer.compare(got.subarray(40), whole.subarray(11, 11 + length))).toBe(0);
  },
);

test('a copy within one file is refused when it overlaps itself and done when it does not', async () => {
  const whole = patternBytes(300);
  const file = fileOf(whole);
  const region = { file, position: 100, length: 100 };
  for (const position of [1, 100, 199]) {
    expect(await codeOfPromise(copyRegion(region, file, position))).toBe('IO_INVALID_ARGUMENT');
  }
  for (const position of [0, 200, 400]) {
    await copyRegion(region, file, position);
    const got = new Uint8Array(100);
    file.readSync(got, 0, 100, position);
    expect(Buffer.compare(got, whole.subarray(100, 200))).toBe(0);
  }
  expect(await codeOfPromise(copyRegion(region, file, -1))).toBe('IO_INVALID_ARGUMENT');
});

test('a failing write ends the copy with its error and no slab leased', async () => {
  const from = fileOf(patternBytes(100));
  const broken = new Error('no space');
  const to = double(fileOf(new Uint8Array(0)), {
    writeSync: () => {
      throw broken;
    },
  });
  const pool = new SlabPool({ checked: true });
  const copying = copyRegion({ file: from, position: 0, length: 100 }, to, 0, { pool });
  await expect(copying).rejects.toBe(broken);
  pool.assertNoLeaks();
});
