/**
 * Sort keys as GNU sort writes them: `F[.C][OPTIONS][,F[.C][OPTIONS]]`, fields and bytes counted
 * from 1.
 *
 * Ordering letters: b d f g h i M n r. A key without letters of its own takes the general ones.
 * Upstream: POSIX sort and coreutils: src/sort.c (GPL; the rules, none of the code).
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';

export type KeyKind = 'text' | 'numeric' | 'general' | 'human' | 'month';

export interface KeyOrdering {
  readonly kind: KeyKind;
  readonly reverse: boolean;
  /** Blanks at the start of the field do not count, for the first byte and for the last. */
  readonly skipsStartBlanks: boolean;
  readonly skipsEndBlanks: boolean;
  /** Only blanks, letters and digits, or only printable bytes, are looked at. */
  readonly only: 'all' | 'dictionary' | 'printable';
  /** Small letters count as capitals. */
  readonly folds: boolean;
}

export interface SortKey extends KeyOrdering {
  /** Fields before the first byte; bytes to skip in that field. */
  readonly startField: number;
  readonly startByte: number;
  /** Fields before the last one; Infinity: to the end of the line. */
  readonly endField: number;
  /** Bytes of the last field that belong to the key; 0: all. */
  readonly endByte: number;
}

interface Letters {
  start: string;
  end: string;
}

const kinds: Readonly<Record<string, KeyKind>> = {
  n: 'numeric',
  g: 'general',
  h: 'human',
  M: 'month',
};
const largestCount = 2 ** 31;
const position = String.raw`(\d+)(?:\.(\d+))?([a-zA-Z]*)`;
const keySyntax = new RegExp(`^${position}(?:,${position})?$`);

/**
 * The keys of a sort. Without keys but with letters that matter the whole line is one. Throws
 * OPTION_INVALID for what GNU sort refuses.
 */
export function parseKeys(keys: readonly string[], letters: string): readonly SortKey[] {
  const general: Letters = { start: letters, end: letters };
  assertLetters(letters, letters);
  if (keys.length > 0) return keys.map((key) => parseKey(key, general));
  const ordering = orderingOf(general, letters);
  const isPlain = letters.replaceAll('r', '') === '';
  if (isPlain) return [];
  return [{ ...ordering, startField: 0, startByte: 0, endField: Infinity, endByte: 0 }];
}

function parseKey(text: string, general: Letters): SortKey {
  const match = keySyntax.exec(text);
  if (match === null) throw invalid(text, 'expected F[.C][OPTIONS][,F[.C][OPTIONS]]');
  const [, startField, startByte, startLetters = '', endField, endByte, endLetters = ''] = match;
  const own: Letters = { start: startLetters, end: endLetters };
  assertLetters(startLetters + endLetters, text);
  const hasOwn = startLetters + endLetters !== '';
  const lastField = endField === undefined ? Infinity : counted(endField, text, 1) - 1;
  const lastByte = counted(endByte ?? '0', text, 0);
  return {
    ...orderingOf(hasOwn ? own : general, text),
    startField: counted(startField!, text, 1) - 1,
    startByte: counted(startByte ?? '1', text, 1) - 1,
    endField: lastField,
    endByte: lastByte,
  };
}

function orderingOf(letters: Letters, text: string): KeyOrdering {
  const all = letters.start + letters.end;
  const has = (letter: string): boolean => all.includes(letter);
  const only = has('d') ? 'dictionary' : has('i') ? 'printable' : 'all';
  const found = [...new Set(all)].filter((letter) => kinds[letter] !== undefined);
  if (found.length + (only === 'all' ? 0 : 1) > 1) {
    const both = [...found, only === 'dictionary' ? 'd' : only === 'printable' ? 'i' : ''].join('');
    throw invalid(text, `the orderings '${both}' exclude each other`);
  }
  return {
    kind: kinds[found[0] ?? ''] ?? 'text',
    reverse: has('r'),
    skipsStartBlanks: letters.start.includes('b'),
    skipsEndBlanks: letters.end.includes('b'),
    only,
    folds: has('f'),
  };
}

function assertLetters(letters: string, text: string): void {
  const strange = /[^bdfghiMnr]/.exec(letters)?.[0];
  if (strange === undefined) return;
  const known = strange === 'V' || strange === 'R' ? 'is not supported' : 'is unknown';
  throw invalid(text, `the ordering '${strange}' ${known}; there are b d f g h i M n r`);
}

function counted(digits: string, text: string, least: number): number {
  const value = Number(digits);
  if (value < least) throw invalid(text, 'fields and bytes are counted from 1');
  return Math.min(value, largestCount);
}

function invalid(key: string, problem: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `sort key '${key}': ${problem}`);
}
