/**
 * Lines of a byte stream, as views: no text decoding, no copy of lines that lie within one piece.
 *
 * Lifetime: the lines of one group are valid until the next group is pulled.
 */

const newline = 0x0a;

/** Groups of lines, without their ends; a last line without an end counts. */
export async function* lineGroups(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterableIterator<Uint8Array[]> {
  let rest: Uint8Array[] = [];
  for await (const piece of source) {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const end = piece.indexOf(newline, start);
      if (end < 0) break;
      const line = piece.subarray(start, end);
      if (rest.length === 0) lines.push(line);
      else {
        lines.push(join([...rest, line]));
        rest = [];
      }
      start = end + 1;
    }
    if (start < piece.length) rest.push(new Uint8Array(piece.subarray(start)));
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [join(rest)];
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
