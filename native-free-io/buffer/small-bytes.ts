/**
 * Bytes for what is small and made often: parts of one larger piece of memory, because a buffer of
 * its own costs more than what is then written to it.
 *
 * Lifetime: a part is its taker's for good and never given out twice; the piece lives as long as
 * any part of it.
 */
const pieceBytes = 1 << 16;
/** What is larger gets a buffer of its own. */
const mostShared = pieceBytes >> 3;

let piece: ArrayBuffer = newPiece();
let used = 0;

export interface SmallBytes {
  /** Contents unspecified. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Covers exactly `bytes`. */
  readonly view: DataView<ArrayBuffer>;
}

export function takeBytes(length: number): SmallBytes {
  if (length > mostShared) {
    const bytes = new Uint8Array(length);
    return { bytes, view: new DataView(bytes.buffer) };
  }
  if (used + length > pieceBytes) {
    piece = newPiece();
    used = 0;
  }
  const start = used;
  used += length;
  return {
    bytes: new Uint8Array(piece, start, length),
    view: new DataView(piece, start, length),
  };
}

/** Gives back what lies behind the first `kept` bytes, when nobody took bytes since. */
export function giveBackBehind(bytes: Uint8Array, kept: number): void {
  const isLast = bytes.buffer === piece && bytes.byteOffset + bytes.length === used;
  if (isLast) used = bytes.byteOffset + kept;
}

function newPiece(): ArrayBuffer {
  return Buffer.allocUnsafeSlow(pieceBytes).buffer;
}
