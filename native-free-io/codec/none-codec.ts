/** No compression: bytes go through, copied where the contract says the result owns them. */
import type { Codec } from './codec.ts';
import { OutputLimit } from './codec-errors.ts';

const name = 'none';

export const noneCodec: Codec = {
  name,
  compressSync: (source) => new Uint8Array(source),
  decompressSync(source, options) {
    new OutputLimit(name, options).check(source.length);
    return new Uint8Array(source);
  },
  async *compress(source) {
    yield* source;
  },
  async *decompress(source, options) {
    const limit = new OutputLimit(name, options);
    for await (const piece of source) {
      limit.spend(piece.length);
      yield piece;
    }
  },
};
