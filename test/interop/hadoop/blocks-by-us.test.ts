/** Blocks that varve wrote, judged by Hadoop: its debug tools, and a DataNode on our directory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlockStore, ObjectPack, type BlockInfo } from '../../../src/blocks/index.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm } from './jvm.ts';
import { Hdfs } from './hdfs.ts';

let jvm: HadoopJvm;
let hdfs: Hdfs;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
  hdfs = new Hdfs(jvm);
});

afterAll(() => jvm.close());

const random = new Seeded(7);

/** The files of a block in a directory of ours. */
function filesOf(dir: string, { id, generationStamp }: Pick<BlockInfo, 'id' | 'generationStamp'>) {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const at = (name: string): string =>
    join(
      dir,
      names.find((one) => one.endsWith(`/${name}`))!,
    );
  return { data: at(`blk_${id}`), meta: at(`blk_${id}_${generationStamp}.meta`) };
}

async function expectSound(dir: string, block: BlockInfo): Promise<void> {
  const { data, meta } = filesOf(dir, block);
  const verdict = await hdfs.debug('verifyMeta', '-meta', meta, '-block', data);
  expect(verdict.stdout, verdict.exception ?? '').toContain('Checksum verification succeeded');
  expect(verdict.status).toBe(0);
}

describe('HD-19 hdfs debug agrees with blocks written by varve', () => {
  test.each([
    ['crc32c', 512],
    ['crc32', 512],
    ['crc32c', 4096],
    ['crc32c', 17],
  ] as const)(
    'verifyMeta, %s per %i bytes, every length around a chunk',
    async (checksum, chunkBytes) => {
      const dir = temporaryFolder();
      await using store = await BlockStore.open({ dirs: [dir], checksum, chunkBytes });
      const lengths = [1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 10 * chunkBytes + 3, 200_000];
      for (const length of lengths) {
        await using writer = await store.create();
        await writer.write(random.bytes(length));
        const block = await writer.finalize();
        await expectSound(dir, block);
        if (length < 2) continue;
        await using more = await store.append(block.id);
        await more.write(random.bytes(length % 900));
        await more.hflush();
        await more.write(random.bytes(100));
        await expectSound(dir, await more.finalize());
        await expectSound(dir, await store.truncate(block.id, Math.ceil(length / 2)));
      }
    },
  );

  test('computeMeta writes byte for byte the sidecar that varve wrote', async () => {
    const dir = temporaryFolder();
    await using store = await BlockStore.open({ dirs: [dir] });
    for (const length of [1, 511, 512, 513, 100_000]) {
      await using writer = await store.create();
      await writer.write(random.bytes(length));
      const { data, meta } = filesOf(dir, await writer.finalize());
      const out = join(dir, `computed-${length}`);
      const made = await hdfs.debug('computeMeta', '-block', data, '-out', out);
      expect(made.stdout, made.exception ?? '').toContain('Checksum calculation succeeded');
      expect(existsSync(out)).toBe(true);
      const [computed, written] = [out, meta].map((path) => readFileSync(path).toString('hex'));
      // Of a block that ends with a chunk, 3.4.1 writes the last sum twice; readers tolerate it.
      const surplus = length % 512 === 0 ? written!.slice(-8) : '';
      expect(computed, `${length} bytes`).toBe(written! + surplus);
    }
  });
});

describe('HD-19 a DataNode started on a directory of varve', () => {
  test('reports and serves the blocks, and its client verifies them', async () => {
    const folder = temporaryFolder();
    const ids = await hdfs.startNameNode(join(folder, 'name'));
    try {
      // The NameNode has to know the file; the bytes it will serve are ours.
      const { uuid } = await hdfs.startDataNode([join(folder, 'theirs')]);
      const bytes = random.bytes(2_500_000);
      await hdfs.write('/file', bytes, { blockSize: 1 << 20 });
      await hdfs.write('/small', bytes.subarray(0, 700));
      const blocks = [...(await hdfs.blocks('/file')), ...(await hdfs.blocks('/small'))];
      await hdfs.stopDataNode();

      const ours = join(folder, 'ours');
      {
        const identity = { ...ids, datanodeUuid: uuid };
        await using store = await BlockStore.open({ dirs: [ours], identity });
        let position = 0;
        for (const { id, generationStamp, length } of blocks) {
          if (length === 700) position = 0;
          await using writer = await store.create({ id: BigInt(id), generationStamp });
          await writer.write(bytes.subarray(position, position + length));
          await writer.finalize();
          position += length;
        }
      }
      await hdfs.startDataNode([ours]);
      const reported = await hdfs.replicas();
      expect(
        reported
          .map(({ id, generationStamp, length, state }) => ({ id, generationStamp, length, state }))
          .toSorted((a, b) => a.id.localeCompare(b.id)),
      ).toEqual(
        blocks.map(({ id, generationStamp, length }) => ({
          id,
          generationStamp,
          length,
          state: 'FINALIZED',
        })),
      );
      expect((await hdfs.read('/file')).equals(bytes)).toBe(true);
      expect((await hdfs.read('/small')).equals(bytes.subarray(0, 700))).toBe(true);

      // It appends to a block of ours; we open what it leaves.
      await hdfs.write('/small', bytes.subarray(700, 1500), { append: true });
      const [after] = await hdfs.blocks('/small');
      await hdfs.stopDataNode();
      await using store = await BlockStore.open({ dirs: [ours] });
      expect(store.loadReport.aside).toEqual([]);
      const whole = new Uint8Array(1500);
      expect(store.stat(BigInt(after!.id))).toMatchObject({
        generationStamp: after!.generationStamp,
        length: 1500,
        state: 'finalized',
      });
      expect(store.readInto(BigInt(after!.id), whole, 0)).toBe(1500);
      expect(Buffer.from(whole).equals(bytes.subarray(0, 1500))).toBe(true);
    } finally {
      await hdfs.stop();
    }
  });
});

