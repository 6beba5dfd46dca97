/**
 * gzip and deflate (zlib format), through node:zlib. Levels 0 (stored) to 9; -1 and undefined mean
 * 6.
 */
import { Readable, type Transform } from 'node:stream';
import {
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  type ZlibOptions,
} from 'node:zlib';
import { constants } from 'node:buffer';
import type { Codec, CompressOptions } from './codec.ts';
import { checkedLevel, malformed, OutputLimit, tooLarge } from './codec-errors.ts';
import { asBuffer, asPlain, type ByteSource } from './pieces.ts';

const levels = { least: -1, most: 9 } as const;

interface ZlibForms {
  readonly name: string;
  readonly compressSync: (source: Uint8Array, options: ZlibOptions) => Uint8Array;
  readonly decompressSync: (source: Uint8Array, options: ZlibOptions) => Uint8Array;
  readonly compressor: (options: ZlibOptions) => Transform;
  readonly decompressor: () => Transform;
}

export const gzipCodec: Codec = zlibCodec({
  name: 'gzip',
  compressSync: gzipSync,
  decompressSync: gunzipSync,
  compressor: createGzip,
  decompressor: createGunzip,
});

export const deflateCodec: Codec = zlibCodec({
  name: 'deflate',
  compressSync: deflateSync,
  decompressSync: inflateSync,
  compressor: createDeflate,
  decompressor: createInflate,
});

function zlibCodec(forms: ZlibForms): Codec {
  const { name } = forms;
  return {
    name,
    compressSync: (source, options) =>
      asPlain(forms.compressSync(asBuffer(source), levelOf(name, options))),
    decompressSync(source, options) {
      const limit = new OutputLimit(name, options);
      try {
        // The library's limit must be positive; an empty output is checked below.
        const maxOutputLength = Math.max(1, Math.min(limit.left, constants.MAX_LENGTH));
        const output = forms.decompressSync(asBuffer(source), { maxOutputLength });
        limit.spend(output.length);
        return asPlain(output);
      } catch (error) {
        throw translated(limit, error);
      }
    },
    compress: (source, options) => piped(source, forms.compressor(levelOf(name, options))),
    async *decompress(source, options) {
      const limit = new OutputLimit(name, options);
      try {
        for await (const piece of piped(source, forms.decompressor())) {
          limit.spend(piece.length);
          yield piece;
        }
      } catch (error) {
        throw translated(limit, error);
      }
    },
  };
}

function levelOf(name: string, options: CompressOptions | undefined): ZlibOptions {
  const level = checkedLevel(name, options, levels);
  return level === undefined ? {} : { level };
}

/** Feeds a transform and gives its output; errors of the source travel through. */
async function* piped(source: ByteSource, transform: Transform): AsyncGenerator<Uint8Array> {
  const input = Readable.from(copies(source), { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  try {
    for await (const piece of input.pipe(transform)) yield asPlain(piece);
  } finally {
    input.destroy();
  }
}

/**
 * A source may reuse its pieces once the next is pulled; a stream may not have read them by then.
 */
async function* copies(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const piece of source) yield new Uint8Array(piece);
}

function translated(limit: OutputLimit, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limit.codec, limit.maxLength, error);
  if (code.startsWith('Z_')) return malformed(limit.codec, error.message, error);
  return error;
}
