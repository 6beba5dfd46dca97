/** What the codec tests compress, and how they take streams apart. */
import type { Codec } from '../../../../native-free-io/index.ts';
import { codecByName, codecNames } from '../../../../native-free-io/index.ts';
import { Seeded } from '../../../helpers/seeded.ts';

export const allCodecs: readonly Codec[] = codecNames.map(codecByName);

/** Lines with words that repeat, as logs have them. */
export function textOf(length: number): Uint8Array {
  const random = new Seeded(7);
  const words = Array.from({ length: 500 }, () =>
    String.fromCharCode(
      ...Array.from({ length: random.between(2, 9) }, () => random.between(97, 122)),
    ),
  );
  const lines: string[] = [];
  for (let made = 0, id = 0; made < length; id++) {
    const chosen = Array.from({ length: 8 }, () => words[Math.floor(random.next() ** 3 * 500)]);
    const line = `{"id":${id},"message":"${chosen.join(' ')}"}\n`;
    lines.push(line);
    made += line.length;
  }
  return new TextEncoder().encode(lines.join('')).subarray(0, length);
}

/** Nothing a codec could make shorter. */
export function noiseOf(length: number): Uint8Array {
  return new Seeded(11).bytes(length);
}

/** The samples behind reference-streams.ts. */
export const proverb: Uint8Array = new TextEncoder().encode(
  Array.from(
    { length: 12 },
    (_, line) => `${line}: still waters run deep, and still they run\n`,
  ).join(''),
);
export const chant: Uint8Array = new TextEncoder().encode('varve '.repeat(25_000));

export async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(new Uint8Array(piece));
  return new Uint8Array(Buffer.concat(parts));
}

/** Pieces of the lengths that `next` says, each valid only until the next one is pulled. */
export async function* cut(bytes: Uint8Array, next: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const piece = new Uint8Array(bytes.subarray(at, at + next()));
    at += piece.length;
    yield piece;
    piece.fill(0xee);
  }
}

/** Compares long bytes quickly and says where they part. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number {
  if (Buffer.compare(one, other) === 0) return -1;
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) if (one[at] !== other[at]) return at;
  return shorter;
}
