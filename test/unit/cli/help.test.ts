import { describe, expect, it } from 'vitest';
import {
  isGroup,
  loaded,
  type Command,
  type CommandGroup,
  type Entry,
} from '../../../src/cli/command.ts';
import { rootCommand } from '../../../src/cli/commands.ts';
import { varve } from './cli-world.ts';
import packageJson from '../../../package.json' with { type: 'json' };

interface Listed {
  readonly path: readonly string[];
  readonly entry: Command | CommandGroup;
}

async function all(deferred: Entry, path: readonly string[]): Promise<Listed[]> {
  const entry = await loaded(deferred);
  const below = isGroup(entry) ? entry.commands : [];
  const lists = await Promise.all(below.map((child) => all(child, [...path, child.name])));
  return [{ path, entry }, ...lists.flat()];
}

const listed = await all(rootCommand, []);
const groups = listed.filter(({ entry }) => isGroup(entry)) as (Listed & { entry: CommandGroup })[];
const commands = listed.filter(({ entry }) => !isGroup(entry)) as (Listed & { entry: Command })[];

describe('help', () => {
  it('knows every command of the command line', () => {
    expect(commands.map(({ path }) => path.join(' '))).toEqual([
      'quickstart',
      'kafka serve',
      'kafka topics list',
      'kafka topics create',
      'kafka topics alter',
      'kafka topics describe',
      'kafka topics delete',
      'kafka groups list',
      'kafka groups describe',
      'kafka groups reset',
      'kafka groups delete',
      'kafka offsets',
      'kafka produce',
      'kafka consume',
      ...'append cat tail dump verify repair reindex compact truncate offsets'
        .split(' ')
        .map((name) => `log ${name}`),
      ...'create put get scan delete import export flush compact split stat verify checkpoint drop'
        .split(' ')
        .map((name) => `lsm ${name}`),
      'mr run',
      'mr streaming',
      'mr streaming-map',
      'mr streaming-reduce',
      'mr streaming-combine',
      'mr teragen',
      'mr terasort',
      'mr teravalidate',
      'sort',
      ...'put get cat ls stat rm verify scan recover pack unpack'
        .split(' ')
        .map((name) => `blocks ${name}`),
      'inspect',
    ]);
  });

  it.each(commands)('of $path names every option, its value and the usage', async (listing) => {
    const { path, entry } = listing;
    const { code, out, err } = await varve([...path, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Usage: varve ${path.join(' ')} ${entry.usage}`);
    expect(out.startsWith(`${entry.summary}\n`)).toBe(true);
    for (const [name, spec] of Object.entries(entry.options ?? {})) {
      const shown = spec.type === 'string' ? `--${name} ${spec.value}` : `--${name}`;
      const rows = out.slice(out.indexOf('\nOptions:\n')).split('\n');
      const line = rows.find((text) => text.includes(`${shown} `));
      expect(line, name).toContain(spec.help);
      if (spec.short !== undefined) expect(line).toContain(`-${spec.short}, --${name}`);
    }
    // A command may take -h for itself, as sort does.
    const isTaken = Object.values(entry.options ?? {}).some(({ short }) => short === 'h');
    expect(out).toContain(isTaken ? ' --help' : '-h, --help');
    if (!isTaken) expect(await varve([...path, '-h'])).toEqual({ code, out, err });
    expect(await varve(['help', ...path])).toEqual({ code, out, err });
  });

  it.each(groups)('of $path lists the commands with their summaries', async ({ path, entry }) => {
    const { code, out, err } = await varve([...path, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { name, summary } of entry.commands) {
      expect(out.split('\n').find((line) => line.startsWith(`  ${name} `))).toContain(summary);
    }
    expect(await varve([...path, 'help'])).toEqual({ code, out, err });
    // Without a command it is an answer to a wrong call: not for the program that reads the output.
    expect(await varve(path)).toEqual({ code: 2, out: '', err: out });
  });

  it('keeps within 100 columns', async () => {
    const texts = await Promise.all(listed.map(({ path }) => varve([...path, '--help'])));
    expect(texts.flatMap(({ out }) => out.split('\n')).filter((line) => line.length > 100)).toEqual(
      [],
    );
  });

  it('tells the version of the package', async () => {
    expect(await varve(['--version'])).toEqual({
      code: 0,
      out: `${packageJson.version}\n`,
      err: '',
    });
  });
});
