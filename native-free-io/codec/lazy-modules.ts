/**
 * The compression libraries, each loaded when it is first used: loading one costs 10 to 40 ms, and
 * most logs use one codec or none.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export interface SnappyLibrary {
  compressSync(source: Uint8Array): Uint8Array;
  uncompressSync(source: Uint8Array, options: { asBuffer: true }): Uint8Array;
}

/** Sizes are prepended to blocks: 4 bytes, little-endian, uncompressed. */
export interface Lz4Library {
  compressSync(source: Uint8Array): Uint8Array;
  uncompressSync(source: Uint8Array): Uint8Array;
  compressFrameSync(source: Uint8Array): Uint8Array;
  decompressFrameSync(source: Uint8Array): Uint8Array;
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

/** The same bytes as a Buffer, which some of the libraries insist on. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
