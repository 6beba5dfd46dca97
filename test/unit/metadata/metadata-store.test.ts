import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  CorruptionError,
  MemoryFileSystem,
  nodeFileSystem,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { MetadataStore } from '../../../src/metadata/index.ts';
import { codeOfPromise, nothingThrown } from '../../helpers/codes.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function open(
  path: string,
  options: { fs?: FileSystem; maxEntries?: number } = {},
): Promise<MetadataStore> {
  const store = await MetadataStore.open({ path, fs: nodeFileSystem, ...options });
  onTestFinished(() => store.close().catch(() => undefined));
  return store;
}

function contents(store: MetadataStore): Record<string, string> {
  return Object.fromEntries(
    store.entries().map(({ key, value }) => [key, new TextDecoder().decode(value)]),
  );
}

test('what was put is there after the store is opened again, what was removed is not', async () => {
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  await Promise.all([store.put('a', bytesOf('1')), store.put('b', bytesOf('2'))]);
  await store.put('a', bytesOf('3'));
  await store.put('empty', new Uint8Array());
  await store.remove('b', 'never there');
  expect(contents(store)).toEqual({ a: '3', empty: '' });
  expect(store.get('b')).toBeUndefined();
  await store.close();
  expect(contents(await open(path))).toEqual({ a: '3', empty: '' });
});

test('the same random changes make the same contents as in a Map, over many openings', async () => {
  const random = new Seeded(seedFor('metadata store and Map'));
  const path = join(temporaryFolder(), 'books');
  const model = new Map<string, string>();
  for (let opening = 0; opening < 6; opening++) {
    const store = await open(path);
    expect(contents(store)).toEqual(Object.fromEntries(model));
    for (let round = 0; round < 8; round++) {
      const changes: Promise<void>[] = [];
      for (let count = random.between(1, 60); count > 0; count--) {
        const key = `key ${random.between(0, 150)}`;
        if (random.chance(0.3)) {
          model.delete(key);
          changes.push(store.remove(key));
        } else {
          const value = 'v'.repeat(random.between(0, 1024));
          model.set(key, value);
          changes.push(store.put(key, bytesOf(value)));
        }
      }
      await Promise.all(changes);
    }
    await store.close();
  }
});

test('the value given may be changed afterwards', async () => {
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  const value = bytesOf('before');
  const put = store.put('key', value);
  value.fill(0);
  await put;
  await store.close();
  expect(contents(await open(path))).toEqual({ key: 'before' });
});

test('a second opener is refused until the first has closed', async () => {
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  await expect(open(path)).rejects.toMatchObject({ code: 'IO_LOCKED', retryable: true });
  await store.close();
  await (await open(path)).close();
  expect(existsSync(`${path}-owner`)).toBe(false);
});

test('closing waits for what is under way, and a closed store refuses changes', async () => {
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  const put = store.put('late', bytesOf('1'));
  await store.close();
  await put;
  await expect(store.put('later', bytesOf('2'))).rejects.toMatchObject({ code: 'METADATA_CLOSED' });
  await expect(store.remove('late')).rejects.toMatchObject({ code: 'METADATA_CLOSED' });
  expect(contents(await open(path))).toEqual({ late: '1' });
});

test('a full store refuses new keys and takes changes of those it has', async () => {
  const store = await open(join(temporaryFolder(), 'books'), { maxEntries: 2 });
  await store.put('a', bytesOf('1'));
  await store.put('b', bytesOf('1'));
  await expect(store.put('c', bytesOf('1'))).rejects.toMatchObject({ code: 'METADATA_FULL' });
  await store.put('a', bytesOf('2'));
  await store.remove('b');
  await store.put('c', bytesOf('1'));
  expect(contents(store)).toEqual({ a: '2', c: '1' });
});

test('another file system than the disk is refused', async () => {
  await expect(open('/books', { fs: new MemoryFileSystem() })).rejects.toMatchObject({
    code: 'METADATA_NEEDS_DISK',
  });
});

test('what a crash left of a store that was being made is no hindrance', async () => {
  const path = join(temporaryFolder(), 'books');
  writeFileSync(`${path}.tmp`, 'half of a file');
  writeFileSync(`${path}.tmp-lock`, 'garbage');
  writeFileSync(`${path}-lock`, 'garbage');
  const store = await open(path);
  await store.put('a', bytesOf('1'));
  await store.close();
  expect(contents(await open(path))).toEqual({ a: '1' });
  expect(readdirSync(join(path, '..')).toSorted()).toEqual(['books', 'books-lock', 'books-owner']);
});

test('a damaged file is refused with a code or gives exactly what was put', async () => {
  const random = new Seeded(seedFor('damage of a metadata store'));
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  for (let index = 0; index < 60; index++) {
    await store.put(`key ${index}`, new Uint8Array(100).fill(index));
  }
  const truth = contents(store);
  await store.close();
  const sound = new Uint8Array(readFileSync(path));
  const codes = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const damaged = new Uint8Array(sound);
    // Headers of meta pages and of pages first, where most of what matters lies.
    const page = random.between(0, sound.length / 4096 - 1);
    const at =
      page * 4096 + (random.chance(0.5) ? random.between(0, 200) : random.between(0, 4095));
    damaged[at]! ^= 1 << random.between(0, 7);
    writeFileSync(path, damaged);
    const opening = async (): Promise<void> => {
      const opened = await MetadataStore.open({ path, fs: nodeFileSystem });
      expect(contents(opened), `byte ${at}`).toEqual(truth);
      await opened.close();
    };
    codes.add(await codeOfPromise(opening));
  }
  expect([...codes].toSorted()).toEqual(['METADATA_CORRUPT', nothingThrown]);
});

test.each([
  ['empty', 0],
  ['a part of a page', 100],
  ['the meta pages alone', 8192],
  ['the meta pages and one more', 12_288],
])('a file cut to %s is refused, and the lock is given back', async (_name, length) => {
  const path = join(temporaryFolder(), 'books');
  const store = await open(path);
  for (let index = 0; index < 60; index++) await store.put(`key ${index}`, new Uint8Array(200));
  await store.close();
  const sound = readFileSync(path);
  writeFileSync(path, sound.subarray(0, length));
  await expect(open(path)).rejects.toThrow(CorruptionError);
  await expect(open(path)).rejects.toMatchObject({ code: 'METADATA_CORRUPT', context: { path } });
  writeFileSync(path, sound);
  expect((await open(path)).size).toBe(60);
});

test('another file under the name is refused', async () => {
  const path = join(temporaryFolder(), 'books');
  writeFileSync(path, new Uint8Array(16384).fill(0x41));
  await expect(open(path)).rejects.toMatchObject({ code: 'METADATA_CORRUPT' });
});
