/**
 * The linear memory that the WebAssembly kernels compute in, and slabs may lie in.
 *
 * One memory per thread, fixed in size, so its ArrayBuffer is never detached by growth and views
 * stay valid for ever. Untouched pages cost address space only, not resident memory.
 *
 * The first `scratchBytes` belong to the kernels (tables and copy-in area); the rest is handed out
 * page by page to slab pools, once and for good: pools recycle, this room does not.
 */
import { LimitError } from '../errors.ts';
import { wasm, type WasmMemory } from './webassembly.ts';

/** Bytes per page handed out; also the alignment of every allocation. */
export const pageBytes = 4096;
/** Start of the memory, reserved for kernel tables and for copying foreign bytes in. */
export const scratchBytes: number = 4 << 20;
const wasmPageBytes = 65536;
const totalBytes = 256 << 20;

export class KernelMemory {
  readonly memory: WasmMemory;
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  #next = scratchBytes;

  constructor(sizeBytes: number = totalBytes) {
    const pages = Math.ceil(sizeBytes / wasmPageBytes);
    this.memory = new wasm.Memory({ initial: pages, maximum: pages });
    this.buffer = this.memory.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.view = new DataView(this.buffer);
  }

  get availableBytes(): number {
    return this.buffer.byteLength - this.#next;
  }

  /** Takes `length` bytes, rounded up to pages; returns their position. Never given back. */
  allocate(length: number): number {
    const rounded = Math.ceil(length / pageBytes) * pageBytes;
    if (rounded > this.availableBytes) {
      throw new LimitError('BUFFER_EXHAUSTED', `no ${rounded} bytes left in kernel memory`);
    }
    const position = this.#next;
    this.#next += rounded;
    return position;
  }
}

/** This thread's memory; made on first use of a kernel or an in-kernel slab. */
let shared: KernelMemory | undefined;
export function kernelMemory(): KernelMemory {
  shared ??= new KernelMemory();
  return shared;
}
