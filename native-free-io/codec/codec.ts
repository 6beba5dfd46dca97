/**
 * One shape for every compression codec. Implementations are chosen once per batch, outside loops.
 *
 * Output limits are part of the contract: decompression never gives more than `maxLength` bytes,
 * whatever the input claims, and fails with LimitError CODEC_TOO_LARGE before memory is taken
 * wherever the format states a size. Where it states none, the bytes held when the limit is noticed
 * pass it by at most one block of the format (zstd: see zstd-codec.ts).
 */

export interface CompressOptions {
  /** Codec-specific; undefined means the codec's own default (see each room). */
  readonly level?: number;
}

export interface DecompressOptions {
  /** Most bytes the output may have. Bytes; required, because no default is right for everybody. */
  readonly maxLength: number;
}

export interface Codec {
  readonly name: string;
  /** The whole input in one call; the result owns its bytes. */
  compressSync(source: Uint8Array, options?: CompressOptions): Uint8Array;
  /** CorruptionError CODEC_CORRUPT on malformed or truncated input. */
  decompressSync(source: Uint8Array, options: DecompressOptions): Uint8Array;
  /** Streaming forms: pieces in, pieces out; a piece is valid until the next pull. */
  compress(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: CompressOptions,
  ): AsyncIterable<Uint8Array>;
  decompress(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: DecompressOptions,
  ): AsyncIterable<Uint8Array>;
}
