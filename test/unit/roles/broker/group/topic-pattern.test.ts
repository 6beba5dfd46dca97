/** Patterns of topics in RE2's syntax: what matches, what is refused, and how long it takes. */
import { expect, test } from 'vitest';
import { PatternError } from '../../../../../src/roles/broker/group/pattern/pattern-text.ts';
import { TopicPattern } from '../../../../../src/roles/broker/group/pattern/topic-pattern.ts';
import { Seeded, seedFor } from '../../../../helpers/seeded.ts';

const matches = (pattern: string, name: string): boolean =>
  TopicPattern.parse(pattern).matches(name);

test.each([
  ['orders', 'orders', 'orders2'],
  ['orders.*', 'orders-eu', 'x-orders'],
  ['(?:eu|us)-[a-z]+', 'us-clicks', 'ap-clicks'],
  ['^t\\d{2,3}$', 't123', 't1'],
  ['t\\d{2}', 't12', 't123'],
  ['a{0}b', 'b', 'ab'],
  ['a{2,}', 'aaa', 'a'],
  ['a?b+c*', 'bbcc', 'aabb'],
  ['(?i)ORD(?-i:ers)', 'orders', 'ordERS'],
  ['[^a-c.]x', 'dx', 'ax'],
  ['[]a]', 'a', 'b'],
  ['[a-]+', 'a-a', 'b'],
  ['[[:alpha:]_]+', 'ab_c', 'a1'],
  ['[[:^digit:]]+', 'ab', 'a1'],
  ['\\Qa.b\\E', 'a.b', 'axb'],
  ['\\Qab\\E+', 'abab', 'aba'],
  ['a\\.b', 'a.b', 'axb'],
  ['\\x61\\x{62}', 'ab', 'ba'],
  ['\\pL+', 'abc', 'a1'],
  ['\\P{Lu}+', 'a1', 'A'],
  ['\\p{Greek}|a', 'a', 'b'],
  ['(?P<x>a)(?<y>b)', 'ab', 'a'],
  ['\\bab\\b', 'ab', 'a-b'],
  ['a\\Bb', 'ab', 'a'],
  ['\\Aab\\z', 'ab', 'abc'],
  ['a|', 'a', 'b'],
  ['x{,2}', 'x{,2}', 'xx'],
  ['(a|b)*c', 'ababc', 'abab'],
  ['[\\w-]+\\.v[0-9]', 'my-topic.v1', 'my topic.v1'],
])('%s matches %s and not %s', (pattern, yes, no) => {
  expect([matches(pattern, yes), matches(pattern, no)]).toEqual([true, false]);
});

test.each([
  ['(a)\\1', 'invalid escape sequence'],
  ['(?=a)b', 'invalid or unsupported group syntax'],
  ['(?<!a)b', 'invalid or unsupported group syntax'],
  ['(?>a)', 'invalid or unsupported group syntax'],
  ['a**', 'bad repetition operator'],
  ['a*+', 'bad repetition operator'],
  ['*a', 'missing argument to repetition operator'],
  ['(a', 'missing )'],
  ['a)', 'unexpected )'],
  ['[a', 'missing closing ]'],
  ['[b-a]', 'invalid character class range'],
  ['[[:nope:]]', 'invalid character class range'],
  ['\\p{Nope}', 'invalid character class range'],
  ['a{1001}', 'bad repeat count'],
  ['a{3,2}', 'bad repeat count'],
  ['((a{100}){100}){100}', 'the pattern is too large'],
  ['\\y', 'invalid escape sequence'],
  ['a\\', 'trailing backslash'],
  [`${'('.repeat(500)}a${')'.repeat(500)}`, 'groups lie too deep'],
])('%s is refused: %s', (pattern, reason) => {
  expect(() => TopicPattern.parse(pattern)).toThrow(PatternError);
  expect(() => TopicPattern.parse(pattern)).toThrow(reason);
});

test('patterns that bring a backtracking matcher down are matched at once', () => {
  const name = `${'a'.repeat(248)}!`;
  const startMs = performance.now();
  for (const pattern of ['(a+)+b', '(a|a)*b', '(a*)*b', '(.*)(.*)(.*)(.*)(.*)(.*)(.*)b']) {
    expect(matches(pattern, name), pattern).toBe(false);
  }
  expect(performance.now() - startMs).toBeLessThan(1000);
});

/** A pattern that both know, of a few letters and small counts. */
function randomPattern(random: Seeded, depth: number): string {
  const inner = (): string => randomPattern(random, depth - 1);
  if (depth === 0) return random.pick(['a', 'b', '.', '[ab]', '[^a]', '\\d', '1', '-']);
  return random.pick([
    () => inner() + inner(),
    () => `(?:${inner()}|${inner()})`,
    () => `(?:${inner()})*`,
    () => `(?:${inner()})+`,
    () => `(?:${inner()})?`,
    () => `(?:${inner()}){1,2}`,
    inner,
  ])();
}

test('on random patterns and names the answer is that of regular expressions', () => {
  const random = new Seeded(seedFor('topic patterns'));
  for (let round = 0; round < 2000; round++) {
    const pattern = randomPattern(random, random.between(0, 4));
    const other = new RegExp(`^(?:${pattern})$`);
    const length = random.between(0, 8);
    const name = Array.from({ length }, () => random.pick(['a', 'b', '1', '-'])).join('');
    expect(matches(pattern, name), `${pattern} on '${name}'`).toBe(other.test(name));
  }
});
