/**
 * The CRC-32C kernel in this thread's kernel memory, made on first use. Undefined where the machine
 * has no WebAssembly SIMD; callers then stay with the plain twin.
 *
 * Lifetime: the kernel is as old as the thread. Positions are bytes in kernel memory.
 */
import { crc32cModule } from './crc32c.wasm.ts';
import { kernelMemory, type KernelMemory } from './memory.ts';
import { wasm } from './webassembly.ts';

/** What assembly/crc32c.ts exports. Results are signed; `>>> 0` them. */
export interface Crc32cExports {
  readonly prepare: () => void;
  readonly crc32c: (position: number, length: number, seed: number) => number;
  readonly crc32cOfChunks: (
    position: number,
    length: number,
    chunkBytes: number,
    sumsPosition: number,
  ) => void;
  readonly shiftTables: () => number;
  readonly combineChunks: (sumsPosition: number, count: number) => number;
}

export interface Crc32cKernel extends Crc32cExports {
  readonly memory: KernelMemory;
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
}

/** Where bytes from outside kernel memory, and the sums of chunks, are copied to. */
export const copyPosition: number = 1 << 20;
/** Fits the second-level cache; the end of each piece costs some 1 us. */
export const copyBytes: number = 256 << 10;
export const sumsPosition: number = copyPosition + copyBytes;
/** Sums per call, of 4 bytes each. */
export const maxSums: number = 32768;

let kernel: Crc32cKernel | undefined;
let isMissing = false;

export function crc32cKernel(): Crc32cKernel | undefined {
  if (kernel === undefined && !isMissing) {
    const module = Buffer.from(crc32cModule, 'base64');
    isMissing = !wasm.validate(module);
    if (!isMissing) kernel = instantiate(module);
  }
  return kernel;
}

function instantiate(module: Uint8Array): Crc32cKernel {
  const memory = kernelMemory();
  const instance = new wasm.Instance(new wasm.Module(module), { env: { memory: memory.memory } });
  const exported = instance.exports as Crc32cExports;
  exported.prepare();
  return { ...exported, memory, buffer: memory.buffer, bytes: memory.bytes };
}
