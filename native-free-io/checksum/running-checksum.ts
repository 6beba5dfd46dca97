/** A checksum of bytes that come in pieces. */
import type { ChecksumKind } from './chunked.ts';
import { crc32 } from './crc32.ts';
import { crc32c } from './crc32c.ts';

export class RunningChecksum {
  readonly kind: ChecksumKind;
  readonly #sum: typeof crc32c;
  #value = 0;

  constructor(kind: ChecksumKind) {
    this.kind = kind;
    this.#sum = kind === 'crc32' ? crc32 : crc32c;
  }

  /** Of everything so far. Unsigned; 0 for nothing. */
  get value(): number {
    return this.#value;
  }

  update(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    this.#value = this.#sum(bytes, start, end, this.#value);
    return this;
  }

  reset(): void {
    this.#value = 0;
  }
}
