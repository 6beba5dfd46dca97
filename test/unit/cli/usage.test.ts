import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { newPartition, partitionOf, varve } from './cli-world.ts';

async function refusal(args: readonly string[]): Promise<string> {
  const { code, out, err } = await varve(args);
  expect({ code, out }, args.join(' ')).toEqual({ code: 2, out: '' });
  return err;
}

/** Every command that works on an existing partition, with the flags that make it act. */
const onPartitions: readonly (readonly string[])[] = [
  ['cat'],
  ['tail'],
  ['tail', '--follow'],
  ['verify'],
  ['repair'],
  ['repair', '--yes'],
  ['reindex'],
  ['compact'],
  ['truncate', '--to', '0', '--yes'],
  ['offsets'],
];

describe('a wrong call', () => {
  it('of an unknown command suggests the one that was meant', async () => {
    expect(await refusal(['quikstart'])).toContain("no command 'quikstart'; did you mean 'quickst");
    expect(await refusal(['log', 'trunc', 'x'])).toContain("did you mean 'truncate'?");
    expect(await refusal(['log', 'zzz'])).toBe(
      "varve log: no command 'zzz'\nTry 'varve log --help'.\n",
    );
    expect(await refusal(['--json'])).toContain("unknown option '--json'");
  });

  it('with an unknown option names it and suggests the one that was meant', async () => {
    expect(await refusal(['log', 'cat', 'x', '--frm', '3'])).toBe(
      "varve log cat: unknown option '--frm'; did you mean --from?\nTry 'varve log cat --help'.\n",
    );
    expect(await refusal(['log', 'cat', 'x', '--constructor'])).toContain("'--constructor'");
    expect(await refusal(['log', 'cat', 'x', '-q'])).toContain("unknown option '-q'");
  });

  it('with too few or too many arguments says what is expected', async () => {
    for (const [command] of onPartitions) {
      expect(await refusal(['log', command!])).toContain('missing argument: DIR');
      expect(await refusal(['log', command!, 'a', 'surplus'])).toContain("'surplus'");
    }
    expect(await refusal(['log', 'append'])).toContain('missing argument: DIR');
    expect(await refusal(['inspect'])).toContain('missing argument: FILE');
    expect(await refusal(['log', 'cat', ''])).toContain('an empty argument: DIR');
  });

  it.each([
    ['log cat', '--from'],
    ['log cat', '--count'],
    ['log tail', '--lines'],
    ['log append', '--batch-records'],
    ['log verify', '--threads'],
    ['log compact', '--map-bytes'],
    ['log compact', '--rate'],
    ['log truncate --yes', '--to'],
    ['log truncate --yes', '--before'],
    ['log offsets', '--time'],
    ['inspect', '--limit'],
    ['quickstart', '--max-bytes'],
    ['quickstart', '--segment-bytes'],
  ])('%s with a malformed %s names the flag and makes nothing', async (command, flag) => {
    const dir = newPartition();
    for (const value of ['x', '-5', '1.5', '', '1e3', '99999999999999999999']) {
      const err = await refusal([...command.split(' '), dir, `${flag}=${value}`]);
      expect(err).toContain(`${flag}: expected a whole number from `);
      expect(err).toContain(`got '${value}'`);
    }
    expect(await refusal([...command.split(' '), dir, flag])).toContain(`${flag}: missing its val`);
    expect(readdirSync(join(dir, '..'))).toEqual([]);
  });

  it('never takes an option for the value of another', async () => {
    const dir = await partitionOf(['a']);
    expect(await refusal(['log', 'repair', dir, '--copy', '--yes'])).toContain(
      '--copy: missing its value DIR',
    );
    expect(await refusal(['log', 'cat', dir, '--json=1'])).toContain(
      "--json takes no value, got '1'",
    );
    const { out } = await varve(['log', 'append', dir, '--key-separator=--json'], { stdin: ['b'] });
    expect(out).toContain('1 record appended');
  });

  it('with an unknown codec or setting names what is known', async () => {
    const dir = newPartition();
    expect(await refusal(['log', 'append', dir, '--codec', 'zip'])).toContain(
      "--codec: expected one of none, gzip, snappy, lz4, zstd, got 'zip'",
    );
    expect(await refusal(['log', 'append', dir, '--config', 'segment.byte=3'])).toContain(
      "--config: no setting 'segment.byte'; did you mean segment.bytes?",
    );
    expect(await refusal(['log', 'append', dir, '--config', 'segment.bytes'])).toContain(
      "--config: expected NAME=VALUE, got 'segment.bytes'",
    );
    expect(await refusal(['log', 'append', dir, '--config', 'segment.bytes=3'])).toContain(
      '--config: segment.bytes: expected a whole number from 14',
    );
    expect(await refusal(['log', 'append', dir, '--key-separator', ''])).toContain(
      '--key-separator',
    );
    expect(readdirSync(join(dir, '..'))).toEqual([]);
  });
});

