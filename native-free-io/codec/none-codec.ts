/** No compression: bytes go through, copied where the contract says the result owns them. */
import type { Codec } from './codec.ts';
import { checkLength, tooLarge } from './codec-errors.ts';

export const noneCodec: Codec = {
  name: 'none',
  compressSync: (source) => new Uint8Array(source),
  decompressSync: (source, { maxLength }) => new Uint8Array(checkLength('none', source, maxLength)),
  async *compress(source) {
    yield* source;
  },
  async *decompress(source, { maxLength }) {
    let left = maxLength;
    for await (const piece of source) {
      left -= piece.length;
      if (left < 0) throw tooLarge('none', maxLength);
      yield piece;
    }
  },
};
