/** `varve blocks`: every command, its output and its exit code. */
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatUnfinished } from '../../../src/blocks/format/unfinished.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { varve } from './cli-world.ts';

async function ok(...args: string[]): Promise<string> {
  const { code, out, err } = await varve(['blocks', ...args]);
  expect(err + String(code)).toBe('0');
  return out;
}

interface World {
  readonly folder: string;
  /** The store. */
  readonly dir: string;
  readonly file: string;
  readonly bytes: Buffer;
}

/** A store holding 2500 bytes under the name `letters`, in three blocks. */
async function world(): Promise<World> {
  const folder = temporaryFolder();
  const dir = join(folder, 'disk0');
  const file = join(folder, 'letters');
  const bytes = Buffer.from(Array.from({ length: 2500 }, (_, at) => 97 + (at % 23)));
  writeFileSync(file, bytes);
  const said = await ok('put', dir, file, '--block-bytes', '1000', '--quiet');
  expect(said).toBe('letters: 2.5 kB in 3 blocks\n');
  return { folder, dir, file, bytes };
}

/** The file below a directory whose name matches. */
function below(dir: string, name: RegExp): string {
  const found = readdirSync(dir, { recursive: true, encoding: 'utf8' }).find((path) =>
    name.test(path),
  );
  if (found === undefined) throw new Error(`nothing like ${name} in ${dir}`);
  return join(dir, found);
}

test('what was put is got, printed, listed and removed', async () => {
  const { folder, dir, bytes } = await world();
  const copy = join(folder, 'copy');
  const got = JSON.parse(await ok('get', dir, 'letters', '-o', copy, '--json'));
  expect(got).toEqual({ name: 'letters', length: 2500, output: copy });
  expect(readFileSync(copy).equals(bytes)).toBe(true);
  expect(await ok('cat', dir, 'letters')).toBe(bytes.toString());
  const middle = bytes.subarray(990, 1010).toString();
  expect(await ok('cat', dir, 'letters', '--start', '990', '--end', '1010')).toBe(middle);
  expect(await ok('cat', dir, 'blk_1073741826', '--block', '--end', '3')).toBe(
    bytes.subarray(1000, 1003).toString(),
  );
  expect(await ok('ls', dir)).toBe('2500\t3 blocks\tletters\n');
  expect(JSON.parse(await ok('ls', dir, '--json'))).toMatchObject({
    name: 'letters',
    length: 2500,
    blocks: [{ id: '1073741825', length: 1000 }, { length: 1000 }, { length: 500 }],
  });
  const removed = JSON.parse(await ok('rm', dir, 'letters', '--json'));
  expect(removed).toEqual({ name: 'letters', length: 2500, blocks: 3 });
  expect(await ok('ls', dir)).toBe('');
  expect(await ok('ls', dir, '--blocks')).toBe('');
});

test('a damaged block leaves what stood at the output, and nothing half written', async () => {
  const { folder, dir } = await world();
  const copy = join(folder, 'copy');
  writeFileSync(copy, 'older');
  truncateSync(below(dir, /blk_1073741827$/), 100);
  const { code, err } = await varve(['blocks', 'get', dir, 'letters', '-o', copy]);
  expect({ code, err }).toMatchObject({ code: 1 });
  expect(err).toContain('block 1073741827');
  expect(readFileSync(copy, 'utf8')).toBe('older');
  expect(readdirSync(folder).toSorted()).toEqual(['copy', 'disk0', 'letters']);
});

test('standard input is put under a name', async () => {
  const dir = join(temporaryFolder(), 'disk0');
  const put = ['blocks', 'put', dir, '-', '--name', 'a/b', '--json'];
  const { code, out } = await varve(put, { stdin: ['some ', 'bytes'] });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ name: 'a/b', length: 10 });
  expect(await ok('cat', dir, 'a/b')).toBe('some bytes');
});

test('blocks are listed and described', async () => {
  const { dir } = await world();
  const lines = (await ok('ls', dir, '--blocks')).trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe(`blk_1073741827\t1003\tfinalized\t500\t${dir}`);
  expect(JSON.parse((await ok('ls', dir, '--blocks', '--json')).split('\n')[0]!)).toMatchObject({
    id: '1073741825',
    state: 'finalized',
    length: 1000,
  });
  expect(await ok('stat', dir)).toMatch(/^blockPool: BP-\S+\nblocks: 3\n/);
  expect(JSON.parse(await ok('stat', dir, '--json'))).toMatchObject({ blocks: 3 });
  expect(await ok('stat', dir, 'letters')).toMatch(
    /^name: letters\n[\s\S]*checksum: MD5-of-2MD5-of-512CRC32C [\da-f]{56}0{8}\ncomposite: COMPOSITE-CRC32C [\da-f]{8}\n/,
  );
  expect(JSON.parse(await ok('stat', dir, '1073741827', '--block', '--json'))).toMatchObject({
    id: '1073741827',
    length: 500,
    checksum: expect.stringMatching(/^COMPOSITE-CRC32C /),
  });
});

