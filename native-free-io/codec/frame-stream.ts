/**
 * Streaming for formats that are sequences of self-contained frames: each piece of a mebibyte
 * becomes a frame; frames are decoded as soon as they are whole.
 */
import type { DecompressOptions } from './codec.ts';
import { malformed, tooLarge } from './codec-errors.ts';

const pieceBytes = 1 << 20;

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Regroups pieces of any size into pieces of about a mebibyte, copied. */
export async function* inPieces(source: ByteSource): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const take = Math.min(piece.length - at, pieceBytes - held);
      parts.push(new Uint8Array(piece.subarray(at, at + take)));
      held += take;
      at += take;
      if (held < pieceBytes) continue;
      yield joined(parts, held);
      parts = [];
      held = 0;
    }
  }
  if (held > 0) yield joined(parts, held);
}

export interface FrameFormat {
  readonly name: string;
  /** Bytes of the frame at the start, 0 when it is not whole yet; throws when it is none. */
  frameLength(bytes: Uint8Array): number;
  decode(frame: Uint8Array, options: DecompressOptions): Uint8Array;
}

export async function* decodeFrames(
  format: FrameFormat,
  source: ByteSource,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let left = options.maxLength;
  for await (const piece of source) {
    rest = joined([rest, piece], rest.length + piece.length);
    for (;;) {
      const length = rest.length === 0 ? 0 : format.frameLength(rest);
      if (length === 0) break;
      const output = format.decode(rest.subarray(0, length), { maxLength: left });
      left -= output.length;
      if (left < 0) throw tooLarge(format.name, options.maxLength);
      rest = rest.subarray(length);
      yield output;
    }
  }
  if (rest.length > 0) throw malformed(format.name, 'the input ends inside a frame');
}

export function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