describe('a wrong path', () => {
  it.each(onPartitions)('given to %s %s is named, and nothing is made there', async (...words) => {
    const [command, ...flags] = words.filter((word) => word !== undefined);
    const missing = newPartition();
    const asked = async (dir: string): Promise<string> => {
      const { code, out, err } = await varve(['log', command!, dir, ...flags]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      return err;
    };
    expect(await asked(missing)).toBe(
      `varve log ${command}: no such directory (${missing}) [LOG_NOT_FOUND]\n`,
    );
    expect(readdirSync(join(missing, '..'))).toEqual([]);
    writeFileSync(missing, 'a file');
    expect(await asked(missing)).toContain(`a file, not a directory (${missing}) [IO_NOT_DIR`);
    const other = join(temporaryFolder(), 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'notes.txt'), 'mine');
    expect(await asked(other)).toContain(`it holds no segment (${other})`);
    expect(readdirSync(other)).toEqual(['notes.txt']);
  });

  it('given to append is refused when it is a file, or a folder of other things', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(await refusal(['log', 'append', folder])).toContain("holds 'notes.txt' and no segment");
    const { code, err } = await varve(['log', 'append', join(folder, 'notes.txt')]);
    expect(code).toBe(1);
    expect(err).toContain('a file, not a directory');
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });

  it('given to dump or inspect is named', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'notes.txt');
    for (const command of [['log', 'dump'], ['inspect']]) {
      const { code, err } = await varve([...command, file]);
      expect(code).toBe(1);
      expect(err).toContain(`no such file`);
      expect(err).toContain(file);
    }
    expect((await varve(['log', 'dump', folder])).err).toContain('no file of a partition in this');
    writeFileSync(file, 'mine');
    expect(await refusal(['log', 'dump', file])).toContain("'varve inspect' recognises");
    expect(await refusal(['inspect', folder])).toContain('is a directory');
  });

  it('that may not be read or written says so', async () => {
    const dir = await partitionOf(['a']);
    const asNobody = withoutRights(dir);
    for (const command of ['cat', 'verify', 'append', 'offsets']) {
      const { code, out, err } = await asNobody(() => varve(['log', command, dir]));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /the operating system denied access: \w+: EACCES \(.*\) \[IO_PERMISSION\]/,
      );
    }
  });
});

/** Root reads everything, so it steps down for the call; others lose their rights to the folder. */
function withoutRights(dir: string): <T>(work: () => Promise<T>) => Promise<T> {
  const parent = join(dir, '..');
  const nobody = 65_534;
  return async (work) => {
    const isRoot = process.getuid?.() === 0;
    chmodSync(parent, 0o000);
    if (isRoot) process.seteuid!(nobody);
    try {
      return await work();
    } finally {
      if (isRoot) process.seteuid!(0);
      chmodSync(parent, 0o700);
    }
  };
}
