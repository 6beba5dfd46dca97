/**
 * Buffers of frames that came in pieces and are done with, for those that come next. Without them
 * every such frame of a busy producer would be garbage outside the heap, which is collected late.
 *
 * Invariant: at most `count` buffers of at most `largestBytes` are kept, whoever used them.
 */
const count = 4;
const largestBytes = 256 << 10;

const spare: Uint8Array[] = [];

/** One that is there already, of any size. */
export function takeFrameBuffer(): Uint8Array | undefined {
  return spare.pop();
}

/** Nobody looks at it any more. */
export function giveFrameBuffer(buffer: Uint8Array): void {
  if (spare.length < count && buffer.length <= largestBytes) spare.push(buffer);
}
