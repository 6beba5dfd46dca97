/** Lines of a stream of bytes that comes in pieces, and their fields. */

const lf = 10;
const cr = 13;
const tab = 9;

export interface LineCutterOptions {
  /** Lines end at CR and CRLF too; a line that ends so is given once an LF or the end has come. */
  readonly endsAtCr?: boolean;
}

export class LineCutter {
  /** The line that has not ended, in pieces. */
  #rest: Uint8Array[] = [];
  readonly #onLine: (line: Uint8Array) => void;
  readonly #endsAtCr: boolean;

  /** A line is a view, valid during the call. */
  constructor(onLine: (line: Uint8Array) => void, { endsAtCr = false }: LineCutterOptions = {}) {
    this.#onLine = onLine;
    this.#endsAtCr = endsAtCr;
  }

  push(piece: Uint8Array): void {
    let start = 0;
    for (let at = piece.indexOf(lf); at >= 0; at = piece.indexOf(lf, start)) {
      const line = piece.subarray(start, at);
      this.#give(this.#rest.length === 0 ? line : this.#joined(line), true);
      start = at + 1;
    }
    if (start < piece.length) this.#rest.push(new Uint8Array(piece.subarray(start)));
  }

  /** The last line needs no LF. */
  end(): void {
    if (this.#rest.length > 0) this.#give(this.#joined(new Uint8Array(0)), false);
  }

  /** What came up to an LF, or to the end of all. */
  #give(line: Uint8Array, endsAtLf: boolean): void {
    let start = 0;
    let at = this.#endsAtCr ? line.indexOf(cr) : -1;
    for (; at >= 0; at = line.indexOf(cr, start)) {
      this.#onLine(line.subarray(start, at));
      start = at + 1;
      // CRLF is one end, and nothing follows a CR at the end of all.
      if (start === line.length) return;
    }
    if (endsAtLf || start < line.length) this.#onLine(line.subarray(start));
  }

  /** What was left of the pieces before, and `more`, as bytes of their own. */
  #joined(more: Uint8Array): Uint8Array {
    const line = Buffer.concat([...this.#rest.splice(0), more]);
    return new Uint8Array(line.buffer, line.byteOffset, line.length);
  }
}

/** Key and value of a line, cut at the first tab; without one the whole line is the key. */
export function cutAtTab(line: Uint8Array): [key: Uint8Array, value: Uint8Array] {
  const at = line.indexOf(tab);
  if (at < 0) return [line, new Uint8Array(0)];
  return [line.subarray(0, at), line.subarray(at + 1)];
}

/** Likewise, cut at a separator, which must not be empty, after so many fields. */
export function cutAtField(
  line: Uint8Array,
  separator: Uint8Array,
  fields: number,
): [key: Uint8Array, value: Uint8Array] {
  let at = find(line, separator, 0);
  for (let field = 1; field < fields && at >= 0; field++) {
    at = find(line, separator, at + separator.length);
  }
  if (at < 0) return [line, new Uint8Array(0)];
  return [line.subarray(0, at), line.subarray(at + separator.length)];
}

function find(line: Uint8Array, separator: Uint8Array, from: number): number {
  const first = separator[0]!;
  let at = line.indexOf(first, from);
  while (at >= 0 && separator.some((byte, index) => line[at + index] !== byte)) {
    at = line.indexOf(first, at + 1);
  }
  return at;
}
