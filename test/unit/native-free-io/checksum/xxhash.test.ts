import { expect, test } from 'vitest';
import { loadXxhash, xxHash32 } from '../../../../native-free-io/index.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test('xxHash64 of the published examples', async () => {
  const xxhash = await loadXxhash();
  expect(xxhash.hash64(text(''))).toBe(0xef46db3751d8e999n);
  expect(xxhash.hash64(text('a'))).toBe(0xd24ec4f1a98c6e5bn);
  expect(xxhash.hash64(text('abc'))).toBe(0x44bc2cf5ad770999n);
});

test('xxHash32 of the library is that of the script, with any seed, whole and in pieces', async () => {
  const xxhash = await loadXxhash();
  const random = new Seeded(seedFor('xxhash'));
  for (let turn = 0; turn < 100; turn++) {
    const bytes = random.bytes(random.between(0, 300));
    const seed = random.between(0, 0xffffffff);
    const at = random.between(0, bytes.length);
    expect(xxhash.hash32(bytes, seed)).toBe(xxHash32(bytes, seed));
    const short = xxhash.running32(seed);
    const long = xxhash.running64(BigInt(seed));
    for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) {
      short.update(piece);
      long.update(piece);
    }
    expect(short.digest()).toBe(xxhash.hash32(bytes, seed));
    expect(long.digest()).toBe(xxhash.hash64(bytes, BigInt(seed)));
  }
});
