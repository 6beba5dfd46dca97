/**
 * No assertion without force: an `expect` has a matcher, the matcher is called, what it promises is
 * awaited; the answer of a comparison or check is used; every test asserts something.
 */
import { expect, test } from 'vitest';
import { closingPlace, lineAt } from './scan-text.ts';
import { SourceFile, sourceFiles } from './source-files.ts';
import { told, type Violation } from './violations.ts';

/** Functions whose answer is all they do. */
const answers = /^[ \t]*(?:await )?(equalBytes|compareBytes|verifyPartition|verifySegment)\(/gm;

function violations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [...weakExpects(file), ...droppedAnswers(file)]);
}

function weakExpects(file: SourceFile): Violation[] {
  const { path, text, code } = file;
  return [...code.matchAll(/(?<![.\w])expect(?:\.(?:soft|poll))?\(/g)].flatMap((match) => {
    const close = closingPlace(code, match.index + match[0].length - 1);
    const chain = /^\s*((?:\.\s*\w+\s*)*)(<[^;()]*>)?(\(?)/.exec(code.slice(close + 1))!;
    const place = { path, line: lineAt(text, match.index) };
    if (chain[1]!.trim() === '' || chain[3] === '') {
      return {
        ...place,
        what: 'an expect without a called matcher',
        instead: 'say what is expected',
      };
    }
    const promises = /\.\s*(?:resolves|rejects)\b/.test(chain[1]!) || match[0].includes('poll');
    const before = code.slice(Math.max(0, match.index - 40), match.index).trimEnd();
    if (promises && !/(?:\bawait|\breturn|=>|[,[(])$/.test(before)) {
      return { ...place, what: 'a promise of expect is not awaited', instead: 'await it' };
    }
    return [];
  });
}

function droppedAnswers({ path, text, code }: SourceFile): Violation[] {
  return [...code.matchAll(answers)]
    .filter(({ 0: whole, index }) => {
      const close = closingPlace(code, index + whole.length - 1);
      const before = code.slice(0, index).trimEnd();
      return code[close + 1] === ';' && /[;{}]$/.test(before);
    })
    .map(({ 1: name, index }) => ({
      path,
      line: lineAt(text, index),
      what: `the answer of ${name} is dropped`,
      instead: 'use it, or expect something of it',
    }));
}

test('every assertion can fail', () => {
  expect(told(violations(sourceFiles()))).toEqual([]);
});

test.each([
  'expect(a);',
  'expect(a).not;',
  'expect(a).toBe;',
  'expect(run()).rejects.toThrow();',
  'const a = 1;\nequalBytes(a, b);',
  'run();\nawait verifyPartition(dir);',
])('a planted assertion without force is told: %s', (text) => {
  expect(violations([new SourceFile('test/unit/x.test.ts', text)])).toHaveLength(1);
});

test('assertions with force are not told', () => {
  const text = [
    'expect(a).toBe(1);',
    'expect(a, `why ${b}`).not.toEqual<number>([1]);',
    'await expect(run()).rejects.toThrow(/x/);',
    'await Promise.all([expect(run()).resolves.toBe(1), expect(run()).resolves.toBe(2)]);',
    'const same = equalBytes(a, b);',
    'expect.assertions(2);',
  ].join('\n');
  expect(violations([new SourceFile('test/unit/x.test.ts', text)])).toEqual([]);
});
