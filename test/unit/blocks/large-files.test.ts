/**
 * Large files on one node, sparse: mostly zeros that take no room. VARVE_LARGE_FILE_BYTES sets how
 * large (default 40 MiB; 20 GiB is the size of HD-03, in blocks of 128 MiB).
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crc32c } from '../../../native-free-io/index.ts';
import { BlockStore } from '../../../src/blocks/index.ts';
import { sparseFileSystem } from '../../helpers/sparse-fs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const pieceBytes = 1 << 18;
const bytes = Number(process.env['VARVE_LARGE_FILE_BYTES'] ?? 40 << 20);
const timeout = 20_000 + bytes / 20_000;

/** Pieces of zeros; every sixteenth says in its first bytes which one it is. */
function* pieces(length: number): Generator<Uint8Array> {
  const piece = new Uint8Array(pieceBytes);
  const view = new DataView(piece.buffer);
  for (let at = 0; at < length; at += pieceBytes) {
    const index = at / pieceBytes;
    view.setUint32(0, index % 16 === 0 ? index + 1 : 0);
    yield piece.subarray(0, Math.min(pieceBytes, length - at));
  }
}

function openSparse(): Promise<BlockStore> {
  const env = { fs: sparseFileSystem };
  return BlockStore.open({ dirs: [join(temporaryFolder(), 'disk')], env, syncOnFinalize: false });
}

test(
  'HD-02, HD-03 a large file, in 160 blocks, is read back from head to end',
  { timeout },
  async () => {
    await using store = await openSparse();
    const manifest = await store.putFile('large', pieces(bytes), { blockBytes: bytes / 160 });
    expect(manifest.blocks).toHaveLength(160);
    expect(manifest.length).toBe(bytes);
    let position = 0;
    let sum = 0;
    const expected = new Uint8Array(pieceBytes);
    for await (const piece of store.getFile('large', { pieceBytes })) {
      sum = crc32c(piece, 0, piece.length, sum);
      for (let at = 0; at < piece.length; at += pieceBytes) {
        const index = (position + at) / pieceBytes;
        new DataView(expected.buffer).setUint32(0, index % 16 === 0 ? index + 1 : 0);
        const part = piece.subarray(at, at + pieceBytes);
        expect(Buffer.compare(part, expected.subarray(0, part.length))).toBe(0);
      }
      position += piece.length;
    }
    expect(position).toBe(bytes);
    const composite = Buffer.from(store.fileChecksum('large', 'composite').bytes);
    expect(composite.readUInt32BE()).toBe(sum);
  },
);

test(
  'HD-11 300 MiB are two blocks of 128 MiB and one that takes what is left',
  { timeout },
  async () => {
    await using store = await openSparse();
    const { blocks } = await store.putFile('file', pieces(300 << 20));
    expect(blocks.map(({ length }) => length)).toEqual([134217728, 134217728, 46137344]);
    expect(
      store
        .list()
        .map(({ length }) => length)
        .toSorted((a, b) => b - a),
    ).toEqual([134217728, 134217728, 46137344]);
  },
);

test('files, scans and packs work in a process that may load no native addon', () => {
  const door = new URL('../../../dist/src/blocks/index.js', import.meta.url).href;
  const program = `
    import { BlockStore, ObjectPack } from '${door}';
    const dir = process.argv[1];
    const store = await BlockStore.open({ dirs: [dir + '/disk'] });
    await store.putFile('file', [Buffer.alloc(100000, 'x')], { blockBytes: 30000 });
    let length = 0;
    for await (const piece of store.getFile('file')) length += piece.length;
    let sound = 0;
    for await (const { problems } of store.scan({ bytesPerSecond: 1e9 })) sound += problems.length === 0;
    await store.close();
    for (const value of ['one', 'two']) {
      const pack = await ObjectPack.open({ dir: dir + '/pack' });
      await pack.put(value, Buffer.from(value));
      await pack.close();
    }
    const pack = await ObjectPack.open({ dir: dir + '/pack' });
    console.log(length, sound, Buffer.from(pack.get('one')).toString(), pack.size);
    await pack.close();
  `;
  const args = ['--no-addons', '--input-type=module', '-e', program, temporaryFolder()];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(child.stdout + child.stderr).toBe('100000 4 one 2\n');
});