describe('checksums and packs', () => {
  test('file checksums are those of hadoop fs -checksum', async () => {
    const folder = temporaryFolder();
    await hdfs.startNameNode(join(folder, 'name'));
    try {
      await hdfs.startDataNode([join(folder, 'data')]);
      await using store = await BlockStore.open({ dirs: [join(folder, 'ours')] });
      for (const [length, blockSize] of [
        [0, 1024],
        [9, 1024],
        [1024, 1024],
        [3000, 1024],
        [70_000, 4096],
        [70_000, 65_536],
      ] as const) {
        const bytes = random.bytes(length);
        const name = `f-${length}-${blockSize}`;
        await hdfs.write(`/${name}`, bytes, { blockSize });
        await store.putFile(name, [bytes], { blockBytes: blockSize });
        for (const [mode, kind] of [
          ['MD5MD5CRC', 'md5'],
          ['COMPOSITE_CRC', 'composite'],
        ] as const) {
          const ours = store.fileChecksum(name, kind);
          const theirs = await hdfs.checksum(`/${name}`, mode);
          expect(theirs.algorithm, name).toBe(ours.algorithm);
          // Its tool prints the buffer the 28 bytes stand in, with four bytes of zero behind them.
          const hex = Buffer.from(ours.bytes).toString('hex');
          expect(theirs.hex, name).toBe(hex.length > 8 ? hex.padEnd(64, '0') : hex);
        }
      }
    } finally {
      await hdfs.stop();
    }
  });

  test('hadoop fs -text prints the objects of a pack', async () => {
    const dir = join(temporaryFolder(), 'pack');
    {
      await using pack = await ObjectPack.open({ dir });
      await pack.put('one', Uint8Array.of(1, 255));
      await pack.sync();
      await pack.put('two', Uint8Array.of(2));
    }
    const argv = ['-text', `file://${join(dir, 'data')}`];
    const printed = await jvm.tool('org.apache.hadoop.fs.FsShell', argv);
    expect(printed.stdout, printed.stderr).toBe('one\t01 ff\ntwo\t02\n');
  });
});

describe('what a DataNode wrote', () => {
  test('opens after kill -9, with the rbw replicas of open files cut to what is good', async () => {
    const folder = temporaryFolder();
    const doomed = await HadoopJvm.start();
    const theirs = new Hdfs(doomed);
    const bytes = random.bytes(300_000);
    await theirs.startNameNode(join(folder, 'name'));
    await theirs.startDataNode([join(folder, 'a'), join(folder, 'b')]);
    await theirs.write('/closed', bytes, { blockSize: 100_352 });
    await theirs.hold('/synced', bytes.subarray(0, 1000), { sync: true });
    await theirs.hold('/synced', bytes.subarray(1000, 70_001), { sync: true });
    await theirs.hold('/flushed', bytes.subarray(0, 5000));
    await theirs.hold('/flushed', bytes.subarray(5000, 5001));
    const closed = await theirs.blocks('/closed');
    const [synced] = await theirs.blocks('/synced');
    const [flushed] = await theirs.blocks('/flushed');
    await doomed.kill();

    await using store = await BlockStore.open({ dirs: [join(folder, 'a'), join(folder, 'b')] });
    expect(store.loadReport.aside).toEqual([]);
    let position = 0;
    for (const { id, length } of closed) {
      const out = new Uint8Array(length);
      expect(store.readInto(BigInt(id), out, 0)).toBe(length);
      expect(Buffer.from(out).equals(bytes.subarray(position, position + length))).toBe(true);
      position += length;
    }
    expect(position).toBe(300_000);
    for (const [block, length] of [
      [synced!, 70_001],
      [flushed!, 5001],
    ] as const) {
      const id = BigInt(block.id);
      expect(store.stat(id)).toMatchObject({ state: 'rwr', length });
      const recovered = await store.recover(id);
      expect(recovered).toMatchObject({ state: 'finalized', length });
      const out = new Uint8Array(length);
      store.readInto(id, out, 0);
      expect(Buffer.from(out).equals(bytes.subarray(0, length))).toBe(true);
    }
  });
});
