/**
 * Damaged indexes of the last segment used to be taken as they were after an orderly close, and
 * the next entry then failed on them: the log could not be closed, or not be opened at all.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect } from '../helpers/batches.ts';
import { fromHex, toHex } from '../helpers/hex.ts';
import { LogWorld, segmentFile } from '../helpers/log-world.ts';

const timeIndex = segmentFile(0, 'timeindex');
const offsetIndex = segmentFile(0, 'index');

test.each([
  ['an offset beyond the data', timeIndex, '0000000000000001 00000063'],
  ['an offset before the segment', timeIndex, '0000000000000001 ffffffff'],
  ['a time no number can hold', timeIndex, '7fffffffffffffff 00000001'],
  ['a negative time', timeIndex, 'ffffffffffffffff 00000001'],
  ['an early time at a late offset', timeIndex, '0000000000000001 00000003'],
  ['an offset index beyond the data', offsetIndex, '00000063 00000010'],
  ['an offset index that points behind the data', offsetIndex, '00000001 00ffffff'],
  ['an offset index that points before the data', offsetIndex, '00000001 ffffffff'],
])('%s: the indexes are rebuilt', async (_name, file, entry) => {
  const world = new LogWorld();
  const log = await world.open();
  for (const timestamp of [10, 20, 50, 30]) log.appendSync([{ timestamp }]);
  await log.close();
  const before = [timeIndex, offsetIndex].map((name) => toHex(world.bytesOf(name)));
  writeFileSync(world.path(file), fromHex(entry));
  const again = await world.open();
  expect(again.loadReport).toMatchObject({ recoveredSegments: 1, truncatedBytes: 0 });
  expect(await collect(again.read())).toHaveLength(4);
  await again.close();
  expect([timeIndex, offsetIndex].map((name) => toHex(world.bytesOf(name)))).toEqual(before);
});
