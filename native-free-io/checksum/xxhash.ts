/**
 * xxHash 32 and 64 through the WebAssembly library, which starts asynchronously: load it once, then
 * every call is synchronous. The only room that imports xxhash-wasm.
 */
import type { XXHashAPI } from 'xxhash-wasm';

export interface RunningXxhash<T> {
  update(bytes: Uint8Array): void;
  /** Of everything so far. */
  digest(): T;
}

export interface Xxhash {
  /** xxHash32 of all bytes. Unsigned. */
  hash32(bytes: Uint8Array, seed?: number): number;
  /** xxHash64 of all bytes. Unsigned. */
  hash64(bytes: Uint8Array, seed?: bigint): bigint;
  running32(seed?: number): RunningXxhash<number>;
  running64(seed?: bigint): RunningXxhash<bigint>;
}

let loaded: Promise<Xxhash> | undefined;

export function loadXxhash(): Promise<Xxhash> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Xxhash> {
  const { default: start } = await import('xxhash-wasm');
  const api: XXHashAPI = await start();
  return {
    hash32: (bytes, seed) => api.h32Raw(bytes, seed),
    hash64: (bytes, seed) => api.h64Raw(bytes, seed),
    running32: (seed) => api.create32(seed),
    running64: (seed) => api.create64(seed),
  };
}
