/** A pattern being read, with a place in it; and what is said of a wrong one. */

/** What is wrong with a pattern. */
export class PatternError extends Error {
  constructor(reason: string, position: number) {
    super(`${reason} at position ${position}`);
    this.name = 'PatternError';
  }
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

export class PatternText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  error(reason: string): PatternError {
    return new PatternError(reason, this.#at);
  }

  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** Passes over `text` if it is next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** One character. */
  next(): string {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw this.error('unexpected end');
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  /** Passes over what a sticky expression finds here. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found === null) return undefined;
    this.#at = sticky.lastIndex;
    return found;
  }

  /** Everything before `end`, or to the end of the pattern. */
  upTo(end: string): string {
    const stop = this.#text.indexOf(end, this.#at);
    const found = this.#text.slice(this.#at, stop < 0 ? undefined : stop);
    this.#at = stop < 0 ? this.#text.length : stop + end.length;
    return found;
  }

  /** The character that an escape stands for, behind its backslash. */
  escapedCode(): number {
    const hex = this.match(/x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/y);
    if (hex !== undefined) return Number.parseInt(hex[1] ?? hex[2]!, 16);
    const octal = this.match(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y);
    if (octal !== undefined) return Number.parseInt(octal[0], 8);
    if (this.isAtEnd) throw this.error('trailing backslash');
    const character = this.next();
    const control = controls[character];
    if (control !== undefined) return control;
    // Letters and digits without a meaning, back references among them.
    if (/[A-Za-z0-9]/.test(character)) throw this.error('invalid escape sequence');
    return character.codePointAt(0)!;
  }
}
