/**
 * xxHash32, the checksum of LZ4 frames (seed 0 there).
 *
 * Written after the public specification (Yann Collet, xxHash fast digest algorithm, BSD-2-Clause
 * reference). Pure script: about 1 GB/s, and frames of Kafka hash 2 to 10 bytes. The WebAssembly
 * library starts asynchronously, which a synchronous codec cannot wait for.
 */
const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;
const prime3 = 0xc2b2ae3d | 0;
const prime4 = 0x27d4eb2f | 0;
const prime5 = 0x165667b1 | 0;
const stripeBytes = 16;

/** Of all of `bytes`. Unsigned. */
export function xxHash32(bytes: Uint8Array, seed = 0): number {
  return new XxHash32(seed).update(bytes).digest();
}

/** Over pieces: update as often as wanted, digest at any time. */
export class XxHash32 {
  readonly #seed: number;
  readonly #lanes: Int32Array;
  readonly #held = new Uint8Array(stripeBytes);
  #heldBytes = 0;
  #totalBytes = 0;

  constructor(seed = 0) {
    this.#seed = seed | 0;
    this.#lanes = Int32Array.of(seed + prime1 + prime2, seed + prime2, seed, seed - prime1);
  }

  update(bytes: Uint8Array): this {
    this.#totalBytes += bytes.length;
    let at = 0;
    if (this.#heldBytes > 0) {
      at = Math.min(stripeBytes - this.#heldBytes, bytes.length);
      this.#held.set(bytes.subarray(0, at), this.#heldBytes);
      this.#heldBytes += at;
      if (this.#heldBytes < stripeBytes) return this;
      this.#stripes(this.#held, 0, stripeBytes);
      this.#heldBytes = 0;
    }
    const end = at + Math.floor((bytes.length - at) / stripeBytes) * stripeBytes;
    this.#stripes(bytes, at, end);
    this.#held.set(bytes.subarray(end));
    this.#heldBytes = bytes.length - end;
    return this;
  }

  /** Unsigned; the state stays, more updates may follow. */
  digest(): number {
    const lanes = this.#lanes;
    let hash = (this.#seed + prime5) | 0;
    if (this.#totalBytes >= stripeBytes) {
      hash = (rotated(lanes[0]!, 1) + rotated(lanes[1]!, 7)) | 0;
      hash = (hash + rotated(lanes[2]!, 12) + rotated(lanes[3]!, 18)) | 0;
    }
    hash = (hash + this.#totalBytes) | 0;
    let at = 0;
    for (; at + 4 <= this.#heldBytes; at += 4) {
      hash = (hash + Math.imul(word(this.#held, at), prime3)) | 0;
      hash = Math.imul(rotated(hash, 17), prime4);
    }
    for (; at < this.#heldBytes; at++) {
      hash = (hash + Math.imul(this.#held[at]!, prime5)) | 0;
      hash = Math.imul(rotated(hash, 11), prime1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), prime2);
    hash = Math.imul(hash ^ (hash >>> 13), prime3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    let a = this.#lanes[0]!;
    let b = this.#lanes[1]!;
    let c = this.#lanes[2]!;
    let d = this.#lanes[3]!;
    for (let at = start; at < end; at += stripeBytes) {
      a = round(a, word(bytes, at));
      b = round(b, word(bytes, at + 4));
      c = round(c, word(bytes, at + 8));
      d = round(d, word(bytes, at + 12));
    }
    this.#lanes[0] = a;
    this.#lanes[1] = b;
    this.#lanes[2] = c;
    this.#lanes[3] = d;
  }
}

function round(lane: number, input: number): number {
  return Math.imul(rotated((lane + Math.imul(input, prime2)) | 0, 13), prime1);
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
