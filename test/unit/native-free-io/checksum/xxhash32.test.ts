import { expect, test } from 'vitest';
import { XxHash32, xxHash32 } from '../../../../native-free-io/checksum/xxhash32.ts';
import { utf8 } from '../../../helpers/hex.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';
import { noiseOf } from '../codec/samples.ts';

test.each([
  ['', 0, 0x02cc5d05],
  ['', 0x9e3779b1, 0x36b78ae7],
  ['a', 0, 0x550d7456],
  ['as', 0, 0x9d5a0464],
  ['asd', 0, 0x3d83552b],
  ['asdf', 0, 0x5e702c32],
  ['abc', 0, 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
])('the hash of %j with seed %d is the published one', (text, seed, expected) => {
  expect(xxHash32(utf8(text), seed)).toBe(expected);
});

test('updates in any pieces give the hash of the whole, at every length', () => {
  const random = new Seeded(seedFor('xxhash32'));
  const all = noiseOf(200);
  for (let length = 0; length <= all.length; length++) {
    const hash = new XxHash32();
    for (let at = 0; at < length;) {
      const end = Math.min(length, at + random.between(0, 40));
      hash.update(all.subarray(at, end));
      at = end;
    }
    expect(hash.digest(), `length ${length}`).toBe(xxHash32(all.subarray(0, length)));
    expect(hash.digest(), 'a second digest').toBe(xxHash32(all.subarray(0, length)));
  }
});
