/**
 * A memory for sorting and the kernel in it: the WebAssembly one or, where the machine has no
 * WebAssembly SIMD, its plain twin.
 */
import { mostInputs, type SortKernel } from './sort-contract.ts';
import { PlainSortKernel } from './sort-plain.ts';
import { sortModule } from './sort.wasm.ts';
import { wasm, type WasmMemory } from './webassembly.ts';

/** Start of the memory, the kernel's own: its tables, and nothing before 8192. */
export const sortScratchBytes: number = 8192 + 28 * 8192 + mostInputs * 48;
/** Bytes behind data and output that the kernel may read and spoil. */
export const sortSlackBytes = 64;

const wasmPageBytes = 65536;

/** A memory of its own and the kernel in it. */
export interface SortMemory {
  readonly kernel: SortKernel;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The first byte that is the caller's. */
  readonly start: number;
  /** The first byte that is not. */
  readonly end: number;
}

export interface SortMemoryOptions {
  /** Bytes for the caller, up to 2,040 MiB; the kernel's tables come on top. */
  readonly sizeBytes: number;
  /** 'plain' takes the twin even where WebAssembly works. Default 'fastest'. */
  readonly implementation?: 'fastest' | 'plain';
}

/** Untouched pages cost address space, not memory. */
export function sortMemory({ sizeBytes, implementation }: SortMemoryOptions): SortMemory {
  const wanted = sortScratchBytes + sizeBytes + sortSlackBytes;
  const pages = Math.ceil(wanted / wasmPageBytes);
  const module = Buffer.from(sortModule, 'base64');
  if (implementation === 'plain' || !wasm.validate(module)) {
    const bytes = new Uint8Array(pages * wasmPageBytes);
    return around(new PlainSortKernel(bytes), bytes, sizeBytes);
  }
  const memory: WasmMemory = new wasm.Memory({ initial: pages, maximum: pages });
  const instance = new wasm.Instance(new wasm.Module(module), { env: { memory } });
  return around(instance.exports as SortKernel, new Uint8Array(memory.buffer), sizeBytes);
}

function around(kernel: SortKernel, bytes: Uint8Array, sizeBytes: number): SortMemory {
  const view = new DataView(bytes.buffer);
  return { kernel, bytes, view, start: sortScratchBytes, end: sortScratchBytes + sizeBytes };
}
