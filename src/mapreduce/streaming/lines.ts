/** Lines of a stream of bytes that comes in pieces, cut at LF. */

const lf = 10;
const tab = 9;

export class LineCutter {
  #rest: Uint8Array = new Uint8Array(0);
  readonly #onLine: (line: Uint8Array) => void;

  /** A line is a view, valid during the call. */
  constructor(onLine: (line: Uint8Array) => void) {
    this.#onLine = onLine;
  }

  push(piece: Uint8Array): void {
    let start = 0;
    for (let at = piece.indexOf(lf); at >= 0; at = piece.indexOf(lf, start)) {
      const line = piece.subarray(start, at);
      this.#onLine(this.#rest.length === 0 ? line : this.#joined(line));
      start = at + 1;
    }
    if (start < piece.length) this.#rest = this.#joined(piece.subarray(start));
  }

  /** The last line needs no LF. */
  end(): void {
    if (this.#rest.length > 0) this.#onLine(this.#joined(new Uint8Array(0)));
  }

  /** What was left of the piece before, and `more`, as bytes of their own. */
  #joined(more: Uint8Array): Uint8Array {
    const line = new Uint8Array(this.#rest.length + more.length);
    line.set(this.#rest);
    line.set(more, this.#rest.length);
    this.#rest = new Uint8Array(0);
    return line;
  }
}

/** Key and value of a line, cut at the first tab; without one the whole line is the key. */
export function cutAtTab(line: Uint8Array): [key: Uint8Array, value: Uint8Array] {
  const at = line.indexOf(tab);
  if (at < 0) return [line, new Uint8Array(0)];
  return [line.subarray(0, at), line.subarray(at + 1)];
}
