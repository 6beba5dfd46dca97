/**
 * Tells code from comments and strings without a compiler: a copy of the text of equal length in
 * which the contents of comments, strings, templates and regular expressions are blanks.
 *
 * Quotes and line ends stay, so a place in the copy is the same place in the text. A slash opens a
 * regular expression where a value may begin; that is a guess, right for formatted code.
 */

const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|do|else))$/;

export function blankText(text: string): string {
  const out = text.split('');
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' ';
  };
  /** Depths of braces at which a template's `${` closes. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    let end = at + 1;
    if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) {
      end = endOf(text, '\n', at);
      blank(at, end);
    } else if (text.startsWith('/*', at)) {
      end = Math.min(endOf(text, '*/', at + 2) + 2, text.length);
      blank(at, end);
    } else if (char === "'" || char === '"') {
      end = stringEnd(text, at, char);
      blank(at + 1, end - 1);
    } else if (char === '/' && beforeRegex.test(lastCode(out, at))) {
      end = regexEnd(text, at);
      blank(at + 1, end - 1);
    } else if (char === '`' || (char === '}' && templates.at(-1) === depth)) {
      if (char === '}') templates.pop();
      end = templateEnd(text, at + 1);
      const opens = text[end - 1] === '{';
      blank(at + 1, opens ? end - 2 : end - 1);
      if (opens) templates.push(depth);
    } else if (char === '{') depth++;
    else if (char === '}') depth--;
    at = end;
  }
  return out.join('');
}

/** Place of the bracket that closes the one at `open`; the end of the text when none does. */
export function closingPlace(code: string, open: number): number {
  const opening = code[open]!;
  const closing = { '(': ')', '[': ']', '{': '}' }[opening]!;
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === opening) depth++;
    else if (code[at] === closing && --depth === 0) return at;
  }
  return code.length;
}

/** Number of the line, from 1, in which `place` lies. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function endOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

function stringEnd(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n')
    at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function regexEnd(text: string, from: number): number {
  let inClass = false;
  let at = from + 1;
  for (; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) break;
  }
  return at + 1;
}

/** Just behind the back quote or the `${` that ends this piece of a template. */
function templateEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '`') {
    if (text.startsWith('${', at)) return at + 2;
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

/** The last few characters of code in front of `at`, spaces left out. */
function lastCode(out: readonly string[], at: number): string {
  let end = at;
  while (end > 0 && /\s/.test(out[end - 1]!)) end--;
  return out.slice(Math.max(0, end - 8), end).join('');
}
