/**
 * A block store against a map of byte arrays: random writes, appends, truncations, deletions,
 * recoveries and reopenings. `VARVE_MODEL_RUNS` sets how many histories (default 3); `VARVE_SEED`
 * repeats a run.
 */
import { expect, test } from 'vitest';
import { MemoryFileSystem } from '../../native-free-io/index.ts';
import type { BlockStore } from '../../src/blocks/index.ts';
import { blockWorld, readAll } from '../helpers/block-world.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';

const runs = Number(process.env['VARVE_MODEL_RUNS'] ?? 3);
const steps = 120;

test('a store holds what a map of bytes holds, whatever is done to it', async () => {
  const seed = seedFor('block store model');
  for (let run = 0; run < runs; run++) {
    const random = new Seeded(seed + run);
    const chunkBytes = random.pick([1, 3, 16, 512]);
    const checksum = random.pick(['crc32c', 'crc32', 'none'] as const);
    const world = blockWorld(new MemoryFileSystem(), random.between(1, 3));
    const model = new Map<bigint, Uint8Array>();
    let store = await world.open({ chunkBytes, checksum });
    for (let step = 0; step < steps; step++) {
      const place = `run ${run}, step ${step}`;
      if (random.chance(0.08)) {
        await store.close();
        store = await world.open({ chunkBytes, checksum });
        expect(store.loadReport.aside, place).toEqual([]);
      }
      await stepOnce(store, model, random);
      const ids = store.list().map(({ id }) => id);
      expect(new Set(ids), place).toEqual(new Set(model.keys()));
      if (model.size === 0) continue;
      const id = random.pick([...model.keys()]);
      const content = model.get(id)!;
      const start = random.between(0, content.length);
      const end = random.between(start, content.length);
      const read = await readAll(store, id, { start, end });
      expect(read.equals(content.subarray(start, end)), place).toBe(true);
    }
    for (const [id, content] of model) {
      expect((await store.verify(id))?.problems).toEqual([]);
      expect((await readAll(store, id)).equals(content)).toBe(true);
    }
    await store.close();
  }
});

async function stepOnce(
  store: BlockStore,
  model: Map<bigint, Uint8Array>,
  random: Seeded,
): Promise<void> {
  const choice = model.size === 0 ? 0 : random.between(0, 5);
  if (choice <= 1) {
    const writer = await store.create({ reserveBytes: 0 });
    const content = await fill(writer, new Uint8Array(0), random);
    if (random.chance(0.2)) {
      await writer.abort();
      return;
    }
    model.set(writer.id, content);
    if (random.chance(0.8)) await writer.finalize();
    else {
      await writer.close();
      await store.recover(writer.id);
    }
    return;
  }
  const id = random.pick([...model.keys()]);
  const content = model.get(id)!;
  if (choice === 2) {
    const writer = await store.append(id);
    model.set(id, await fill(writer, content, random));
    await writer.finalize();
  } else if (choice === 3) {
    const length = random.between(0, content.length);
    await store.truncate(id, length);
    model.set(id, content.subarray(0, length));
  } else if (choice === 4) {
    await store.delete(id);
    model.delete(id);
  } else {
    await store.quarantine(id);
    await store.releaseQuarantined(id);
  }
}

async function fill(
  writer: Awaited<ReturnType<BlockStore['create']>>,
  before: Uint8Array,
  random: Seeded,
): Promise<Uint8Array> {
  let content = before;
  for (let piece = random.between(0, 4); piece > 0; piece--) {
    const bytes = random.bytes(random.between(0, 700));
    await writer.write(bytes);
    content = Buffer.concat([content, bytes]);
    if (random.chance(0.3)) await writer.hflush();
    if (random.chance(0.3)) await writer.hsync();
  }
  return content;
}
