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
  const main = join(root, 'dist/src/cli/main.js');
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
  if (result.status !== 0) throw new Error(`exit code ${result.status}: ${result.stderr}`);
  return result.stdout;
}

function runProgram({ language, code }: Example): string {
  const folder = workplace();
  writeFileSync(join(folder, language === 'ts' ? 'example.mts' : 'example.mjs'), code);
  if (language === 'ts') {
    const flags = '--strict --target es2022 --lib es2023,esnext.disposable --module nodenext';
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    run(process.execPath, [compiler, ...flags.split(' '), ...types, 'example.mts'], folder);
  }
  return run(process.execPath, ['example.mjs'], folder);
}

describe.each(examples.filter(({ language }) => language !== 'sh'))('$place', (example) => {
  test('runs and prints what its comments say', () => {
    const lines = runProgram(example).split('\n').slice(0, -1);
    expect(lines).toEqual(promised(example.code));
  });
});

test('The documents hold a program whose output is checked', () => {
  expect(examples.flatMap(({ code }) => promised(code))).toContain('0 created');
});

test("README.md's shell commands append, print, dump and verify a partition", () => {
  const block = examples.find(({ code }) => code.includes('npx varve log append'));
  const printed = run('sh', ['-euc', block!.code], workplace());
  expect(printed).toContain('2 records appended at offsets 0..1\nk1\thello\nk2\tworld\n');
  expect(printed).toMatch(/baseOffset: 0 lastOffset: 1 count: 2 .* isvalid: true/);
  expect(printed).toMatch(/^sound: 1 segment.* 2 records/m);
});

test('An example with a wrong promise, or one that throws, would be found', () => {
  const example = { place: '', language: 'js', code: "console.log('a'); // → b\n" } as const;
  expect(runProgram(example)).toBe('a\n');
  expect(promised(example.code)).toEqual(['b']);
  expect(() => runProgram({ ...example, code: 'throw new Error()' })).toThrow('exit code 1');
});
