/**
 * One parser per format for both forms of decompression.
 *
 * A `Decoding` is a generator that knows nothing of where bytes come from. It yields a number to
 * ask for that many bytes (and gets fewer only where the input ends), or a piece of output. One
 * driver feeds it from bytes in memory, the other from pieces as they arrive.
 *
 * Lifetime: the bytes it gets stay as they are; it may keep them.
 */
import type { ByteSource } from './pieces.ts';
import { ByteQueue, joined } from './pieces.ts';

export type Decoding = Generator<number | Uint8Array, void, Uint8Array>;
/** A part of a Decoding: asks for bytes, returns what it made of them. */
export type DecodingPart<Result> = Generator<number | Uint8Array, Result, Uint8Array>;

const nothing = new Uint8Array(0);

/** The whole output of a source in memory. Pieces that view the source are copied. */
export function decodeWhole(decoding: Decoding, source: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  for (let step = decoding.next(); step.done !== true;) {
    const wanted = step.value;
    if (typeof wanted === 'number') {
      const end = Math.min(source.length, at + wanted);
      step = decoding.next(source.subarray(at, end));
      at = end;
    } else {
      parts.push(wanted);
      length += wanted.length;
      step = decoding.next(nothing);
    }
  }
  const only = parts.length === 1 ? parts[0]! : undefined;
  return only !== undefined && only.buffer !== source.buffer ? only : joined(parts, length);
}

export async function* decodePieces(
  decoding: Decoding,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const held = new ByteQueue();
  let step = decoding.next();
  for await (const piece of source) {
    held.pushCopy(piece);
    for (;;) {
      if (step.done === true) return;
      if (typeof step.value === 'number') {
        if (step.value > held.length) break;
        step = decoding.next(held.take(step.value));
      } else {
        if (step.value.length > 0) yield step.value;
        step = decoding.next(nothing);
      }
    }
  }
  while (step.done !== true) {
    if (typeof step.value === 'number') {
      step = decoding.next(held.take(Math.min(step.value, held.length)));
    } else {
      if (step.value.length > 0) yield step.value;
      step = decoding.next(nothing);
    }
  }
}
