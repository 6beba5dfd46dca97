/** Pieces of bytes: joined, regrouped, queued. */

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function totalLength(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** The parts in one piece: a view where they lie side by side in one buffer, else a copy. */
export function together(parts: readonly Uint8Array[]): Uint8Array {
  const length = totalLength(parts);
  const first = parts[0];
  if (first === undefined) return new Uint8Array(0);
  let end = first.byteOffset;
  for (const part of parts) {
    if (part.buffer !== first.buffer || part.byteOffset !== end) return joined(parts, length);
    end += part.length;
  }
  return new Uint8Array(first.buffer, first.byteOffset, length);
}

/** The same bytes as a Buffer, which some of the libraries insist on. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The same bytes as a plain Uint8Array: what libraries give is a Buffer, and code that meets both
 * kinds runs slower for either.
 */
export function asPlain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Regroups pieces of any size into pieces of `pieceBytes`, the last one shorter; copied. */
export async function* inPieces(
  source: ByteSource,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  const held = new ByteQueue();
  for await (const piece of source) {
    held.pushCopy(piece);
    while (held.length >= pieceBytes) yield held.take(pieceBytes);
  }
  if (held.length > 0) yield held.take(held.length);
}

/** First in, first out, by bytes. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  /** Index of the first piece not yet taken whole; the ones before are dropped now and then. */
  #head = 0;
  /** Bytes of that piece that were taken already. */
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copied, because a source may reuse its piece for the next one. */
  pushCopy(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(new Uint8Array(piece));
    this.#length += piece.length;
  }

  /** The next `length` bytes, at most `this.length`; a view where they lie in one piece. */
  take(length: number): Uint8Array {
    const first = this.#pieces[this.#head];
    if (first === undefined || length === 0) return new Uint8Array(0);
    if (this.#start + length <= first.length) return this.#takeFrom(first, length);
    const all = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const piece = this.#pieces[this.#head]!;
      const part = this.#takeFrom(piece, Math.min(length - at, piece.length - this.#start));
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #takeFrom(piece: Uint8Array, length: number): Uint8Array {
    const part = piece.subarray(this.#start, this.#start + length);
    this.#length -= length;
    this.#start += length;
    if (this.#start === piece.length) {
      this.#start = 0;
      this.#head++;
      if (this.#head === this.#pieces.length || this.#head === 1024) {
        this.#pieces = this.#pieces.slice(this.#head);
        this.#head = 0;
      }
    }
    return part;
  }
}
