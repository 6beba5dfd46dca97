/**
 * A real process that writes blocks, killed without warning again and again: everything it
 * said was synced or finalized is there, under the lock of a dead owner.
 *
 * The process runs the compiled library. `VARVE_KILL_ROUNDS` sets how many (default 3).
 */
import { expect, test } from 'vitest';
import { linesUntilKilled, tellSource } from '../helpers/killed-program.ts';
import { BlockStore } from '../../src/blocks/index.ts';
import { Seeded, seedFor } from '../helpers/seeded.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const rounds = Number(process.env['VARVE_KILL_ROUNDS'] ?? 3);
const library = new URL('../../dist/src/blocks/index.js', import.meta.url).href;

/** Byte n of a block is n * 7 of its id; lengths that end within chunks. */
const program = `
${tellSource}
const [library, ...dirs] = process.argv.slice(1);
const { BlockStore } = await import(library);
tell('opening');
const store = await BlockStore.open({ dirs, chunkBytes: 64, blockBytes: 4096 });
const bytesOf = (id, from, length) =>
  Uint8Array.from({ length }, (_, at) => (from + at) * 7 + Number(id % 251n));
async function grow(writer, turns) {
  for (let turn = 0; turn < turns; turn++) {
    await writer.write(bytesOf(writer.id, writer.position, 1 + (turn * 37) % 150));
    if (turn % 2 === 0) await writer.hsync(), tell('synced ' + writer.id + ' ' + writer.position);
    else await writer.hflush();
  }
}
for (let turn = 0; ; turn++) {
  const writer = await store.create();
  await grow(writer, 5);
  tell('synced ' + writer.id + ' ' + (await writer.finalize()).length);
  const more = await store.append(writer.id);
  await grow(more, 3);
  tell('synced ' + writer.id + ' ' + (await more.finalize()).length);
  if (turn % 5 === 4) {
    tell('deleting ' + writer.id);
    await store.delete(writer.id);
    tell('deleted ' + writer.id);
  }
}
`;

test(
  'whatever the moment of the kill, what was acknowledged is there',
  { timeout: 120_000 },
  async () => {
    const random = new Seeded(seedFor('killed block writer'));
    const folder = temporaryFolder();
    const dirs = [`${folder}/0`, `${folder}/1`];
    const synced = new Map<bigint, number>();
    const deleted = new Set<bigint>();
    for (let round = 0; round < rounds; round++) {
      await writeAndKill(dirs, random.between(3, 60), (word, id, length) => {
        if (word === 'synced') synced.set(id, length);
        if (word === 'deleting') synced.delete(id);
        if (word === 'deleted') deleted.add(id);
      });
      await using store = await BlockStore.open({ dirs });
      expect(
        store.loadReport.aside.filter(({ reason }) => reason !== 'a sidecar without its data'),
      ).toEqual([]);
      for (const { id, state } of store.list()) if (state !== 'finalized') await store.recover(id);
      for (const [id, length] of synced) {
        const found = store.stat(id);
        expect(found?.length, `block ${id}`).toBeGreaterThanOrEqual(length);
        const bytes = new Uint8Array(length);
        store.readInto(id, bytes, 0);
        const wrong = bytes.findIndex((byte, at) => byte !== ((at * 7 + Number(id % 251n)) & 255));
        expect(wrong, `block ${id}`).toBe(-1);
        expect((await store.verify(id))?.problems).toEqual([]);
      }
      for (const id of deleted) expect(store.stat(id)).toBeUndefined();
    }
    expect(synced.size).toBeGreaterThan(3);
  },
);

async function writeAndKill(
  dirs: readonly string[],
  lines: number,
  note: (word: string, id: bigint, length: number) => void,
): Promise<void> {
  for (const line of await linesUntilKilled(program, [library, ...dirs], lines)) {
    const [word, id, length] = line.split(' ');
    if (id !== undefined) note(word!, BigInt(id), Number(length ?? 0));
  }
}