test('verify and scan end with 1 and name the damaged block', async () => {
  const { dir } = await world();
  expect(await ok('verify', dir)).toBe('3 blocks, 2.5 kB: sound\n');
  expect(await ok('scan', dir, '--rate', '1000000000')).toBe(
    '3 blocks scanned, 2.5 kB, 0 damaged blocks\n',
  );
  const path = below(dir, /blk_1073741826$/);
  const bytes = readFileSync(path);
  bytes[700]! ^= 1;
  writeFileSync(path, bytes);
  const verified = await varve(['blocks', 'verify', dir]);
  expect(verified.code).toBe(1);
  expect(verified.out).toMatch(/^blk_1073741826 on \S+: .*chunk 1.*\[BLOCKS_CORRUPT\w*\]\n/);
  expect(verified.out).toMatch(/\n3 blocks, 1.5 kB: 1 damaged block\n$/);
  const json = await varve(['blocks', 'verify', dir, '1073741825', '1073741826', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ blocks: 2, damaged: [{ id: '1073741826' }] });
  expect(await ok('verify', dir, 'blk_1073741825')).toBe('1 block, 1.0 kB: sound\n');
  const read = await varve(['blocks', 'cat', dir, 'letters']);
  expect(read.code).toBe(1);
  expect(read.err).toContain('1073741826');

  const scan = ['blocks', 'scan', dir, '--rate', '1000000000', '--restart'];
  const scanned = await varve([...scan, '--quarantine', '--json']);
  expect(scanned.code).toBe(1);
  expect(JSON.parse(scanned.out)).toMatchObject({ damaged: [{ id: '1073741826' }] });
  expect(await ok(...scan.slice(1))).toBe('2 blocks scanned, 1.5 kB, 0 damaged blocks\n');
});

test.each([
  [/blk_1073741827$/, 499],
  [/blk_1073741827_1003\.meta$/, 9],
  [/blk_1073741827_1003\.meta$/, 5],
])('verify tells that %s was cut to %i bytes', async (name, length) => {
  const { dir } = await world();
  truncateSync(below(dir, name), length);
  const { code, out } = await varve(['blocks', 'verify', dir]);
  expect(code).toBe(1);
  expect(out).toMatch(/^blk_1073741827 on /);
  expect(out).toMatch(/1 damaged block\n$/);
});

test('recover moves what belongs to no block aside and says so', async () => {
  const { dir } = await world();
  expect(await ok('recover', dir)).toMatch(
    /^0 blocks finalized, 0 bytes .*, 0 files moved aside\n/,
  );
  const alone = join(below(dir, /blk_1073741825$/), '..', 'blk_77_1.meta');
  writeFileSync(alone, 'x');
  const { code, out, err } = await varve(['blocks', 'recover', dir, '--json']);
  expect(code).toBe(0);
  expect(err).toMatch(/^moved aside: .*blk_77_1\.meta/);
  expect(JSON.parse(out)).toMatchObject({ blocks: [], aside: [{ path: alone }] });
});

test('recover tells blocks of an upload that was cut, and removes them when asked', async () => {
  const { dir } = await world();
  rmSync(join(dir, 'varve', 'files', 'letters.json'));
  const blocks = [1073741825n, 1073741826n, 1073741827n, 1073741828n];
  mkdirSync(join(dir, 'varve', 'unfinished'), { recursive: true });
  const note = join(dir, 'varve', 'unfinished', `${blocks[0]}.json`);
  writeFileSync(note, formatUnfinished({ name: 'letters', blocks }));
  expect(await ok('stat', dir)).toContain('unfinishedFiles: 1');
  expect(await ok('recover', dir)).toContain('letters: not finished, 3 blocks\n');
  const args = ['recover', dir, '--remove-unfinished'];
  expect(await ok(...args)).toContain('letters: not finished, 3 blocks, removed\n');
  expect(await ok('ls', dir, '--blocks')).toBe('');
  expect(JSON.parse(await ok('recover', dir, '--json'))).toMatchObject({ unfinished: [] });
});

