/**
 * Read-ahead of one scan: a stretch of the file in bytes of its own, from which blocks are taken in
 * place. The cache is left alone, so that a scan pushes nothing out.
 *
 * Lifetime: payloads are valid until the next `block`.
 */
import type { Slab } from '../../../native-free-io/index.ts';
import type { BlockType } from '../format/layout.ts';
import { readPool, type BlockPlace, type BlockReader, type Payload } from './block-reader.ts';

export const defaultReadAheadBytes: number = 256 << 10;

export class ScanBuffer {
  readonly #blocks: BlockReader;
  readonly #readAheadBytes: number;
  #slab: Slab | undefined;
  #position = 0;
  #length = 0;

  constructor(blocks: BlockReader, readAheadBytes: number) {
    this.#blocks = blocks;
    this.#readAheadBytes = readAheadBytes;
  }

  block(place: BlockPlace, types: readonly BlockType[]): Payload {
    this.#blocks.checkPlace(place);
    const { position, totalBytes } = place;
    const isHeld =
      position >= this.#position && position + totalBytes <= this.#position + this.#length;
    if (!isHeld) this.#fill(place);
    const at = position - this.#position;
    return this.#blocks.payload(this.#slab!, at, place, { types, copies: false });
  }

  /** Idempotent. */
  release(): void {
    this.#slab?.release();
    this.#slab = undefined;
    this.#length = 0;
  }

  #fill({ position, totalBytes }: BlockPlace): void {
    const { endPosition } = this.#blocks.options;
    const ahead = Math.min(this.#readAheadBytes, endPosition - position);
    const length = Math.max(totalBytes, ahead);
    this.#length = 0;
    if (this.#slab !== undefined && this.#slab.length < length) this.release();
    this.#slab ??= readPool().lease(length);
    this.#blocks.fill(this.#slab, position, length);
    this.#position = position;
    this.#length = length;
  }
}
