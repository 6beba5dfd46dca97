/** The median time to open a block and read its first 4 KiB, verified, beside a plain file. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { BlockStore } from '../../src/blocks/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';

const blocks = 2_000;
const blockBytes = 64 << 10;
const readBytes = 4 << 10;
const reads = 20_000;

/** The figure of a run is the median of its reads. */
function medianOf(name: string, read: (index: number) => void): Contender {
  const times = new Float64Array(reads);
  return {
    name,
    async run() {
      for (let at = 0; at < reads; at++) {
        // A step without a common factor meets every block once before any a second time.
        const index = (at * 1_237) % blocks;
        const start = performance.now();
        read(index);
        times[at] = performance.now() - start;
      }
      const median = times.toSorted()[reads / 2]!;
      return { bytes: 0, operations: reads, seconds: (median / 1e3) * reads };
    },
  };
}

export const openAndRead: WorkloadFactory = async (scratch) => {
  const dir = join(scratch, 'store');
  const store = await BlockStore.open({ dirs: [dir], syncOnFinalize: false });
  const content = new Uint8Array(blockBytes).map((_, at) => at * 7);
  const ids: bigint[] = [];
  const paths: string[] = [];
  const finalized = join(dir, 'current', store.blockPoolId, 'current/finalized');
  for (let index = 0; index < blocks; index++) {
    const writer = await store.create({ reserveBytes: 0 });
    await writer.write(content);
    const { id } = await writer.finalize();
    ids.push(id);
    paths.push(join(finalized, 'subdir0', `subdir${(Number(id) >> 8) & 31}`, `blk_${id}`));
  }
  const target = new Uint8Array(readBytes);
  return {
    name: 'open a block and read 4 KiB, median',
    unit: 'us',
    parameters: { blocks, blockBytes, readBytes },
    note: 'Files stay open for 256 blocks, so that almost every read opens both files of its block; in the page cache.',
    contenders: [
      medianOf('a plain file: openSync, readSync, closeSync', (index) => {
        const fd = openSync(paths[index]!, 'r');
        if (readSync(fd, target, 0, readBytes, 0) !== readBytes) throw new Error('short');
        closeSync(fd);
      }),
      medianOf('varve readInto, verified', (index) => {
        if (store.readInto(ids[index]!, target, 0) !== readBytes) throw new Error('short');
      }),
    ],
    targets: [],
    dispose: () => store.close(),
  };
};
