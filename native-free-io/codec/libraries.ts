/**
 * The compression libraries, each loaded when it is first used: loading one costs 10 to 40 ms, and
 * most logs use one codec or none. `docs/decisions/0007-compression-libraries.md` tells why these.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export interface SnappyLibrary {
  compressSync(source: Uint8Array): Uint8Array;
  uncompressSync(source: Uint8Array, options: { readonly asBuffer: true }): Uint8Array;
}

/** Its blocks have 4 bytes before them: the uncompressed length, little-endian. */
export interface Lz4Library {
  compressSync(source: Uint8Array): Uint8Array;
  /** Output up to the length in front of the block; `dictionary` is what came before. */
  uncompressSync(source: Uint8Array, dictionary?: Uint8Array): Uint8Array;
}

export interface ZstdLibrary {
  readonly Encoder: new (level: number) => { encodeSync(source: Uint8Array): Uint8Array };
  readonly Decoder: new () => { decodeSync(source: Uint8Array): Uint8Array };
}

let snappyLibrary: SnappyLibrary | undefined;
export function snappy(): SnappyLibrary {
  snappyLibrary ??= load('snappy') as SnappyLibrary;
  return snappyLibrary;
}

let lz4Library: Lz4Library | undefined;
export function lz4(): Lz4Library {
  lz4Library ??= load('lz4-napi') as Lz4Library;
  return lz4Library;
}

let zstdLibrary: ZstdLibrary | undefined;
export function zstd(): ZstdLibrary {
  zstdLibrary ??= load('@toondepauw/node-zstd') as ZstdLibrary;
  return zstdLibrary;
}
