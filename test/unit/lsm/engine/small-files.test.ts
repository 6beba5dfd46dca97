/** Lists, references, descriptions and names of regions: round trips, damage, upstream's own. */
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../../native-free-io/index.ts';
import { md5Hex } from '../../../../src/base/index.ts';
import { FileList } from '../../../../src/lsm/region/file-list.ts';
import { encodeReference, readReference } from '../../../../src/lsm/region/reference.ts';
import {
  decodeRegionInfo,
  encodeRegionInfo,
  makeRegionInfo,
} from '../../../../src/lsm/region/region-info.ts';
import { readFile, writeFile } from '../../../../src/lsm/region/small-files.ts';
import { makeSchema, readSchema, writeSchema } from '../../../../src/lsm/table/schema.ts';
import { codeOf } from '../../../helpers/codes.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('region names are upstream’s', () => {
  const whole = { startKey: bytes(''), endKey: bytes('') };
  const info = makeRegionInfo({ table: 'TestTable', ...whole, regionId: 1_700_000_000_000 });
  expect(info.encodedName).toBe('ef7eb718d62fdefef03eea1a7dd2f7c2');
  expect(md5Hex(bytes('TestTable,,1700000000000'))).toBe(info.encodedName);
  expect(md5Hex(bytes(''))).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(md5Hex(bytes('1234567890'.repeat(8)))).toBe('57edf4a22be3c955ac49da2e2107b67a');
  const comma = makeRegionInfo({
    table: 'n:t',
    startKey: bytes('a,b'),
    endKey: bytes('c'),
    regionId: 5,
  });
  const { name, encodedName, regionId } = decodeRegionInfo(encodeRegionInfo(comma));
  expect([name, encodedName, regionId]).toEqual([comma.name, comma.encodedName, 5]);
});

describe('the list of store files', () => {
  const files = [
    { name: 'a'.repeat(32), size: 10 },
    { name: 'b'.repeat(32), size: 2 ** 33 },
  ];

  test('the newer of two sound versions counts, an unsound one is passed over', async () => {
    const fs = new MemoryFileSystem();
    fs.makeDirectorySync('/f');
    const list = FileList.load(fs, '/f');
    await list.replace(files.slice(0, 1), 5);
    list.replaceSync(files, 5);
    expect(FileList.load(fs, '/f').files).toEqual(files);
    const newest = readFile(fs, '/f/.filelist/f2.1');
    for (let length = 0; length < newest.length; length++) {
      writeFile(fs, '/f/.filelist/f2.1', newest.subarray(0, length));
      expect(FileList.load(fs, '/f').files).toEqual(files.slice(0, 1));
    }
    for (let at = 4; at < newest.length; at++) {
      const flipped = new Uint8Array(newest);
      flipped[at]! ^= 1;
      writeFile(fs, '/f/.filelist/f2.1', flipped);
      expect(FileList.load(fs, '/f').files).toEqual(files.slice(0, 1));
    }
    writeFile(fs, '/f/.filelist/f1.1', bytes('damaged, too'));
    expect(codeOf(() => FileList.load(fs, '/f'))).toBe('LSM_CORRUPT_META');
  });
});

test('a reference that is cut anywhere is damage', () => {
  const fs = new MemoryFileSystem();
  const whole = encodeReference({ splitKey: bytes('key'), half: 'bottom' });
  writeFile(fs, '/r', whole);
  const { splitKey, half } = readReference(fs, '/r');
  expect([Buffer.from(splitKey).toString(), half]).toEqual(['key', 'bottom']);
  for (let length = 0; length < 9; length++) {
    writeFile(fs, '/r', whole.subarray(0, length));
    expect(codeOf(() => readReference(fs, '/r'))).toBe('LSM_CORRUPT_META');
  }
});

test('a description of a table comes back as it was', () => {
  const fs = new MemoryFileSystem();
  const schema = makeSchema('space:t', {
    b: { versions: 3, ttlMs: 1500, keepDeleted: 'ttl', compression: 'zstd' },
    a: { encoding: 'FAST_DIFF', bloom: 'ROWCOL', blockBytes: 1000, minVersions: 0 },
  });
  writeSchema(fs, '/t', schema);
  expect(readSchema(fs, '/t')).toEqual(schema);
  expect([...schema.families.keys()]).toEqual(['a', 'b']);
});

test.each([
  ['hbase:x', { a: {} }, 'LSM_NAME_INVALID'],
  ['a/b', { a: {} }, 'LSM_NAME_INVALID'],
  ['t', {}, 'OPTION_INVALID'],
  ['t', { 'a:b': {} }, 'LSM_NAME_INVALID'],
  ['t', { '.a': {} }, 'LSM_NAME_INVALID'],
  ['t', { a: { versions: 0 } }, 'OPTION_INVALID'],
  ['t', { a: { minVersions: 2 } }, 'OPTION_INVALID'],
  ['t', { a: { encoding: 'PREFIX_TREE' as never } }, 'OPTION_INVALID'],
])('a table %s of %j is refused: %s', (name, families, code) => {
  expect(codeOf(() => makeSchema(name, families))).toBe(code);
});
