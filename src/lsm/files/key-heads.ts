/**
 * A narrow column beside sorted keys: four bytes of each row, behind what all rows have in common.
 *
 * A search through keys that lie 130 bytes apart waits for memory at every step; here sixteen steps
 * share a cache line. What the heads cannot tell apart is left to the caller, who compares keys.
 * Rows must compare as bytes.
 */
import { rowLengthBytes } from '../format/kv-layout.ts';

/** What `narrow` left: keys before `headLow` are below the target, from `headHigh` on above it. */
export let headLow = 0;
export let headHigh = 0;

const headBytes = 4;

export class KeyHeads {
  readonly #bytes: Uint8Array;
  /** The bytes that all rows begin with. */
  readonly #prefix: number;
  readonly #prefixLength: number;
  readonly #heads: Uint32Array;

  /** Of keys that begin at `positions[i * stride] + offset`, in order. */
  constructor(
    bytes: Uint8Array,
    positions: Int32Array,
    layout: { readonly stride: number; readonly offset: number },
  ) {
    const { stride, offset } = layout;
    const count = positions.length / stride;
    const last = positions[(count - 1) * stride]! + offset;
    this.#bytes = bytes;
    this.#prefix = positions[0]! + offset + rowLengthBytes;
    this.#prefixLength = commonRowBytes(bytes, positions[0]! + offset, last);
    this.#heads = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const key = positions[i * stride]! + offset;
      this.#heads[i] = headOf(bytes, key, this.#prefixLength);
    }
  }

  get memoryBytes(): number {
    return this.#heads.byteLength;
  }

  /** Narrows down where the key stands, to `headLow` and `headHigh`. */
  narrow(bytes: Uint8Array, keyPosition: number): void {
    const heads = this.#heads;
    const length = this.#prefixLength;
    const row = keyPosition + rowLengthBytes;
    const rowLength = (bytes[keyPosition]! << 8) | bytes[keyPosition + 1]!;
    for (let i = 0; i < length; i++) {
      const order = i < rowLength ? bytes[row + i]! - this.#bytes[this.#prefix + i]! : -1;
      if (order === 0) continue;
      headLow = order < 0 ? 0 : heads.length;
      headHigh = headLow;
      return;
    }
    const head = headOf(bytes, keyPosition, length);
    let low = 0;
    let high = heads.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (heads[middle]! < head) low = middle + 1;
      else high = middle;
    }
    headLow = low;
    let end = low;
    let step = 1;
    while (end < heads.length && heads[end] === head) {
      end += step;
      step *= 2;
    }
    headHigh = Math.min(end, heads.length);
  }
}

/** Four bytes of the row of a key from `from` on, zeros where it is shorter. */
function headOf(bytes: Uint8Array, key: number, from: number): number {
  const rowLength = (bytes[key]! << 8) | bytes[key + 1]!;
  const at = key + rowLengthBytes + from;
  const left = rowLength - from;
  if (left >= headBytes) {
    return (
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
    );
  }
  let head = 0;
  for (let i = 0; i < headBytes; i++) head = (head << 8) | (i < left ? bytes[at + i]! : 0);
  return head >>> 0;
}

function commonRowBytes(bytes: Uint8Array, a: number, b: number): number {
  const aLength = (bytes[a]! << 8) | bytes[a + 1]!;
  const bLength = (bytes[b]! << 8) | bytes[b + 1]!;
  const most = Math.min(aLength, bLength);
  let same = 0;
  while (same < most && bytes[a + rowLengthBytes + same] === bytes[b + rowLengthBytes + same]) {
    same++;
  }
  return same;
}
