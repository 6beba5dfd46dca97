/** Classes of characters in brackets: ranges, escapes, POSIX names. */
import {
  characterRange,
  complement,
  noCharacters,
  posixClasses,
  type AsciiSet,
} from './ascii-set.ts';
import { classEscape } from './class-escape.ts';
import type { PatternText } from './pattern-text.ts';

/** Behind the opening bracket; passes over the closing one. */
export function parseClass(text: PatternText): AsciiSet {
  const isNegated = text.take('^');
  let set = noCharacters;
  // A bracket that comes first stands for itself.
  for (let isFirst = true; isFirst || !text.take(']'); isFirst = false) {
    if (text.isAtEnd) throw text.error('missing closing ]');
    set |= posixClass(text) ?? escapedClass(text) ?? range(text);
  }
  return isNegated ? complement(set) : set;
}

function posixClass(text: PatternText): AsciiSet | undefined {
  const found = text.match(/\[:(\^?)(\w+):\]/y);
  if (found === undefined) return undefined;
  const set = posixClasses[found[2]!];
  if (set === undefined) throw text.error('invalid character class range');
  return found[1] === '^' ? complement(set) : set;
}

function escapedClass(text: PatternText): AsciiSet | undefined {
  if (text.match(/\\(?=[dswDSWpP])/y) === undefined) return undefined;
  const set = classEscape(text);
  if (set === undefined) throw text.error('invalid character class range');
  return set;
}

function range(text: PatternText): AsciiSet {
  const first = character(text);
  if (text.match(/-(?!\])/y) === undefined) return characterRange(first, first);
  const last = character(text);
  if (last < first) throw text.error('invalid character class range');
  return characterRange(first, last);
}

function character(text: PatternText): number {
  if (text.isAtEnd) throw text.error('missing closing ]');
  return text.take('\\') ? text.escapedCode() : text.next().codePointAt(0)!;
}
