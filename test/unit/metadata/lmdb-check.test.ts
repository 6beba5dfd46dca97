import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { MetadataStore } from '../../../src/metadata/index.ts';
import { findLmdbDamage, type LmdbDamage } from '../../../src/metadata/lmdb-check.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

function damageIn(bytes: Uint8Array): LmdbDamage | undefined {
  return findLmdbDamage({
    sizeSync: () => bytes.length,
    readSync(target, start, length, position) {
      target.set(bytes.subarray(position, position + length), start);
      return Math.max(0, Math.min(length, bytes.length - position));
    },
  });
}

/** A file after the changes; key n has a value of n % 50 bytes. */
async function fileAfter(changes: (store: MetadataStore) => Promise<void>): Promise<Uint8Array> {
  const path = join(temporaryFolder(), 'books');
  const store = await MetadataStore.open({ path, fs: nodeFileSystem });
  await changes(store);
  await store.close();
  return new Uint8Array(readFileSync(path));
}

async function putMany(store: MetadataStore, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.put(`key ${index}`, new Uint8Array(index % 50)),
    ),
  );
}

async function removeMost(store: MetadataStore): Promise<void> {
  const keys = store.entries().map(({ key }) => key);
  await store.remove(...keys.filter((_, index) => index % 5 !== 0));
}

/** Where the newer meta page begins: how many commits there were is a matter of timing. */
function newestMeta(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer);
  const even = view.getBigUint64(152, true);
  return even >= view.getBigUint64(4096 + 152, true) ? 0 : 4096;
}

test('a new file, a small one and deep ones with many free pages are sound', async () => {
  expect(damageIn(await fileAfter(async () => undefined))).toBeUndefined();
  expect(damageIn(await fileAfter((store) => putMany(store, 3)))).toBeUndefined();
  const large = await fileAfter(async (store) => {
    await putMany(store, 20_000);
    await removeMost(store);
    await putMany(store, 100);
  });
  expect(large.length).toBeGreaterThan(1 << 20);
  expect(damageIn(large)).toBeUndefined();
});

test('every flipped bit in a header of a page in use is found', async () => {
  const sound = await fileAfter((store) => putMany(store, 300));
  const root = Number(new DataView(sound.buffer).getBigUint64(newestMeta(sound) + 96 + 40, true));
  const missed: number[] = [];
  // Number, flags and bounds; the transaction between them may be any older one.
  for (const position of [0, 1, 7, 18, 19, 20, 21, 22, 23]) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = new Uint8Array(sound);
      bytes[root * 4096 + position]! ^= 1 << bit;
      if (damageIn(bytes) === undefined) missed.push(position);
    }
  }
  expect(missed).toEqual([]);
});

test.each([
  { what: 'the transaction of a meta page', position: 152, reason: 'apart' },
  { what: 'the root', position: 96 + 40, reason: 'page' },
  { what: 'the number of entries', position: 96 + 32, reason: 'counts' },
  { what: 'the magic number', position: 24, reason: 'LMDB' },
])('$what that is wrong is told', async ({ position, reason }) => {
  const bytes = await fileAfter((store) => putMany(store, 300));
  bytes[newestMeta(bytes) + position]! ^= 4;
  expect(damageIn(bytes)?.reason).toContain(reason);
});

test('keys out of order are told', async () => {
  const bytes = await fileAfter((store) => putMany(store, 2));
  const text = new TextDecoder('latin1').decode(bytes);
  const positions = [...text.matchAll(/key 0/g)].map(({ index }) => index);
  expect(positions.length).toBeGreaterThan(0);
  for (const position of positions) bytes[position + 4] = 0x39;
  expect(damageIn(bytes)?.reason).toBe('keys do not ascend');
});

test('anything at all is judged without an exception', () => {
  for (const length of [0, 1, 4096, 8191, 8192, 65_536]) {
    expect(damageIn(new Uint8Array(length))?.reason).toBeDefined();
    expect(damageIn(new Uint8Array(length).fill(0xff))?.reason).toBeDefined();
  }
});
