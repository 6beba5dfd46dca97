/**
 * A file of 1 GiB with one replica, written and read verified, beside a local DataNode of Apache
 * Hadoop: through its client, and through its store alone.
 */
import { join } from 'node:path';
import { hadoopJars } from '../../test/interop/hadoop/jars.ts';
import { BlockStore } from '../../src/blocks/index.ts';
import type { Contender, Done, WorkloadFactory } from '../harness/workload.ts';
import { JavaBaseline } from './java-baseline.ts';

const bytes = 1 << 30;
const pieceBytes = 1 << 20;
const pieces = bytes / pieceBytes;
const done: Done = { bytes, operations: pieces };
const client = 'Apache Hadoop 3.4.2, client to DataNode over loopback';
const dataset = 'Apache Hadoop 3.4.2, FsDatasetImpl alone';
const ours = 'varve';
const note =
  'Hadoop has NameNode, DataNode and client in one warm JVM; its CPU time is that of all three. Nothing is synced on any side.';

interface Peers {
  readonly store: BlockStore;
  readonly hadoop: JavaBaseline | undefined;
  readonly stop: () => Promise<void>;
}

async function startPeers(scratch: string): Promise<Peers> {
  const hadoop = await JavaBaseline.start(scratch, {
    program: 'HadoopBlocks',
    upstream: 'Apache Hadoop',
    jars: hadoopJars,
    heap: '2g',
  });
  await hadoop?.ask(`start ${join(scratch, 'hadoop')}`, done);
  const dirs = [join(scratch, 'varve')];
  const store = await BlockStore.open({ dirs, syncOnFinalize: false });
  return {
    store,
    hadoop,
    async stop() {
      hadoop?.stop();
      await store.close();
    },
  };
}

function* content(): Generator<Uint8Array> {
  const piece = new Uint32Array(pieceBytes / 4);
  for (let at = 0; at < piece.length; at++) piece[at] = Math.imul(at + 1, 0x9e3779b1);
  for (let index = 0; index < pieces; index++) yield new Uint8Array(piece.buffer);
}

/** A contender that asks Hadoop; none where it cannot be run. */
function asking(hadoop: JavaBaseline | undefined, name: string, words: string[]): Contender[] {
  if (hadoop === undefined) return [];
  const [run, after] = words as [string, string?];
  return [
    {
      name,
      run: () => hadoop.ask(run, done),
      async finish() {
        if (after !== undefined) await hadoop.ask(after, done);
      },
    },
  ];
}

function targets(hadoop: JavaBaseline | undefined) {
  if (hadoop === undefined) return [];
  return [client, dataset].map((over) => ({ contender: ours, over, atLeast: 1 }));
}

export const writeBesideDataNode: WorkloadFactory = async (scratch) => {
  const { store, hadoop, stop } = await startPeers(scratch);
  return {
    name: 'write a file of 1 GiB beside a DataNode',
    unit: 'MB/s',
    parameters: { bytes, pieceBytes, chunkBytes: 512 },
    rounds: 5,
    note,
    contenders: [
      ...asking(hadoop, client, [`write ${bytes}`, 'delete']),
      ...asking(hadoop, dataset, [`store ${bytes}`, 'discard']),
      {
        name: ours,
        async run() {
          await store.putFile('file', content());
          return done;
        },
        finish: () => store.deleteFile('file'),
      },
    ],
    targets: targets(hadoop),
    dispose: stop,
  };
};

export const readBesideDataNode: WorkloadFactory = async (scratch) => {
  const { store, hadoop, stop } = await startPeers(scratch);
  await hadoop?.ask(`write ${bytes}`, done);
  await hadoop?.ask(`store ${bytes}`, done);
  await store.putFile('file', content());
  return {
    name: 'read a file of 1 GiB, verified, beside a DataNode',
    unit: 'MB/s',
    parameters: { bytes, pieceBytes, chunkBytes: 512 },
    rounds: 5,
    note,
    contenders: [
      ...asking(hadoop, client, ['read']),
      ...asking(hadoop, dataset, ['check']),
      {
        name: ours,
        async run() {
          let seen = 0;
          for await (const piece of store.getFile('file')) seen += piece.length;
          if (seen !== bytes) throw new Error('the file is short');
          return done;
        },
      },
    ],
    targets: targets(hadoop),
    dispose: stop,
  };
};
