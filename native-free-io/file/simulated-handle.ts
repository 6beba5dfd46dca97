/**
 * An open file of a simulated disk: argument checks, open modes and closing, as the platform has
 * them. The asynchronous forms run at once and resolve afterwards.
 */
import type { FileHandle, SyncOptions } from './file-system.ts';
import type { MemoryDisk } from './memory-disk.ts';
import type { FileNode } from './memory-tree.ts';
import { rangeError, systemError } from './simulated-error.ts';

export class SimulatedHandle implements FileHandle {
  readonly path: string;
  readonly fd = -1;
  readonly #disk: MemoryDisk;
  readonly #file: FileNode;
  readonly #isWritable: boolean;
  #isOpen = true;

  constructor(disk: MemoryDisk, path: string, file: FileNode, isWritable: boolean) {
    this.path = path;
    this.#disk = disk;
    this.#file = file;
    this.#isWritable = isWritable;
    disk.opened(file);
  }

  readSync(target: Uint8Array, start: number, length: number, position: number): number {
    const piece = this.#piece(target, start, length);
    this.#checkNumber('position', position);
    return this.#disk.read(this.#file, piece, position);
  }
  async read(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    return this.readSync(target, start, length, position);
  }

  readVectorSync(targets: readonly Uint8Array[], position: number): number {
    this.#checkOpen();
    this.#checkNumber('position', position);
    let done = 0;
    for (const target of targets) {
      done += this.#disk.read(this.#file, target, position + done);
    }
    return done;
  }
  async readVector(targets: readonly Uint8Array[], position: number): Promise<number> {
    return this.readVectorSync(targets, position);
  }

  writeSync(source: Uint8Array, start: number, length: number, position: number): void {
    const piece = this.#piece(source, start, length);
    this.#checkNumber('position', position);
    if (length === 0) return;
    if (!this.#isWritable) throw systemError('EBADF', 'write', this.path);
    this.#disk.write(this.#file, this.path, { kind: 'write', sources: [piece], position });
  }
  async write(source: Uint8Array, start: number, length: number, position: number): Promise<void> {
    this.writeSync(source, start, length, position);
  }

  writeVectorSync(sources: readonly Uint8Array[], position: number): void {
    this.#checkOpen();
    this.#checkNumber('position', position);
    if (sources.every((source) => source.length === 0)) return;
    if (!this.#isWritable) throw systemError('EBADF', 'write', this.path);
    this.#disk.write(this.#file, this.path, { kind: 'writeVector', sources, position });
  }
  async writeVector(sources: readonly Uint8Array[], position: number): Promise<void> {
    this.writeVectorSync(sources, position);
  }

  sizeSync(): number {
    this.#checkOpen();
    return this.#disk.size(this.#file);
  }
  async size(): Promise<number> {
    return this.sizeSync();
  }

  truncateSync(size: number): void {
    this.#checkOpen();
    this.#checkNumber('size', size);
    if (!this.#isWritable) throw systemError('EINVAL', 'ftruncate', this.path);
    this.#disk.truncate(this.#file, this.path, size);
  }
  async truncate(size: number): Promise<void> {
    this.truncateSync(size);
  }

  syncSync(options?: SyncOptions): void {
    this.#checkOpen();
    this.#disk.sync(this.#file, this.path, options);
  }
  async sync(options?: SyncOptions): Promise<void> {
    this.syncSync(options);
  }

  closeSync(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#disk.closed(this.#file);
  }
  async close(): Promise<void> {
    this.closeSync();
  }

  #piece(bytes: Uint8Array, start: number, length: number): Uint8Array {
    this.#checkOpen();
    this.#checkNumber('start', start);
    this.#checkNumber('length', length);
    if (start + length <= bytes.length) return bytes.subarray(start, start + length);
    throw rangeError(this.path, `start ${start} and length ${length} of ${bytes.length} bytes`);
  }

  #checkNumber(what: string, value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) return;
    throw rangeError(this.path, `${what} is ${value}, not a safe integer from 0 on`);
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw rangeError(this.path, 'the file is closed');
  }
}
