/** Power cuts at every operation of making, writing, changing and removing blocks. */
import { expect, test } from 'vitest';
import type { CrashFileSystem } from '../../native-free-io/index.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { BlockTrace, checkBlocks, openBlocks, TrackedBlocks } from './tracked-blocks.ts';

type Work = (blocks: TrackedBlocks, begin: () => void) => Promise<void>;

async function cut(name: string, work: Work, dirs?: readonly string[]): Promise<number> {
  const report = await cutEverywhere(name, {
    trace: () => new BlockTrace(),
    run: async (fs: CrashFileSystem, trace, begin) => {
      const store = await openBlocks(fs, dirs);
      await work(new TrackedBlocks(store, trace), begin);
      await store.close();
    },
    check: (survivor, trace) => checkBlocks(survivor, trace, dirs),
  });
  return report.operations;
}

const options = { timeout: cutTimeoutMs };

test(
  'a power cut while a store is made, a block created, synced within chunks, finalized',
  options,
  async () => {
    const operations = await cut('power cuts while writing a block', async (blocks) => {
      const writer = await blocks.create();
      await blocks.write(writer, 40);
      await blocks.sync(writer);
      await blocks.write(writer, 3);
      await blocks.sync(writer);
      await blocks.write(writer, 2);
      await writer.hflush();
      await blocks.write(writer, 30);
      await writer.hflush();
      await blocks.sync(writer);
      await blocks.write(writer, 1);
      await blocks.finalize(writer);
    });
    expect(operations).toBeGreaterThan(40);
  },
);

test('a power cut while a finalized block is appended to, twice', options, async () => {
  const operations = await cut('power cuts while appending to a block', async (blocks, begin) => {
    const writer = await blocks.create();
    await blocks.write(writer, 39);
    await blocks.finalize(writer);
    begin();
    const more = await blocks.store.append(writer.id);
    await blocks.write(more, 4);
    await more.hflush();
    await blocks.write(more, 20);
    await blocks.sync(more);
    await blocks.finalize(more);
    const again = await blocks.store.append(writer.id);
    await blocks.write(again, 1);
    await blocks.finalize(again);
  });
  expect(operations).toBeGreaterThan(30);
});

test(
  'a power cut while blocks are truncated, within a chunk, at one, and to nothing',
  options,
  async () => {
    const operations = await cut('power cuts while truncating a block', async (blocks, begin) => {
      const writer = await blocks.create();
      await blocks.write(writer, 75);
      await blocks.finalize(writer);
      begin();
      await blocks.truncate(writer.id, 70);
      await blocks.truncate(writer.id, 37);
      await blocks.truncate(writer.id, 32);
      await blocks.truncate(writer.id, 0);
    });
    expect(operations).toBeGreaterThan(30);
  },
);

test('a power cut while blocks are deleted and aborted', options, async () => {
  const operations = await cut('power cuts while deleting blocks', async (blocks, begin) => {
    const ids: bigint[] = [];
    for (const length of [20, 33, 16]) {
      const writer = await blocks.create();
      await blocks.write(writer, length);
      await blocks.finalize(writer);
      ids.push(writer.id);
    }
    begin();
    await blocks.delete(ids[1]!);
    const writer = await blocks.create();
    await blocks.write(writer, 50);
    await writer.hflush();
    await writer.abort();
    await blocks.delete(ids[0]!);
  });
  expect(operations).toBeGreaterThan(8);
});

test('a power cut while two volumes take blocks in turn', options, async () => {
  const dirs = ['/data/0', '/data/1'];
  const work: Work = async (blocks) => {
    for (const length of [17, 5]) {
      const writer = await blocks.create();
      await blocks.write(writer, length);
      await blocks.finalize(writer);
    }
  };
  expect(await cut('power cuts with two volumes', work, dirs)).toBeGreaterThan(40);
});
