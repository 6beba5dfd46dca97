/** Writing blocks: one stream and two, sums computed and supplied, beside the same bytes raw. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { computeChunks, SlabPool } from '../../native-free-io/index.ts';
import { BlockStore, type BlockStoreOptions } from '../../src/blocks/index.ts';
import type { Contender, WorkloadFactory } from '../harness/workload.ts';

const pieceBytes = 1 << 20;
const pieces = 256;
const bytes = pieces * pieceBytes;

/** Bytes that differ, in kernel memory, where a network read would put them. */
function makePiece(): Uint8Array {
  const piece = new SlabPool({ name: 'bench' }).lease(pieceBytes).bytes;
  for (let at = 0; at < pieceBytes; at += 4) {
    new DataView(piece.buffer, piece.byteOffset).setUint32(at, Math.imul(at + 1, 0x9e3779b1));
  }
  return piece;
}

export const writeBlocks: WorkloadFactory = async (scratch) => {
  const piece = makePiece();
  const heap = new Uint8Array(piece);
  const sums = new Uint8Array((pieceBytes / 512) * 4);
  computeChunks('crc32c', { bytes: piece, start: 0, end: pieceBytes, chunkBytes: 512, sums });
  return {
    name: 'write a block of 256 MiB',
    unit: 'MB/s',
    parameters: { pieces, pieceBytes },
    rounds: 7,
    note: 'Finalized without syncing on both sides: the disk is not what is measured. A loop of nothing but the CRC kernel and writeSync reaches 0.71 x raw per 64 KiB, 0.48 x per 512 B.',
    contenders: [
      {
        name: 'raw writeSync',
        async run() {
          const fd = openSync(join(scratch, 'raw'), 'w');
          for (let index = 0; index < pieces; index++) writeSync(fd, piece, 0, pieceBytes);
          closeSync(fd);
          return { bytes, operations: pieces };
        },
        async finish() {
          rmSync(join(scratch, 'raw'));
        },
      },
      blockWriter(scratch, 'sums computed per 512 B', 512, (writer) => writer.write(piece)),
      blockWriter(scratch, 'the same, bytes of the heap', 512, (writer) => writer.write(heap)),
      blockWriter(scratch, 'sums computed per 64 KiB', 65536, (writer) => writer.write(piece)),
      blockWriter(scratch, 'sums supplied per 512 B, verified', 512, (writer) =>
        writer.writeWithSums(piece, sums),
      ),
    ],
    targets: [
      { contender: 'varve, sums computed per 512 B', over: 'raw writeSync', atLeast: 0.45 },
      { contender: 'varve, sums computed per 64 KiB', over: 'raw writeSync', atLeast: 0.75 },
      {
        contender: 'varve, sums supplied per 512 B, verified',
        over: 'raw writeSync',
        atLeast: 0.7,
      },
    ],
  };
};

function blockWriter(
  scratch: string,
  name: string,
  chunkBytes: number,
  write: (writer: Awaited<ReturnType<BlockStore['create']>>) => Promise<void>,
): Contender {
  const dirs = [join(scratch, name.replaceAll(/\W/g, '-'))];
  const options: BlockStoreOptions = { dirs, chunkBytes, syncOnFinalize: false };
  let store: BlockStore;
  let written: bigint | undefined;
  return {
    name: `varve, ${name}`,
    async prepare() {
      store = await BlockStore.open(options);
      // Subdirectories and counters are made once in the life of a store.
      const first = await store.create();
      await first.finalize();
      await store.delete(first.id);
    },
    async run() {
      const writer = await store.create({ reserveBytes: 0 });
      for (let index = 0; index < pieces; index++) await write(writer);
      written = (await writer.finalize()).id;
      return { bytes, operations: pieces };
    },
    async finish() {
      if (written !== undefined) await store.delete(written);
      await store.close();
    },
  };
}

/** Runs in a worker thread: writes one block per message. */
const workerProgram = `
import { parentPort, workerData } from 'node:worker_threads';
const { BlockStore, SlabPool } = await import(workerData.library);
const store = await BlockStore.open({ dirs: [workerData.dir], syncOnFinalize: false });
const piece = new SlabPool({ name: 'bench' }).lease(${pieceBytes}).bytes.fill(0x61);
let last;
parentPort.on('message', async () => {
  if (last !== undefined) await store.delete(last);
  parentPort.postMessage('ready');
  const writer = await store.create({ reserveBytes: 0 });
  for (let index = 0; index < ${pieces}; index++) await writer.write(piece);
  last = (await writer.finalize()).id;
  parentPort.postMessage('done');
});
parentPort.postMessage('open');
`;

export const writeTwoStreams: WorkloadFactory = async (scratch) => {
  const library = new URL('./blocks-worker.js', import.meta.url).href;
  const workers: Worker[] = [];
  for (const stream of [0, 1]) {
    const workerData = { library, dir: join(scratch, `stream-${stream}`) };
    const code = new URL(`data:text/javascript,${encodeURIComponent(workerProgram)}`);
    const worker = new Worker(code, { workerData });
    await once(worker, 'message');
    workers.push(worker);
  }
  const contender = (name: string, count: number): Contender => ({
    name,
    async run() {
      const used = workers.slice(0, count);
      await Promise.all(
        used.map(async (worker) => {
          worker.postMessage('write', []);
          await once(worker, 'message');
          await once(worker, 'message');
        }),
      );
      return { bytes: bytes * count, operations: pieces * count };
    },
  });
  return {
    name: 'write blocks in two threads',
    unit: 'MB/s',
    parameters: { pieces, pieceBytes, chunkBytes: 512 },
    rounds: 7,
    contenders: [contender('one stream', 1), contender('two streams', 2)],
    targets: [{ contender: 'two streams', over: 'one stream', atLeast: 1.6 }],
    async dispose() {
      for (const worker of workers) await worker.terminate();
    },
  };
};
