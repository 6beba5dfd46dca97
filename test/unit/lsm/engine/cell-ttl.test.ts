/** Cells that carry a time to live of their own, in a tag, as other writers of HFiles make them. */
import { expect, test } from 'vitest';
import { HFileWriter } from '../../../../src/lsm/files/hfile-writer.ts';
import { TagType } from '../../../../src/lsm/format/kv-layout.ts';
import { inCellOrder, testCell, viewOf } from '../../../helpers/lsm-cells.ts';
import { LsmWorld } from '../../../helpers/lsm-world.ts';

/** A tag as it lies in a cell: length u16 of what follows, type u8, payload. */
function tag(type: number, payload: Uint8Array): string {
  const bytes = Buffer.alloc(3 + payload.length);
  bytes.writeUInt16BE(1 + payload.length, 0);
  bytes[2] = type;
  bytes.set(payload, 3);
  return bytes.toString('latin1');
}

function ttl(ms: number): string {
  const payload = Buffer.alloc(8);
  payload.writeBigInt64BE(BigInt(ms));
  return tag(TagType.ttl, payload);
}

async function loaded(): Promise<LsmWorld> {
  const world = await LsmWorld.open({ f: { versions: 3 } });
  const timestamp = world.time.now();
  const cells = inCellOrder([
    testCell({ row: 'brief', timestamp, tags: ttl(1000) }),
    testCell({ row: 'brief', timestamp: timestamp - 5, value: 'older' }),
    testCell({ row: 'long', timestamp, tags: tag(TagType.acl, Uint8Array.of(1)) + ttl(100_000) }),
    testCell({ row: 'plain', timestamp }),
    // A payload of another length is none: such a tag is left alone.
    testCell({ row: 'strange', timestamp, tags: tag(TagType.ttl, Uint8Array.of(0, 1)) }),
  ]);
  world.fs.makeDirectorySync('/load');
  world.fs.makeDirectorySync('/load/f');
  const writer = HFileWriter.create(world.fs, '/load/f/0123', { includesTags: true });
  for (const cell of cells) writer.append(viewOf(cell));
  await writer.finish();
  expect(await world.table.admin.bulkLoad('/load')).toBe(1);
  return world;
}

const rows = (world: LsmWorld): string[] => world.cells().map((line) => line.split(' ')[0]!);

test('a cell goes when the time in its tag is over, and the older version shows', async () => {
  await using world = await loaded();
  const now = world.time.now();
  expect(world.cells({ start: 'brief', stop: 'c' })).toEqual([`brief f:q @${now} = value`]);
  world.time.advance(1000);
  expect(rows(world)).toEqual(['brief', 'long', 'plain', 'strange']);
  world.time.advance(1);
  expect(world.cells({ start: 'brief', stop: 'c' })).toEqual([`brief f:q @${now - 5} = older`]);
  expect(Buffer.from(world.table.valueSync('brief', 'f', 'q')!).toString()).toBe('older');
  world.time.advance(100_000);
  expect(rows(world)).toEqual(['brief', 'plain', 'strange']);
  expect(world.table.valueSync('long', 'f', 'q')).toBeUndefined();
});

test('a compaction drops the cells whose time is over, and keeps the tags of the others', async () => {
  await using world = await loaded();
  const now = world.time.now();
  world.time.advance(2000);
  await world.table.compact({ major: true });
  expect(world.cells({ raw: true, versions: 9 })).toHaveLength(4);
  expect(world.cells({ start: 'brief', stop: 'c' })).toEqual([`brief f:q @${now - 5} = older`]);
  world.time.advance(100_000);
  expect(rows(world)).toEqual(['brief', 'plain', 'strange']);
});
