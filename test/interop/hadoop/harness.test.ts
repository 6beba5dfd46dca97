/** The judge judged: Hadoop runs here at all, and its tools see damage. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { HadoopJvm, JavaError } from './jvm.ts';

const debugAdmin = 'org.apache.hadoop.hdfs.tools.DebugAdmin';
let jvm: HadoopJvm;

beforeAll(async () => {
  jvm = await HadoopJvm.start();
});

afterAll(() => jvm.close());

test('verifyMeta agrees with the format notes and objects to a flipped bit', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'blk_1');
  const meta = join(folder, 'blk_1_1001.meta');
  writeFileSync(data, '123456789');
  writeFileSync(meta, Buffer.from('00010200000200e3069283', 'hex'));
  const sound = await jvm.tool(debugAdmin, ['verifyMeta', '-meta', meta, '-block', data]);
  expect(sound).toMatchObject({ status: 0, exception: null });
  expect(sound.stdout).toContain('Checksum type: DataChecksum(type=CRC32C, chunkSize=512)');
  expect(sound.stdout).toContain('Checksum verification succeeded on block file');

  writeFileSync(data, '123456780');
  const damaged = await jvm.tool(debugAdmin, ['verifyMeta', '-meta', meta, '-block', data]);
  expect(`${damaged.stdout}${damaged.stderr}`).toMatch(/Checksum verification failed|ChecksumExc/);
});

test('A NameNode and a DataNode in the JVM store a file that a client reads back', async () => {
  const folder = temporaryFolder();
  const bytes = Buffer.alloc(3000, 'abcdefg');
  const ids = await jvm.request<Record<string, string>>('hdfs.startNameNode', {
    dir: join(folder, 'name'),
    settings: {},
  });
  expect(ids['blockPoolId']).toMatch(/^BP-/);
  const dir = join(folder, 'data');
  mkdirSync(dir);
  await jvm.request('hdfs.startDataNode', { dirs: [dir] });
  const file = { path: '/a', base64: bytes.toString('base64'), blockSize: 1024 };
  await jvm.request('hdfs.write', file);
  const read = await jvm.request<{ base64: string }>('hdfs.read', { path: '/a' });
  expect(createHash('md5').update(Buffer.from(read.base64, 'base64')).digest('hex')).toBe(
    createHash('md5').update(bytes).digest('hex'),
  );
  const blocks = await jvm.request<{ id: string; length: number }[]>('hdfs.blocks', { path: '/a' });
  expect(blocks.map(({ length }) => length)).toEqual([1024, 1024, 952]);
  const replicas = await jvm.request<{ id: string; state: string }[]>('hdfs.replicas', {});
  expect(replicas.map(({ id }) => id).toSorted()).toEqual(blocks.map(({ id }) => id).toSorted());
  await jvm.request('hdfs.stop', {});
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const first = names.find((name) => name.endsWith(`blk_${blocks[0]!.id}`))!;
  expect(readFileSync(join(dir, first)).equals(bytes.subarray(0, 1024))).toBe(true);
});

test('What Java throws arrives with its class and message', async () => {
  const failure = await jvm.request('hdfs.none', {}).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(JavaError);
  expect((failure as JavaError).javaClass).toBe('java.lang.IllegalArgumentException');
});
