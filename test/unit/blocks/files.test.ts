/** Files in a store: cut into blocks, written once, and what a crash leaves of them. */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../native-free-io/index.ts';
import { blockWorld, gathered, putBlock } from '../../helpers/block-world.ts';
import { codeOfPromise } from '../../helpers/codes.ts';
import { Seeded } from '../../helpers/seeded.ts';

const bytes = new Seeded(31).bytes(3000);

describe('files', () => {
  test('a file is cut into blocks of the size asked for, the last as short as it is', async () => {
    const world = blockWorld(new MemoryFileSystem(), 2);
    let store = await world.open();
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 2500), bytes.subarray(2500)];
    const manifest = await store.putFile('dir/a b', pieces, { blockBytes: 1024 });
    expect(manifest.blocks.map(({ length }) => length)).toEqual([1024, 1024, 952]);
    await store.close();
    store = await world.open();
    expect(store.listFiles().map(({ name }) => name)).toEqual(['dir/a b']);
    expect((await gathered(store.getFile('dir/a b'))).equals(bytes)).toBe(true);
    const range = { start: 1000, end: 2100 };
    expect(
      (await gathered(store.getFile('dir/a b', range))).equals(bytes.subarray(1000, 2100)),
    ).toBe(true);
    await store.deleteFile('dir/a b');
    expect(store.list()).toEqual([]);
    expect(() => store.statFile('dir/a b')).toThrow(/no file/);
    await store.close();
  });

  test('an upload that fails leaves no block', async () => {
    await using store = await blockWorld().open();
    function* failing(): Generator<Uint8Array> {
      yield bytes;
      throw new Error('the source broke');
    }
    const put = store.putFile('x', failing(), { blockBytes: 1000 });
    await expect(put).rejects.toThrow(/source broke/);
    expect(store.list()).toEqual([]);
    expect(store.listFiles()).toEqual([]);
  });

  test('checksums are those of the format notes', async () => {
    await using store = await blockWorld().open();
    const hexOf = async (
      name: string,
      content: Uint8Array,
      blockBytes: number,
    ): Promise<string> => {
      await store.putFile(name, [content], { blockBytes });
      return Buffer.from(store.fileChecksum(name).bytes.subarray(12)).toString('hex');
    };
    const zeros = new Uint8Array(1536);
    const digits = Buffer.from('123456789');
    expect(await hexOf('digits', digits, 4096)).toBe('2faa18fc1637e6b4bad7e0e91b200a4d');
    expect(await hexOf('one', zeros.subarray(0, 1024), 4096)).toBe(
      'f4591e1db32ca8f5040eccd2ce6521fd',
    );
    expect(await hexOf('two', zeros.subarray(0, 1024), 512)).toBe(
      'f25f06d8c073df1a3db6dada4b403dcd',
    );
    expect(await hexOf('three', zeros, 512)).toBe('9093a48f76bdaa34f2c7f50184af6bf5');
    expect(await hexOf('empty', new Uint8Array(0), 512)).toBe('70bc8f4b72a86921468bf8e8441dce51');
    expect(store.fileChecksum('empty').algorithm).toBe('MD5-of-0MD5-of-0CRC32');
    expect(store.fileChecksum('empty', 'composite')).toEqual(store.fileChecksum('empty'));
    expect(store.fileChecksum('three').algorithm).toBe('MD5-of-1MD5-of-512CRC32C');
    const composite = store.fileChecksum('digits', 'composite');
    expect(composite.algorithm).toBe('COMPOSITE-CRC32C');
    expect(Buffer.from(composite.bytes).toString('hex')).toBe('e3069283');
  });
});

describe('HD-04 written once, read many times', () => {
  test('a file that is there, and a block, are refused for creation; nothing changes them', async () => {
    await using store = await blockWorld().open();
    await store.putFile('taken', [bytes]);
    expect(await codeOfPromise(store.putFile('taken', [bytes]))).toBe('BLOCKS_EXISTS');
    expect((await gathered(store.getFile('taken'))).equals(bytes)).toBe(true);
    const { id } = await putBlock(store, bytes);
    expect(await codeOfPromise(store.create({ id }))).toBe('BLOCKS_EXISTS');
    // The only way to write below the end of a block is to repeat what a sender sent: ignored.
    const writer = await store.append(id);
    const other = new Uint8Array(512);
    const sums = Uint8Array.of(0x30, 0xfc, 0x99, 0xb7);
    const written = codeOfPromise(writer.writeWithSums(other, sums, 0));
    expect(await written).toBe('BLOCKS_CORRUPT_CHUNK');
    await writer.finalize();
    const found = new Uint8Array(3000);
    store.readInto(id, found, 0);
    expect(Buffer.from(found).equals(bytes)).toBe(true);
  });
});

describe('what a crash leaves of an upload', () => {
  test('is told apart from blocks that stand for themselves, and can be removed', async () => {
    const fs = new MemoryFileSystem();
    const store = await blockWorld(fs).open();
    const own = await putBlock(store, bytes);
    await store.putFile('whole', [bytes], { blockBytes: 1000 });
    let crashed: MemoryFileSystem | undefined;
    function* source(): Generator<Uint8Array> {
      yield bytes;
      expect(store.listUnfinishedFiles()).toEqual([]);
      crashed = fs.clone();
      yield bytes;
    }
    await store.putFile('cut', source(), { blockBytes: 1000 });
    expect(store.listUnfinishedFiles()).toEqual([]);
    await store.close();

    await using after = await blockWorld(crashed).open();
    expect(after.listFiles().map(({ name }) => name)).toEqual(['whole']);
    const unfinished = after.listUnfinishedFiles();
    expect(unfinished).toMatchObject([{ name: 'cut', blocks: [{}, {}, {}] }]);
    expect(await after.removeUnfinishedFiles()).toEqual(unfinished);
    const { blocks } = after.statFile('whole');
    const kept = [own.id, ...blocks.map(({ id }) => id)];
    expect(new Set(after.list().map(({ id }) => id))).toEqual(new Set(kept));
    expect(after.listUnfinishedFiles()).toEqual([]);
  });
});
