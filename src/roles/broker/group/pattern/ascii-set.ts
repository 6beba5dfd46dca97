/**
 * Sets of ASCII characters, one bit each: names of topics have no others.
 */
export type AsciiSet = bigint;

export const noCharacters: AsciiSet = 0n;
export const allCharacters: AsciiSet = (1n << 128n) - 1n;

export function oneCharacter(code: number): AsciiSet {
  return code < 128 ? 1n << BigInt(code) : noCharacters;
}

/** Both ends belong to it; what is beyond ASCII is left out. */
export function characterRange(first: number, last: number): AsciiSet {
  const end = Math.min(last, 127);
  if (first > end) return noCharacters;
  return ((1n << BigInt(end - first + 1)) - 1n) << BigInt(first);
}

export function complement(set: AsciiSet): AsciiSet {
  return allCharacters ^ set;
}

/** Those characters that pass. */
export function charactersWhere(passes: (character: string) => boolean): AsciiSet {
  let set = noCharacters;
  for (let code = 0; code < 128; code++) {
    if (passes(String.fromCharCode(code))) set |= oneCharacter(code);
  }
  return set;
}

const letterA = 65;
const letterZ = 90;
const caseDistance = 32n;
const upper = characterRange(letterA, letterZ);
const lower = upper << caseDistance;

/** With the other case of each letter. */
export function foldCase(set: AsciiSet): AsciiSet {
  return set | ((set & upper) << caseDistance) | ((set & lower) >> caseDistance);
}

export const digits: AsciiSet = characterRange(48, 57);
export const whitespace: AsciiSet = charactersWhere((character) => '\t\n\f\r '.includes(character));
export const wordCharacters: AsciiSet = digits | upper | lower | oneCharacter(95);

/** `[[:name:]]`. */
export const posixClasses: Readonly<Record<string, AsciiSet>> = {
  alnum: digits | upper | lower,
  alpha: upper | lower,
  ascii: allCharacters,
  blank: oneCharacter(9) | oneCharacter(32),
  cntrl: characterRange(0, 31) | oneCharacter(127),
  digit: digits,
  graph: characterRange(33, 126),
  lower,
  print: characterRange(32, 126),
  punct: characterRange(33, 126) & complement(digits | upper | lower),
  space: whitespace | oneCharacter(11),
  upper,
  word: wordCharacters,
  xdigit: digits | characterRange(65, 70) | characterRange(97, 102),
};
