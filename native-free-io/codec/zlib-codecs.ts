/** gzip and deflate (zlib format), through node:zlib. Levels 1 to 9; -1 and undefined mean 6. */
import { Readable } from 'node:stream';
import {
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  type Gunzip,
  type Inflate,
  type ZlibOptions,
} from 'node:zlib';
import type { Codec, CompressOptions } from './codec.ts';
import { malformed, tooLarge } from './codec-errors.ts';
import { asBuffer } from './lazy-modules.ts';
import type { ByteSource } from './frame-stream.ts';

interface ZlibForms {
  readonly name: string;
  readonly compressSync: (source: Uint8Array, options: ZlibOptions) => Uint8Array;
  readonly decompressSync: (source: Uint8Array, options: ZlibOptions) => Uint8Array;
  readonly compressor: (options: ZlibOptions) => NodeJS.ReadWriteStream;
  readonly decompressor: () => Gunzip | Inflate;
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
    compressSync: (source, options) => forms.compressSync(asBuffer(source), levelOf(options)),
    decompressSync(source, { maxLength }) {
      try {
        // The library's limit must be positive; an empty output is checked below.
        const maxOutputLength = Math.max(1, Math.min(maxLength, 2 ** 32));
        const output = forms.decompressSync(asBuffer(source), { maxOutputLength });
        if (output.length > maxLength) throw tooLarge(name, maxLength);
        return output;
      } catch (error) {
        throw translated(name, error, maxLength);
      }
    },
    compress: (source, options) => piped(source, forms.compressor(levelOf(options))),
    async *decompress(source, { maxLength }) {
      let left = maxLength;
      try {
        for await (const piece of piped(source, forms.decompressor())) {
          left -= piece.length;
          if (left < 0) throw tooLarge(name, maxLength);
          yield piece;
        }
      } catch (error) {
        throw translated(name, error, maxLength);
      }
    },
  };
}

function levelOf(options: CompressOptions | undefined): ZlibOptions {
  return options?.level === undefined ? {} : { level: options.level };
}

/** Feeds a transform and gives its output; errors of the source travel through. */
async function* piped(
  source: ByteSource,
  transform: NodeJS.ReadWriteStream,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(copies(source), { objectMode: false });
  input.on('error', (error) => (transform as unknown as Readable).destroy(error));
  try {
    for await (const piece of input.pipe(transform) as AsyncIterable<Buffer>) yield piece;
  } finally {
    input.destroy();
  }
}

/** A source may reuse its pieces once the next is pulled; a stream may not have read them by then. */
async function* copies(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const piece of source) yield new Uint8Array(piece);
}

function translated(name: string, error: unknown, maxLength: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(name, maxLength);
  if (code.startsWith('Z_')) return malformed(name, (error as Error).message, error);
  return error;
}
