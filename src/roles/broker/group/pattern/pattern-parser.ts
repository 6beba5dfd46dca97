/**
 * Reads patterns of topics in the syntax of RE2, which the consumer protocol prescribes: no back
 * references, no looking around, nothing that would need backtracking.
 *
 * Syntax: github.com/google/re2/wiki/Syntax. Only ASCII can match; classes of Unicode are cut to
 * it.
 */
import { allCharacters, complement, foldCase, oneCharacter, type AsciiSet } from './ascii-set.ts';
import { classEscape } from './class-escape.ts';
import { parseClass } from './pattern-class.ts';
import { PatternText } from './pattern-text.ts';

export type Assertion = 'start' | 'end' | 'word boundary' | 'no word boundary';

export type PatternNode =
  | { readonly kind: 'set'; readonly set: AsciiSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      /** Infinity for no limit. */
      readonly max: number;
    };

/** RE2's own limit. */
const mostRepeats = 1000;
/** Groups within groups. */
const mostDepth = 200;

interface Flags {
  readonly ignoresCase: boolean;
  /** `.` takes line ends, too. */
  readonly dotTakesAll: boolean;
}

/** Throws PatternError that says what is wrong, and where. */
export function parsePattern(text: string): PatternNode {
  const parser = new PatternParser(text);
  return parser.parse();
}

class PatternParser {
  readonly #text: PatternText;
  #flags: Flags = { ignoresCase: false, dotTakesAll: false };
  #depth = 0;

  constructor(text: string) {
    this.#text = new PatternText(text);
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (!this.#text.isAtEnd) throw this.#text.error('unexpected )');
    return node;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#text.take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#text.isAtEnd && !this.#text.startsWith('|') && !this.#text.startsWith(')')) {
      const part = this.#quoted() ?? this.#atom();
      if (part !== undefined) parts.push(this.#repeated(part));
    }
    return { kind: 'sequence', parts };
  }

  /** `\Q…\E`: everything between stands for itself; the last character may be repeated. */
  #quoted(): PatternNode | undefined {
    if (!this.#text.take(String.raw`\Q`)) return undefined;
    const parts = Array.from(this.#text.upTo(String.raw`\E`), (one) => this.#literal(one));
    return { kind: 'sequence', parts };
  }

  #repeated(part: PatternNode): PatternNode {
    const found = this.#repetition();
    if (found === undefined) return part;
    // Lazy or not, the same texts match.
    this.#text.take('?');
    if (this.#repetition() !== undefined) throw this.#text.error('bad repetition operator');
    return { kind: 'repeat', part, ...found };
  }

  #repetition(): { min: number; max: number } | undefined {
    if (this.#text.take('*')) return { min: 0, max: Infinity };
    if (this.#text.take('+')) return { min: 1, max: Infinity };
    if (this.#text.take('?')) return { min: 0, max: 1 };
    const counts = this.#text.match(/\{(\d+)(,?)(\d*)\}/y);
    if (counts === undefined) return undefined;
    const min = Number(counts[1]);
    const max = counts[2] === '' ? min : counts[3] === '' ? Infinity : Number(counts[3]);
    const isWrong = min > mostRepeats || (max !== Infinity && max > mostRepeats) || max < min;
    if (isWrong) throw this.#text.error('bad repeat count');
    return { min, max };
  }

  /** Undefined where only flags were set. */
  #atom(): PatternNode | undefined {
    const text = this.#text;
    if (text.take('(')) return this.#group();
    if (text.take('[')) return this.#set(parseClass(text));
    if (text.take('.')) return { kind: 'set', set: this.#dot() };
    if (text.take('^')) return { kind: 'assertion', assertion: 'start' };
    if (text.take('$')) return { kind: 'assertion', assertion: 'end' };
    if (text.startsWith('*') || text.startsWith('+') || text.startsWith('?')) {
      throw text.error('missing argument to repetition operator');
    }
    if (text.take('\\')) return this.#escape();
    return this.#literal(text.next());
  }

  #dot(): AsciiSet {
    return this.#flags.dotTakesAll ? allCharacters : complement(oneCharacter(10));
  }

  #group(): PatternNode | undefined {
    if (++this.#depth > mostDepth) throw this.#text.error('groups lie too deep');
    const outer = this.#flags;
    const named = this.#text.match(/\?P?<([A-Za-z0-9_]+)>/y);
    if (named === undefined && this.#text.startsWith('?')) {
      const found = this.#text.match(/\?([imsU]*)(?:-([imsU]+))?([:)])/y);
      if (found === undefined) throw this.#text.error('invalid or unsupported group syntax');
      this.#setFlags(found[1] ?? '', found[2] ?? '');
      if (found[3] === ')') {
        // They hold to the end of the group around.
        this.#depth--;
        return undefined;
      }
    }
    const node = this.#choice();
    if (!this.#text.take(')')) throw this.#text.error('missing )');
    this.#flags = outer;
    this.#depth--;
    return node;
  }

  #setFlags(on: string, off: string): void {
    const { ignoresCase, dotTakesAll } = this.#flags;
    const after = (flag: string, before: boolean): boolean =>
      (before || on.includes(flag)) && !off.includes(flag);
    this.#flags = { ignoresCase: after('i', ignoresCase), dotTakesAll: after('s', dotTakesAll) };
  }

  #escape(): PatternNode {
    const text = this.#text;
    if (text.take('A')) return { kind: 'assertion', assertion: 'start' };
    if (text.take('z')) return { kind: 'assertion', assertion: 'end' };
    if (text.take('b')) return { kind: 'assertion', assertion: 'word boundary' };
    if (text.take('B')) return { kind: 'assertion', assertion: 'no word boundary' };
    if (text.take('C')) return { kind: 'set', set: allCharacters };
    return this.#set(classEscape(text) ?? oneCharacter(text.escapedCode()));
  }

  #literal(character: string): PatternNode {
    return this.#set(oneCharacter(character.codePointAt(0)!));
  }

  #set(set: AsciiSet): PatternNode {
    return { kind: 'set', set: this.#flags.ignoresCase ? foldCase(set) : set };
  }
}