test('small files are packed, listed and unpacked', async () => {
  const { folder, file, bytes } = await world();
  const pack = join(folder, 'pack');
  expect(await ok('pack', pack, file, '--quiet')).toBe('1 file packed, 2.5 kB; 1 object in all\n');
  const json = JSON.parse(await ok('pack', pack, join(folder, 'disk0', 'current'), '--json'));
  expect(json).toMatchObject({ objects: json.files + 1 });
  const keys = (await ok('unpack', pack, '--list')).trim().split('\n');
  expect(keys).toContain('letters');
  expect(keys).toContain('VERSION');
  const out = join(folder, 'out');
  await ok('unpack', pack, 'letters', '-o', out, '--quiet');
  expect(readFileSync(join(out, 'letters')).equals(bytes)).toBe(true);
  rmSync(join(pack, 'journal'));
  const rebuilt = JSON.parse(await ok('pack', pack, '--rebuild', '--json'));
  expect(rebuilt).toMatchObject({ files: 0, objects: keys.length });
  const absent = await varve(['blocks', 'unpack', pack, 'absent', '-o', out]);
  expect(absent).toMatchObject({ code: 2, err: expect.stringMatching(/no object 'absent'/) });
});

test.each([
  [['get', 'nowhere', 'x'], 1, /no such directory/],
  [['get', 'DIR', 'absent', '-o', 'nowhere'], 1, /'?absent'? \[?/],
  [['put', 'DIR', 'FILE'], 1, /a file 'letters' exists/],
  [['put', 'DIR', '-'], 2, /--name is needed/],
  [['put', 'DIR', 'nowhere'], 1, /nowhere/],
  [['put', 'DIR', 'FILE', '--block-bytes', '0'], 2, /block-bytes/],
  [['cat', 'DIR', 'x', '--block'], 2, /expected a block id, got 'x'/],
  [['cat', 'DIR', '5', '--block'], 1, /block 5/],
  [['cat', 'DIR', 'letters', '--start', '9', '--end', '2501'], 1, /of 2500 bytes/],
  [['ls', 'FOLDER'], 1, /no VERSION/],
  [['rm', 'DIR', 'absent'], 1, /absent/],
  [['pack', 'PACK', 'nowhere'], 2, /nowhere: no such file/],
  [['unpack', 'nowhere'], 1, /no pack/],
])('varve blocks %j ends with %i and says why', async (args, expected, message) => {
  const { dir, folder, file } = await world();
  const paths = { DIR: dir, FILE: file, FOLDER: folder, PACK: join(folder, 'pack') };
  const given = args.map((arg) => paths[arg as keyof typeof paths] ?? arg);
  const { code, err } = await varve(['blocks', ...given]);
  expect(err).toMatch(message);
  expect(code).toBe(expected);
});

test('varve inspect knows sidecars and VERSION files', async () => {
  const { dir } = await world();
  const meta = below(dir, /blk_1073741825_1001\.meta$/);
  const inspected = await varve(['inspect', meta]);
  expect(inspected.code).toBe(0);
  expect(inspected.out).toMatch(
    /^HDFS checksum sidecar, 15 bytes\nblock 1073741825, generation stamp 1001\nversion 1, crc32c, 512 bytes per checksum\n2 checksums, of 513 to 1024 bytes\nchunk 0: [\da-f]{8}\nchunk 1: [\da-f]{8}\n$/,
  );
  const volume = await varve(['inspect', join(dir, 'current', 'VERSION')]);
  expect(volume.out).toMatch(/^HDFS volume VERSION, \d+ bytes\n[\s\S]*storageType: DATA_NODE\n/);
  const pool = await varve(['inspect', below(dir, /BP-.*VERSION$/), '--json']);
  expect(JSON.parse(pool.out)).toMatchObject({ kind: 'HDFS block pool VERSION', problems: [] });
});

test('varve inspect ends with 1 at a sidecar that was cut', async () => {
  const { dir } = await world();
  const meta = below(dir, /blk_1073741825_1001\.meta$/);
  for (const length of [14, 13, 12, 6, 3, 0]) {
    truncateSync(meta, length);
    const { code, out } = await varve(['inspect', meta]);
    expect(`${length}: ${code}`).toBe(`${length}: 1`);
    expect(out).toContain(meta);
  }
});
