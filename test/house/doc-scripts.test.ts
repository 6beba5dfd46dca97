/**
 * Scripts and folders that the documentation names exist, and every script is explained somewhere.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lineAt } from './scan-text.ts';
import { backticked } from './pages.ts';
import { packageJson, pagePaths, readText, repositoryRoot } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** Run by npm itself. */
const hooks = /^(?:pre|post)/;
/** Parts of `check`, which is explained. */
const parts = new Set(['types', 'format', 'format:check', 'lint']);

function missingScripts(path: string, page: string, scripts: readonly string[]): Violation[] {
  return [...page.matchAll(/\bnpm (?:run(?: --silent| -s)? ([\w:-]+)|(test)\b)/g)]
    .filter(([, name, other]) => !scripts.includes(name ?? other!))
    .map((match) => ({
      path,
      line: lineAt(page, match.index),
      what: `names the script ${match[1] ?? match[2]}`,
      instead: `name one of package.json: ${scripts.join(', ')}`,
    }));
}

function missingFolders(path: string, page: string): Violation[] {
  return backticked(page)
    .filter(({ text }) =>
      /^(?:native-free-io|src|test|bench|docs|scripts)(?:\/[\w.-]+)*\/?$/.test(text),
    )
    .filter(({ text }) => !existsSync(join(repositoryRoot, text)))
    .map(({ text, line }) => ({
      path,
      line,
      what: `names ${text}, which is not there`,
      instead: 'name what took its place',
    }));
}

const pages = (): [string, string][] => pagePaths().map((path) => [path, readText(path)]);

test('scripts that pages and scripts name exist', () => {
  const { scripts } = packageJson();
  const names = Object.keys(scripts);
  const found = [...pages(), ['package.json', Object.values(scripts).join('\n')] as const];
  expect(told(found.flatMap(([path, page]) => missingScripts(path, page, names)))).toEqual([]);
});

test('every script is explained on a page', () => {
  const text = pages()
    .map(([, page]) => page)
    .join('\n');
  const silent = Object.keys(packageJson().scripts)
    .filter((name) => !hooks.test(name) && !parts.has(name))
    .filter((name) => !new RegExp(`npm (?:run )?${name}(?![\\w:-])`).test(text));
  expect(silent, 'say in docs/testing.md or CONTRIBUTING.md what it is for').toEqual([]);
});

test('folders that pages name exist', () => {
  const found = pages().filter(([path]) => path !== 'CHANGELOG.md');
  expect(told(found.flatMap(([path, page]) => missingFolders(path, page)))).toEqual([]);
});

test('planted names that do not exist are told', () => {
  const page =
    'Say `npm run quickstart` or\n`npm run nothing`, `npm test`, see `src/none` and `src/log/`.';
  expect(missingScripts('x.md', page, ['quickstart', 'test']).map(({ line }) => line)).toEqual([2]);
  expect(missingScripts('x.md', page, ['quickstart'])).toHaveLength(2);
  expect(missingFolders('x.md', page).map(({ what }) => what)).toEqual([
    'names src/none, which is not there',
  ]);
});
