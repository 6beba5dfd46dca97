/** Tests have names that are sentences, and no two in a file have the same. */
import { expect, test } from 'vitest';
import { closingPlace, lineAt } from './scan-text.ts';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

interface NamedTest {
  readonly kind: 'test' | 'describe';
  readonly name: string;
  readonly at: number;
  /** Place of the parenthesis that closes the call. */
  readonly end: number;
}

function namedTests({ text, code }: SourceFile): NamedTest[] {
  const calls = code.matchAll(/(?<![.\w])(test|it|describe)((?:\.\w+)*)(?=[(<`])/g);
  return [...calls].flatMap(({ 0: whole, 1: word, 2: chain, index }) => {
    let open = code.indexOf('(', index + whole.length);
    // test.each(table)(name, run): the second pair of parentheses holds the name.
    if (/\.(?:each|for|skipIf|runIf)$/.test(chain!)) {
      open = code.indexOf('(', closingPlace(code, open) + 1);
    }
    const name = /^\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/.exec(text.slice(open));
    if (name === null) return [];
    const kind = word === 'describe' ? 'describe' : 'test';
    return { kind, name: name[2]!, at: index, end: closingPlace(code, open) };
  });
}

function violations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const all = namedTests(file);
    const seen = new Set<string>();
    return all
      .filter(({ kind }) => kind === 'test')
      .flatMap(({ name, at }) => {
        const groups = all.filter((one) => one.kind === 'describe' && one.at < at && at < one.end);
        const full = [...groups.map((group) => group.name), name].join(' > ');
        const place = { path: file.path, line: lineAt(file.text, at) };
        const found: Violation[] = [];
        if (seen.has(full)) {
          found.push({
            ...place,
            what: `a second test is called "${full}"`,
            instead: 'say what is different about it',
          });
        }
        seen.add(full);
        if (full.split(/\s+/).length < 3) {
          found.push({
            ...place,
            what: `"${full}" is no sentence`,
            instead: 'name subject, condition and outcome',
          });
        }
        return found;
      });
  });
}

function testFiles(): SourceFile[] {
  return sourceFiles().filter((file) => file.isUnder('test'));
}

test('the names of tests are sentences and unique in their file', () => {
  expect(told(violations(testFiles()))).toEqual([]);
});

test('the scanner finds the tests of this repository', () => {
  const count = testFiles().flatMap(namedTests).length;
  expect(count).toBeGreaterThan(500);
});

test('planted names are told', () => {
  const text = [
    "describe('a log', () => {",
    "  test('opens with no files', run);",
    "  test.each([1, 2])('opens with no files', run);",
    '});',
    "test('opens with no files', run);",
    "test('works', run);",
  ].join('\n');
  const found = violations([new SourceFile('test/unit/x.test.ts', text)]);
  expect(found.map(({ line, what }) => [line, what])).toEqual([
    [3, 'a second test is called "a log > opens with no files"'],
    [6, '"works" is no sentence'],
  ]);
});
