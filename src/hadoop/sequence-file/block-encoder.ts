/**
 * Records of a block-compressed SequenceFile, held until they make a block.
 *
 *    VInt record count | 4 × (VInt stored length | codec stream)
 *    streams: key lengths as VInts, keys, value lengths as VInts, values
 */
import { ByteSink, type Codec } from '../../../native-free-io/index.ts';

export class BlockEncoder {
  readonly #codec: Codec;
  readonly #blockBytes: number;
  readonly #keyLengths = ByteSink.growing();
  readonly #keys = ByteSink.growing();
  readonly #valueLengths = ByteSink.growing();
  readonly #values = ByteSink.growing();
  readonly #out = ByteSink.growing();
  #count = 0;

  constructor(codec: Codec, blockBytes: number) {
    this.#codec = codec;
    this.#blockBytes = blockBytes;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** True when the block is full. */
  add(key: Uint8Array, value: Uint8Array): boolean {
    this.#keyLengths.writeHadoopVInt(key.length);
    this.#keys.writeBytes(key);
    this.#valueLengths.writeHadoopVInt(value.length);
    this.#values.writeBytes(value);
    this.#count++;
    return this.#keys.length + this.#values.length >= this.#blockBytes;
  }

  /** The block's bytes, valid until the next `take`; the encoder is empty then. */
  take(): Uint8Array {
    const out = this.#out;
    out.clear();
    out.writeHadoopVInt(this.#count);
    for (const part of [this.#keyLengths, this.#keys, this.#valueLengths, this.#values]) {
      const stored = this.#codec.compressSync(part.written);
      out.writeHadoopVInt(stored.length);
      out.writeBytes(stored);
      part.clear();
    }
    this.#count = 0;
    return out.written;
  }
}
