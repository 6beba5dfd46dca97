/**
 * Power cuts while files are put and removed: a file is there as a whole or not at all, and no
 * block is left that neither a file nor a note of an unfinished one tells of.
 */
import { expect, test } from 'vitest';
import type { FileSystem } from '../../native-free-io/index.ts';
import { gathered } from '../helpers/block-world.ts';
import { bytesAt } from '../helpers/byte-pattern.ts';
import { cutEverywhere, cutTimeoutMs } from './power-cut.ts';
import { openBlocks } from './tracked-blocks.ts';

const dirs = ['/data/0', '/data/1'];
type Promised = 'being put' | 'there' | 'being removed' | 'gone';
type Trace = Map<string, Promised>;

function contentOf(name: string): Uint8Array {
  return bytesAt(name.charCodeAt(0), name === 'empty' ? 0 : 80);
}

async function check(fs: FileSystem, trace: Trace): Promise<void> {
  await using store = await openBlocks(fs, dirs);
  const files = store.listFiles();
  const names = files.map(({ name }) => name);
  for (const [name, promised] of trace) {
    if (promised === 'there') expect(names).toContain(name);
    if (promised === 'gone') expect(names).not.toContain(name);
  }
  for (const { name } of files) {
    const found = await gathered(store.getFile(name));
    expect(found.equals(contentOf(name)), name).toBe(true);
  }
  const removed = await store.removeUnfinishedFiles();
  for (const { name } of removed) expect(['there', undefined]).not.toContain(trace.get(name));
  const kept = files.flatMap(({ blocks }) => blocks.map(({ id }) => id));
  expect(new Set(store.list().map(({ id }) => id))).toEqual(new Set(kept));
  expect(store.listUnfinishedFiles()).toEqual([]);
}

test(
  'a power cut while files are put and removed on two volumes',
  { timeout: cutTimeoutMs },
  async () => {
    const report = await cutEverywhere<Trace>('power cuts of files', {
      trace: () => new Map(),
      run: async (fs, trace, begin) => {
        const store = await openBlocks(fs, dirs);
        const put = async (name: string): Promise<void> => {
          trace.set(name, 'being put');
          await store.putFile(name, [contentOf(name)], { blockBytes: 50 });
          trace.set(name, 'there');
        };
        await put('before');
        begin();
        await put('after');
        await put('empty');
        trace.set('before', 'being removed');
        await store.deleteFile('before');
        trace.set('before', 'gone');
        await store.close();
      },
      check,
    });
    expect(report.operations).toBeGreaterThan(60);
  },
);
