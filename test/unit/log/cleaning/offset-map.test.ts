/** The map of keys that decides what a round keeps, and how far it reaches. */
import { describe, expect, test } from 'vitest';
import { hashKey, keyHash } from '../../../../src/log/cleaning/key-hash.ts';
import { bytesPerSlot, OffsetMap } from '../../../../src/log/cleaning/offset-map.ts';
import { buildBatch, concat } from '../../../helpers/batches.ts';
import { utf8 } from '../../../helpers/hex.ts';
import { Seeded, seedFor } from '../../../helpers/seeded.ts';
import { CleaningWorld, put, putSegment, shown } from './cleaning-world.ts';

const seed = seedFor('offset-map');

const hexOf = (text: string): string => {
  const bytes = utf8(text);
  hashKey(bytes, 0, bytes.length);
  return Array.from(keyHash, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
};

describe('hashKey', () => {
  test.each([
    ['', '00000000000000000000000000000000'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
    ["I will not buy this tobacconist's, it is scratched.", '9b5b7ba2ef3f7866889adeaf00f3f98e'],
  ])('%j is what MurmurHash3 x86_128 gives', (text, hex) => {
    expect(hexOf(text)).toBe(hex);
  });

  test('looks at every byte of the range and at no other', () => {
    const random = new Seeded(seed);
    for (let length = 1; length <= 40; length++) {
      const key = random.bytes(length);
      hashKey(key, 0, length);
      const expected = [...keyHash];
      hashKey(concat(random.bytes(3), key, random.bytes(5)), 3, 3 + length);
      expect([...keyHash]).toEqual(expected);
      for (let at = 0; at < length; at++) {
        const other = key.slice();
        other[at]! ^= 1 << random.between(0, 7);
        hashKey(other, 0, length);
        expect([...keyHash], `byte ${at} of ${length}`).not.toEqual(expected);
      }
    }
  });
});

describe('OffsetMap', () => {
  const note = (map: OffsetMap, key: string, offset: number): void => {
    const bytes = utf8(key);
    map.put(bytes, 0, bytes.length, offset);
  };
  const get = (map: OffsetMap, key: string): number => {
    const bytes = utf8(key);
    return map.get(bytes, 0, bytes.length);
  };

  test('answers like a Map, up to its last slot', () => {
    const random = new Seeded(seed);
    const map = new OffsetMap(1000 * bytesPerSlot);
    const model = new Map<string, number>();
    for (let offset = 0; !map.isFull; offset++) {
      const key = `k${random.between(0, 3000)}`;
      note(map, key, offset);
      model.set(key, offset);
    }
    expect(map.count).toBe(model.size);
    expect(map.count).toBe(900);
    for (let number = 0; number <= 3000; number++) {
      expect(get(map, `k${number}`)).toBe(model.get(`k${number}`) ?? -1);
    }
  });

  test('grows with its keys, within its memory', () => {
    const mapBytes = 600_000 * bytesPerSlot;
    const map = new OffsetMap(mapBytes);
    let before = map.slots;
    expect(before).toBeLessThan(100_000);
    let key = 0;
    for (; !map.isFull; key++) {
      note(map, `k${key}`, key);
      if (map.slots !== before) expect(before + map.slots).toBeLessThanOrEqual(600_000);
      before = map.slots;
    }
    expect(map.count).toBe(key);
    expect(key).toBeGreaterThan(300_000);
    for (let number = 0; number < key; number += 7) expect(get(map, `k${number}`)).toBe(number);
    expect(get(map, `k${key}`)).toBe(-1);
  });

  test('knows offsets beyond 2^32 and an offset of 0', () => {
    const map = new OffsetMap(1 << 12);
    note(map, 'a', 0);
    note(map, 'b', Number.MAX_SAFE_INTEGER - 1);
    expect([get(map, 'a'), get(map, 'b'), get(map, 'c')]).toEqual([
      0,
      Number.MAX_SAFE_INTEGER - 1,
      -1,
    ]);
  });

  test('takes a few keys however little memory it gets, so that a round always gets on', () => {
    const map = new OffsetMap(1);
    for (let at = 0; at < 14; at++) {
      expect(map.isFull).toBe(false);
      note(map, `k${at}`, at);
    }
    expect(map.isFull).toBe(true);
  });
});

describe('a map that fills up', () => {
  /** Fourteen keys fit. */
  const tiny = { mapBytes: 1 };

  test('ends the round at the first record it cannot take; what lies behind stays', async () => {
    const log = await new CleaningWorld().open();
    const keys = Array.from({ length: 20 }, (_, at) => `k${at}=1`).join(' ');
    await putSegment(log, keys);
    await putSegment(log, keys.replaceAll('=1', '=2'));
    const report = await log.compact(tiny);
    // Offsets 0 to 13 were taken; none of them occurs twice among those.
    expect(report).toMatchObject({ done: true, firstDirty: 14, recordsKept: 20 });
    expect((await shown(log)).length).toBe(40);
  });

  test('leaves records without a key alone beyond its reach', async () => {
    const log = await new CleaningWorld().open();
    put(log, Array.from({ length: 15 }, (_, at) => `k${at}=1`).join(' '));
    const keyless = buildBatch([{ value: 'no key' }], { baseOffset: 15 });
    log.appendBatchesSync(keyless, { origin: 'replica' });
    put(log, 'a=1');
    await log.roll();
    await log.compact(tiny);
    expect((await shown(log)).slice(-2)).toEqual(['15:=no key', '16:a=1']);
    await log.compact(tiny);
    expect((await shown(log)).slice(-2)).toEqual(['14:k14=1', '16:a=1']);
  });

  test('never loses a latest value, and rounds go on where the last one ended', async () => {
    const random = new Seeded(seed);
    const log = await new CleaningWorld({ 'segment.bytes': 500 }).open();
    const latest = new Map<string, string>();
    for (let at = 0; at < 300; at++) {
      const key = `k${random.between(0, 30)}`;
      log.appendSync([{ key, value: `${at}` }]);
      latest.set(key, `${at}`);
    }
    await log.roll();
    const ends: number[] = [];
    for (let round = 0; round < 100; round++) {
      const { done, firstDirty } = await log.compact(tiny);
      if (!done) break;
      ends.push(firstDirty);
      const found = new Map((await shown(log)).map((line) => keyAndValue(line)));
      expect(found).toEqual(latest);
    }
    expect(ends.length).toBeGreaterThan(3);
    expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
    expect(ends.at(-1)).toBe(300);
    expect((await shown(log)).length).toBeLessThan(150);
  });
});

function keyAndValue(line: string): [string, string] {
  const [key, value] = line.slice(line.indexOf(':') + 1).split('=');
  return [key!, value!];
}
