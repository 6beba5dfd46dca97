/** Packs of small objects: what is acknowledged stays, whatever becomes of index and journal. */
import { describe, expect, test } from 'vitest';
import {
  FaultFileSystem,
  MemoryFileSystem,
  nodeFileSystem,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { ObjectPack } from '../../../src/blocks/index.ts';
import { SequenceFileReader, SequenceFileWriter, writables } from '../../../src/hadoop/index.ts';
import { changeFile } from '../../helpers/block-world.ts';
import { codeOf, codeOfPromise } from '../../helpers/codes.ts';
import { IndexHistory, objectsOf, openPack } from '../../helpers/pack-world.ts';
import { Seeded } from '../../helpers/seeded.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

test('a pack holds many objects in a few files, verified, also after a torn end', async () => {
  const dir = `${temporaryFolder()}/pack`;
  const random = new Seeded(3);
  const objects = new Map(Array.from({ length: 500 }, (_, at) => [`key ${at}`, random.bytes(at)]));
  {
    await using pack = await ObjectPack.open({ dir });
    for (const [key, value] of objects) await pack.put(key, value);
    expect(pack.get('key 7')).toEqual(objects.get('key 7'));
  }
  expect(nodeFileSystem.listSync(dir).map(({ name }) => name)).toEqual([
    'data',
    'index.lmdb',
    'index.lmdb-lock',
    'journal',
  ]);
  changeFile(nodeFileSystem, `${dir}/data`, (all) => Uint8Array.from([...all, 0, 0, 0, 50, 1, 2]));
  {
    await using pack = await ObjectPack.open({ dir });
    expect(pack.droppedBytes).toBe(6);
    expect(pack.size).toBe(500);
    await pack.put('key 3', random.bytes(3000));
    objects.set('key 3', pack.get('key 3')!);
    await pack.put('large', random.bytes(200_000));
    objects.set('large', pack.get('large')!);
    await pack.remove('key 4');
    objects.delete('key 4');
    expect(pack.size).toBe(500);
  }
  {
    await using pack = await ObjectPack.open({ dir });
    expect([...pack.keys()].toSorted()).toEqual([...objects.keys()].toSorted());
    for (const [key, value] of objects)
      expect(Buffer.from(value).equals(pack.get(key)!)).toBe(true);
    expect(pack.get('key 4')).toBeUndefined();
  }
  changeFile(nodeFileSystem, `${dir}/data`, (all) => {
    all[all.length - 1]! ^= 1;
    return all;
  });
  await using pack = await ObjectPack.open({ dir });
  expect(() => pack.get('large')).toThrow(/damaged/);
});

/** Puts, replacements and removals in several syncs; what there is at the end. */
async function fill(pack: ObjectPack): Promise<Map<string, string>> {
  await Promise.all(['a', 'b', 'c'].map((key) => pack.put(key, bytesOf(`first ${key}`))));
  await pack.sync();
  await pack.put('b', bytesOf('second'));
  await pack.put('empty', bytesOf(''));
  await pack.sync();
  await pack.remove('a');
  await pack.put('a', bytesOf('again'));
  await pack.remove('c');
  await pack.put('é', bytesOf('last'));
  await pack.sync();
  const objects = { b: 'second', empty: '', a: 'again', é: 'last' };
  expect(objectsOf(pack)).toEqual(new Map(Object.entries(objects)));
  return objectsOf(pack);
}

describe('the index only follows the journal', () => {
  test('every state that it ever had, and any part of a commit, leads to the same objects', async () => {
    const fs = new MemoryFileSystem();
    const history = new IndexHistory();
    let pack = await openPack(fs, { openIndex: history.openAt(-1) });
    const objects = await fill(pack);
    await pack.close();
    pack = await openPack(fs, { openIndex: history.openAt(-1) });
    await pack.put('b', bytesOf('third'));
    objects.set('b', 'third');
    await pack.close();
    const moments = history.moments.length;
    expect(moments).toBeGreaterThan(8);
    for (let moment = 0; moment < moments; moment++) {
      await using reopened = await openPack(fs, { openIndex: history.openAt(moment) });
      expect(objectsOf(reopened)).toEqual(objects);
      expect(reopened.size).toBe(objects.size);
    }
  });

  test('one that is lost, damaged anywhere, or of another pack, is made anew', async () => {
    const folder = temporaryFolder();
    const dirs = [`${folder}/one`, `${folder}/two`] as const;
    const objects: Map<string, string>[] = [];
    for (const dir of dirs) {
      await using pack = await ObjectPack.open({ dir });
      if (dir === dirs[1]) await pack.put('other', bytesOf('of the second'));
      objects.push(await fill(pack).catch(() => objectsOf(pack)));
    }
    const path = `${dirs[0]}/index.lmdb`;
    let whole = new Uint8Array();
    changeFile(nodeFileSystem, path, (all) => (whole = new Uint8Array(all)));
    const random = new Seeded(6);
    const changes: ((all: Uint8Array) => Uint8Array)[] = [
      () => new Uint8Array(),
      (all) => all.subarray(0, 5000),
      ...Array.from({ length: 12 }, () => (all: Uint8Array) => {
        all[random.between(0, all.length - 1)]! ^= 1 << random.between(0, 7);
        return all;
      }),
    ];
    for (const change of changes) {
      changeFile(nodeFileSystem, path, () => change(new Uint8Array(whole)));
      const pack = await ObjectPack.open({ dir: dirs[0] });
      expect(objectsOf(pack)).toEqual(objects[0]);
      await pack.close();
    }
    nodeFileSystem.removeFileSync(path);
    nodeFileSystem.renameSync(`${dirs[1]}/index.lmdb`, path);
    await using pack = await ObjectPack.open({ dir: dirs[0] });
    expect(objectsOf(pack)).toEqual(objects[0]);
  });

  test('one that knows more than the journal tells of damage; the data make both anew', async () => {
    const fs = new MemoryFileSystem();
    const history = new IndexHistory();
    const pack = await openPack(fs, { openIndex: history.openAt(-1) });
    const objects = await fill(pack);
    await pack.close();
    changeFile(fs, '/pack/journal', (all) => all.subarray(0, all.length - 30));
    const openIndex = history.openAt(-1);
    const opened = codeOfPromise(openPack(fs, { openIndex }));
    expect(await opened).toBe('BLOCKS_CORRUPT_PACK');
    await using rebuilt = await openPack(fs, { openIndex, rebuild: true });
    objects.set('c', 'first c');
    expect(objectsOf(rebuilt)).toEqual(objects);
  });

  test('a commit of the index is put off, and made when many changes wait', async () => {
    const history = new IndexHistory();
    await using pack = await openPack(new MemoryFileSystem(), { openIndex: history.openAt(-1) });
    const before = history.moments.length;
    for (let at = 0; at < 8191; at++) await pack.put(`key ${at}`, bytesOf('v'));
    await pack.sync();
    expect(history.moments).toHaveLength(before);
    await pack.put('one more', bytesOf('v'));
    await pack.sync();
    expect(history.moments.at(-1)!.entries.size).toBe(8192);
    expect(pack.size).toBe(8192);
  });
});

describe('a damaged journal', () => {
  async function written(): Promise<{ fs: MemoryFileSystem; journal: Uint8Array }> {
    const fs = new MemoryFileSystem();
    const pack = await openPack(fs);
    await fill(pack);
    await pack.close();
    let journal = new Uint8Array();
    changeFile(fs, '/pack/journal', (all) => (journal = new Uint8Array(all)));
    return { fs, journal };
  }

  /** Objects of the pack after a change of its journal, or the error's code. */
  async function reopened(fs: MemoryFileSystem, journal: Uint8Array): Promise<unknown> {
    const copy = fs.clone();
    changeFile(copy, '/pack/journal', () => journal);
    try {
      await using pack = await openPack(copy, { readOnly: true });
      return objectsOf(pack);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  }

  test('a flipped bit is told, or, in the last group, costs that group alone', async () => {
    const { fs, journal } = await written();
    const whole = await reopened(fs, journal);
    const withoutLast = new Map(whole as Map<string, string>).set('a', 'again');
    withoutLast.delete('é');
    let told = 0;
    for (let at = 0; at < journal.length; at++) {
      const bent = new Uint8Array(journal);
      bent[at]! ^= 1 << (at & 7);
      const found = await reopened(fs, bent);
      if (found === 'BLOCKS_CORRUPT_PACK') told++;
      else expect([...(found as Map<string, string>).keys()]).not.toContain('é');
    }
    expect(told).toBeGreaterThan(journal.length / 2);
  });

  test('cut anywhere, it gives what some sync had made durable', async () => {
    const { fs, journal } = await written();
    const states = new Set<string>();
    for (let length = 0; length <= journal.length; length++) {
      const found = await reopened(fs, journal.subarray(0, length));
      if (length < 20) expect(found).toBe('BLOCKS_CORRUPT_PACK');
      else states.add(JSON.stringify([...(found as Map<string, string>)]));
    }
    // Nothing, and after each of the five groups.
    expect(states.size).toBe(6);
  });
});

describe('opening', () => {
  test('a reader beside the writer sees what is durable, without a write or a lock', async () => {
    const inner = new MemoryFileSystem();
    const pack = await openPack(inner);
    const objects = await fill(pack);
    await pack.put('not yet', bytesOf('durable'));
    const refusing = new FaultFileSystem(inner, {
      rules: [
        {
          on: ['write', 'truncate', 'rename', 'removeFile', 'makeDirectory', 'lock'],
          times: Infinity,
          fault: { kind: 'error', errno: 'EROFS' },
        },
      ],
    });
    await using reader = await openPack(refusing, { readOnly: true });
    expect(objectsOf(reader)).toEqual(objects);
    expect(await codeOfPromise(reader.put('k', bytesOf('v')))).toBe('BLOCKS_READ_ONLY');
    expect(await codeOfPromise(reader.remove('b'))).toBe('BLOCKS_READ_ONLY');
    await pack.close();
    expect(refusing.hits).toEqual([]);
    const nothing = openPack(inner, { dir: '/none', readOnly: true });
    expect(await codeOfPromise(nothing)).toBe('BLOCKS_NOT_FOUND');
  });

  test('one process at a time writes', async () => {
    const fs = new MemoryFileSystem();
    const pack = await openPack(fs);
    expect(await codeOfPromise(openPack(fs))).toBe('IO_LOCKED');
    await pack.close();
    await pack.close();
    expect(codeOf(() => pack.get('a'))).toBe('BLOCKS_CLOSED');
    await (await openPack(fs)).close();
  });

  test('a SequenceFile of Text and BytesWritable becomes a pack, others are refused', async () => {
    const fs = new MemoryFileSystem();
    const files = { '/own': writables.bytes, '/other': writables.long } as const;
    for (const [dir, type] of Object.entries(files)) {
      fs.makeDirectorySync(dir);
      const writer = await SequenceFileWriter.create(fs, `${dir}/data`, {
        keyClass: writables.text.className,
        valueClass: type.className,
        syncMarker: new Seeded(1).bytes(16),
        syncInterval: 40,
      });
      for (const key of ['x', 'y', 'z']) {
        writer.append(bytesOf(`\u0001${key}`), bytesOf(`\0\0\0\u0003of${key}`));
      }
      await writer.close();
    }
    changeFile(fs, '/own/data', (all) => Uint8Array.from([...all, 0, 0, 0, 9, 0]));
    {
      await using reader = await openPack(fs, { dir: '/own', readOnly: true });
      expect(reader.size).toBe(3);
    }
    await using pack = await openPack(fs, { dir: '/own' });
    expect(pack.droppedBytes).toBe(5);
    expect(objectsOf(pack)).toEqual(new Map(['x', 'y', 'z'].map((key) => [key, `of${key}`])));
    expect(await codeOfPromise(openPack(fs, { dir: '/other' }))).toBe('HADOOP_APPEND_MISMATCH');
  });
});

describe('writing', () => {
  test.each(['', 'k'.repeat(501), 'é'.repeat(251), 'half \ud83d of a pair'])(
    'a key that is none is refused: %#',
    async (key) => {
      await using pack = await openPack(new MemoryFileSystem());
      expect(await codeOfPromise(pack.put(key, bytesOf('v')))).toBe('BLOCKS_PACK_KEY');
      await pack.put('k'.repeat(500), bytesOf('v'));
      expect(pack.size).toBe(1);
    },
  );

  test.each([
    ['write', '/data', 'ENOSPC'],
    ['write', '/journal', 'ENOSPC'],
    ['sync', '/data', 'EIO'],
    ['sync', '/journal', 'EIO'],
  ] as const)(
    'a failed %s of %s ends it, and opening again finds all that was acknowledged',
    async (on, path, errno) => {
      const inner = new MemoryFileSystem();
      const first = await openPack(inner);
      const objects = await fill(first);
      await first.close();
      const rules = [{ on, path, times: Infinity, fault: { kind: 'error', errno } }] as const;
      const pack = await openPack(new FaultFileSystem(inner, { rules }));
      await pack.put('more', bytesOf('bytes'));
      const code = errno === 'ENOSPC' ? 'IO_NO_SPACE' : 'IO_FAILED';
      expect(await codeOfPromise(pack.sync())).toBe(code);
      expect(await codeOfPromise(pack.put('k', bytesOf('v')))).toBe('BLOCKS_WRITER_CLOSED');
      expect(Buffer.from(pack.get('b')!).toString()).toBe('second');
      await pack.close().catch(() => undefined);
      await using again = await openPack(inner);
      const found = objectsOf(again);
      if (found.has('more')) objects.set('more', 'bytes');
      expect(found).toEqual(objects);
    },
  );

  test('objects that were not synced can be read, and Hadoop reads the data meanwhile', async () => {
    const fs = new MemoryFileSystem();
    await using pack = await openPack(fs);
    await pack.put('one', bytesOf('1'));
    expect(pack.get('one')).toEqual(bytesOf('1'));
    await pack.put('two', bytesOf('2'));
    await pack.sync();
    expect(keysIn(fs)).toEqual(['one', 'two']);
  });
});

function keysIn(fs: FileSystem): string[] {
  using reader = SequenceFileReader.open(fs, '/pack/data');
  const keys: string[] = [];
  while (reader.next()) {
    keys.push(writables.text.read(reader.keyBytes, reader.keyStart, reader.keyEnd));
  }
  return keys;
}
