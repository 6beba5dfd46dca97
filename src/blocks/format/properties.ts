/**
 * Java properties text, as the VERSION files have it: `key=value` lines in any order.
 *
 * Read: `#` and `!` comments, `=`, `:` or blanks between key and value, backslash escapes, lines
 * continued by a backslash. Written: keys in the order given, `\`, `=`, `:`, `#`, `!` escaped,
 * everything outside of printable ASCII as `\uXXXX`.
 *
 * Upstream: java.util.Properties (load and store).
 */

/** Later lines win, as in Java. */
export function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const match = /^((?:[^\\=:\s]|\\.)*)\s*[=:]?\s*(.*)$/s.exec(line);
    if (match !== null) values.set(unescaped(match[1]!), unescaped(match[2]!));
  }
  return values;
}

export function formatProperties(
  comment: string,
  values: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(values).map(([key, value]) => `${escaped(key)}=${escaped(value)}`);
  return `${[`#${comment}`, ...lines].join('\n')}\n`;
}

/** Lines without comments and blank ones; a trailing odd number of backslashes joins the next. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun: string | undefined;
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/^[ \t\f]+/, '');
    if (begun === undefined && (line === '' || line[0] === '#' || line[0] === '!')) continue;
    const whole: string = (begun ?? '') + line;
    const backslashes = /\\*$/.exec(whole)![0].length;
    if (backslashes % 2 === 1) {
      begun = whole.slice(0, -1);
      continue;
    }
    begun = undefined;
    lines.push(whole);
  }
  if (begun !== undefined) lines.push(begun);
  return lines;
}

const letters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string, letter: string) =>
    code === undefined
      ? (letters[letter] ?? letter)
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function escaped(text: string): string {
  return text
    .replace(/[\\=:#!]/g, '\\$&')
    .replace(
      /[^\x20-\x7e]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
