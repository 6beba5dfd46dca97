/** Escapes that stand for a class of characters: `\d`, `\W`, `\pL`, `\P{Greek}`. */
import {
  allCharacters,
  charactersWhere,
  complement,
  digits,
  whitespace,
  wordCharacters,
  type AsciiSet,
} from './ascii-set.ts';
import type { PatternText } from './pattern-text.ts';

const perlClasses: Readonly<Record<string, AsciiSet>> = {
  d: digits,
  s: whitespace,
  w: wordCharacters,
};

/** Behind a backslash, in brackets and outside; undefined for any other escape. */
export function classEscape(text: PatternText): AsciiSet | undefined {
  for (const [name, set] of Object.entries(perlClasses)) {
    if (text.take(name)) return set;
    if (text.take(name.toUpperCase())) return complement(set);
  }
  const found = text.match(/([pP])(?:([A-Z])|\{(\^?)([A-Za-z_]+)\})/y);
  if (found === undefined) return undefined;
  const set = unicodeClass(found[2] ?? found[4]!, text);
  const isNegated = (found[1] === 'P') !== (found[3] === '^');
  return isNegated ? complement(set) : set;
}

function unicodeClass(name: string, text: PatternText): AsciiSet {
  if (name === 'Any') return allCharacters;
  for (const property of [name, `Script=${name}`]) {
    const pattern = propertyPattern(property);
    if (pattern !== undefined) return charactersWhere((character) => pattern.test(character));
  }
  throw text.error('invalid character class range');
}

/** Tests one character: nothing here can take long. */
function propertyPattern(property: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${property}}$`, 'u');
  } catch {
    return undefined;
  }
}
