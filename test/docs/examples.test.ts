/**
 * The examples of README.md and the guides, run as a reader would: in an empty folder, against the
 * built package. An example says what it prints in comments, `// → this`; a shell block may call
 * `npx varve`.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Example {
  /** File and line, for the test's name. */
  readonly place: string;
  readonly language: 'js' | 'ts' | 'sh';
  readonly code: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const guides = join(root, 'docs/guides');
const documents = [
  'README.md',
  ...(existsSync(guides) ? readdirSync(guides) : [])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/guides/${name}`),
];
const examples = documents.flatMap((name) =>
  examplesOf(name, readFileSync(join(root, name), 'utf8')),
);

function examplesOf(name: string, text: string): Example[] {
  const found: Example[] = [];
  for (const match of text.matchAll(/^```(js|ts|sh)\n([\s\S]*?)^```$/gm)) {
    const [, language, code] = match;
    const line = text.slice(0, match.index).split('\n').length;
    found.push({
      place: `${name}:${line}`,
      language: language as Example['language'],
      code: code!,
    });
  }
  return found;
}

/** What the comments of an example say it prints. */
function promised(code: string): string[] {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1]!.trim());
}

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'varve-examples-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/varve'), 'dir');
  mkdirSync(join(project, 'bin'));
  const npx = join(project, 'bin/npx');
  const main = join(root, 'dist/cli/varve.js');
  writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(npx, 0o755);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** A new folder to run in, from which `varve` resolves to the repository. */
function workplace(): string {
  return mkdtempSync(join(project, 'run-'));
}

function run(command: string, args: readonly string[], cwd: string): string {
  const path = `${join(project, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
  const said = result.stdout + result.stderr;
  if (result.status !== 0) throw new Error(`exit code ${result.status}: ${said}`);
  return result.stdout;
}

/** Folders that hold the programs, ready to run; the compiler is started once for all. */
function prepare(programs: readonly Example[]): string[] {
  const folders = programs.map(({ language, code, place }) => {
    const folder = workplace();
    const text = `// ${place}\n${code}`;
    writeFileSync(join(folder, language === 'ts' ? 'example.mts' : 'example.mjs'), text);
    return folder;
  });
  const sources = folders
    .filter((_, index) => programs[index]!.language === 'ts')
    .map((folder) => join(folder, 'example.mts'));
  const flags = '--strict --target es2022 --lib es2023,esnext.disposable --module nodenext';
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  if (sources.length > 0) {
    run(process.execPath, [compiler, ...flags.split(' '), ...types, ...sources], project);
  }
  return folders;
}

describe('A program in the documents', () => {
  const programs = examples.filter(({ language }) => language !== 'sh');
  let folders: string[] = [];

  beforeAll(() => {
    folders = prepare(programs);
  });

  test.each(programs.map((program, index) => ({ ...program, index })))(
    'at $place runs and prints what its comments say',
    ({ code, index }) => {
      const printed = run(process.execPath, ['example.mjs'], folders[index]!);
      expect(printed.split('\n').slice(0, -1)).toEqual(promised(code));
    },
  );

  test('prints something', () => {
    expect(programs.flatMap(({ code }) => promised(code))).toContain('0 created');
    expect(programs.filter(({ code }) => promised(code).length === 0)).toEqual([]);
  });

  test('that throws or does not compile would be found', () => {
    const program = { place: '', language: 'ts', code: 'export const a: string = 1;' } as const;
    expect(() => prepare([program])).toThrow('TS2322');
    const folder = prepare([{ ...program, language: 'js', code: 'throw new Error();' }])[0]!;
    expect(() => run(process.execPath, ['example.mjs'], folder)).toThrow('exit code 1');
  });
});

test("README.md's shell commands append, print and verify a partition, sort lines and keep a table", () => {
  const block = examples.find(({ code }) => code.includes('npx varve log append'));
  const printed = run('sh', ['-euc', block!.code], workplace());
  expect(printed).toContain('2 records appended at offsets 0..1\nk1\thello\nk2\tworld\n');
  expect(printed).toMatch(/^sound: 1 segment.* 2 records/m);
  expect(printed).toContain('a\nb\nc\n');
  expect(printed).toMatch(/^host1.*d:temp.*21/m);
});
