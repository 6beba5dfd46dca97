/**
 * Words that do not belong in the sources, each with what to write instead.
 *
 * Some are looked for in code, where comments and strings do not count; some in the whole text.
 */
import { expect, test } from 'vitest';
import { pagePaths, readText, SourceFile, sourceFiles } from './source-files.ts';
import { lineAt } from './scan-text.ts';
import { told, type Excuses, type Violation } from './violations.ts';

interface Word {
  readonly what: string;
  readonly pattern: RegExp;
  /** Whole text instead of code alone. */
  readonly everywhere?: true;
  /** Folders concerned; all when absent. */
  readonly folders?: readonly string[];
  readonly instead: string;
}

const product = ['native-free-io', 'src'];

const words: readonly Word[] = [
  {
    what: 'any',
    pattern: /\bas any\b|:\s*any\b(?!\s*\()|<any>/g,
    instead: 'use unknown and narrow it',
  },
  {
    what: 'an enum',
    pattern: /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/gm,
    instead: 'use an object `as const` and a type of the same name',
  },
  {
    what: 'a namespace',
    pattern: /^\s*(?:export\s+)?namespace\s+\w/gm,
    instead: 'a file is the namespace',
  },
  {
    what: 'a default export',
    pattern: /\bexport\s+default\b|\bexport\s*\{[^}]*\bas default\b/g,
    folders: [...product, 'bench', 'test', 'scripts'],
    instead: 'export it by its name',
  },
  {
    what: 'a focused test',
    pattern: /\b(?:test|it|describe)(?:\.\w+)*\.only\b/g,
    instead: 'run one test with `npx vitest run -t`',
  },
  {
    what: 'a skipped test',
    pattern: /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|todo|fails|skipIf|runIf)\b/g,
    instead:
      'make it pass or delete it; a condition belongs inside, with an assertion on each side',
  },
  {
    what: 'a silenced check',
    pattern: /@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable/g,
    everywhere: true,
    instead: 'change the code so that the check agrees',
  },
  {
    what: 'a copy or view of bytes by slice',
    pattern: /(?:[bB]ytes|[sS]lab|[bB]uffer|[cC]hunk|[pP]ayload|\bkey|\bview|[bB]atch)\.slice\(/g,
    folders: product,
    instead:
      'use subarray for a view, set or copyWithin for a copy: slice means either, depending on the class',
  },
  {
    what: 'a file name without its ending',
    pattern: /\bfrom '\.[^']*(?<!\.(?:ts|js|mjs|json))'/g,
    everywhere: true,
    folders: [...product, 'bench', 'test'],
    instead: 'import with the ending .ts',
  },
  {
    what: 'a wait in a test',
    pattern: /\bsetTimeout\(\s*resolve\b|\bsleep\(|node:timers\/promises/g,
    folders: ['test/unit', 'test/model', 'test/fuzz', 'test/regressions', 'test/crash'],
    everywhere: true,
    instead: 'wait for what is awaited, or move the test clock',
  },
  {
    what: 'work left for later',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/g,
    everywhere: true,
    instead: 'do it, or name an issue: TODO(#12)',
  },
  {
    what: 'a path of one machine',
    pattern: /(?<![\w.*:/-])\/(?:work|home|root|Users|mnt)\/\w/g,
    everywhere: true,
    instead: 'use a path relative to the repository or below os.tmpdir()',
  },
  {
    what: 'a word with another meaning elsewhere',
    // Names of settings are their systems': session.timeout.ms, --session-timeout.
    pattern: /(?<!\.|--)\b(?:sessions?|agents?|sub-?agents?|assistant|prompt)\b(?!\.\w)/gi,
    everywhere: true,
    instead: 'take the word of docs/glossary.md: owner, producer, epoch, connection',
  },
];

const excuses: Excuses = {
  'native-free-io/kernel/assembly/crc32c.ts a silenced check':
    'AssemblyScript decorates functions, TypeScript cannot',
  'native-free-io/kernel/assembly/sort.ts a silenced check':
    'AssemblyScript decorates functions, TypeScript cannot',
  'test/unit/native-free-io/codec/other-implementations.test.ts a skipped test':
    'needs programs that a machine may lack; the reference streams cover the same ground',
};

function violations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    words
      .filter(({ folders }) => folders === undefined || file.isUnder(...folders))
      .flatMap(({ what, pattern, everywhere, instead }) => {
        const text = everywhere === true ? file.text : file.code;
        return [...text.matchAll(pattern)].map(({ index }) => ({
          path: file.path,
          line: lineAt(file.text, index),
          what,
          instead,
        }));
      }),
  );
}

/** This file names what it forbids. */
function sourcesAndPages(): SourceFile[] {
  const pages = pagePaths().map((path) => new SourceFile(path, readText(path)));
  return [...sourceFiles().filter(({ path }) => path !== 'test/house/words.test.ts'), ...pages];
}

test('no source and no page holds a word that does not belong there', () => {
  expect(told(violations(sourcesAndPages()), excuses)).toEqual([]);
});

test.each([
  ['const a = b as any;', 'any'],
  ['export enum Codec { none }', 'an enum'],
  ['namespace A {}', 'a namespace'],
  ['export default class {}', 'a default export'],
  ["test.only('x', run);", 'a focused test'],
  ["describe.skip('x', run);", 'a skipped test'],
  ["test.concurrent.todo('x');", 'a skipped test'],
  ['// @ts-ignore', 'a silenced check'],
  ['const copy = this.#bytes.slice(4);', 'a copy or view of bytes by slice'],
  ["import { a } from './a';", 'a file name without its ending'],
  ['// TODO: later', 'work left for later'],
  ["const place = '/home/me/data';", 'a path of one machine'],
  ['// one session of a client', 'a word with another meaning elsewhere'],
])('a planted word is told: %s', (text, what) => {
  const found = violations([new SourceFile('src/log/x.ts', text)]);
  expect(found.map((one) => one.what)).toEqual([what]);
});

test('a wait in a unit test is told, and words in strings and comments do not count as code', () => {
  const wait = new SourceFile(
    'test/unit/x.test.ts',
    'await new Promise((resolve) => setTimeout(resolve, 5));',
  );
  expect(violations([wait])).toHaveLength(1);
  const talk = new SourceFile('src/x.ts', "// enum and as any are banned\nconst text = 'as any';");
  expect(violations([talk])).toEqual([]);
});
