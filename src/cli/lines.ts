/**
 * Lines of a byte stream, as views: no text decoding, no copy of lines that lie within one piece.
 *
 * Lifetime: the lines of one group are valid until the next group is pulled.
 */
import { LimitError } from '../../native-free-io/index.ts';

const newline = 0x0a;
/** No log takes longer ones, and a stream without line ends must not fill the memory. */
export const maxLineBytes: number = 256 << 20;

/** Groups of lines, without their ends; a last line without an end counts. */
export async function* lineGroups(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterableIterator<Uint8Array[]> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
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
        restBytes = 0;
      }
      start = end + 1;
    }
    if (start < piece.length) {
      rest.push(new Uint8Array(piece.subarray(start)));
      restBytes += piece.length - start;
    }
    if (lines.length > 0) yield lines;
    if (restBytes > maxLineBytes) {
      throw new LimitError('IO_LIMIT', `a line of more than ${maxLineBytes} bytes`);
    }
  }
  if (rest.length > 0) yield [join(rest)];
}

/** The pieces of a stream until it ends or `signal` fires, even while waiting for the next. */
export async function* untilAborted(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncIterableIterator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      if (signal.aborted) return;
      // Destroying a stream at Ctrl-C fails the pending read; by then nobody wants its answer.
      const next = iterator.next().catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      const step = await Promise.race([next, stopped]);
      if (step === undefined || step.done === true) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
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
