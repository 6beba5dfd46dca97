/**
 * One file of an overlay: its changed pages, and where unchanged bytes come from.
 *
 * Invariant: bytes at or after `#baseBytes` never come from the base, so that a cut followed by a
 * longer write reads zeros in between, as on a real file.
 */
import type { FileHandle, FileSystem, SyncOptions } from './file-system.ts';

const pageBytes = 16 << 10;

export class OverlayFile {
  readonly #base: { readonly fs: FileSystem; readonly path: string } | undefined;
  #baseHandle: FileHandle | undefined;
  #baseBytes: number;
  readonly #pages = new Map<number, Uint8Array>();
  #handles = 0;
  size: number;
  mtimeMs = 0;

  constructor(base: { readonly fs: FileSystem; readonly path: string } | undefined, size: number) {
    this.#base = base;
    this.#baseBytes = base === undefined ? 0 : size;
    this.size = size;
  }

  opened(): void {
    this.#handles++;
  }

  closed(): void {
    this.#handles--;
    if (this.#handles > 0) return;
    this.#baseHandle?.closeSync();
    this.#baseHandle = undefined;
  }

  read(target: Uint8Array, start: number, length: number, position: number): number {
    const end = Math.min(position + length, this.size);
    if (end <= position) return 0;
    if (this.#pages.size === 0 && end <= this.#baseBytes) {
      return this.#readBase(target, start, end - position, position);
    }
    for (let at = position; at < end;) {
      const page = Math.floor(at / pageBytes);
      const to = Math.min(end, (page + 1) * pageBytes);
      const into = start + at - position;
      const changed = this.#pages.get(page);
      if (changed !== undefined) {
        target.set(changed.subarray(at - page * pageBytes, to - page * pageBytes), into);
      } else {
        target.fill(0, into, into + to - at);
        this.#readBase(target, into, to - at, at);
      }
      at = to;
    }
    return end - position;
  }

  write(source: Uint8Array, start: number, length: number, position: number): void {
    const end = position + length;
    for (let at = position; at < end;) {
      const page = Math.floor(at / pageBytes);
      const to = Math.min(end, (page + 1) * pageBytes);
      const from = start + at - position;
      this.#page(page).set(source.subarray(from, from + to - at), at - page * pageBytes);
      at = to;
    }
    this.size = Math.max(this.size, end);
  }

  truncate(size: number): void {
    this.#baseBytes = Math.min(this.#baseBytes, size);
    for (const [page, bytes] of this.#pages) {
      const start = page * pageBytes;
      if (start >= size) this.#pages.delete(page);
      else if (start + pageBytes > size) bytes.fill(0, size - start);
    }
    this.size = size;
  }

  /** The page's own bytes, copied from the base on first change. */
  #page(page: number): Uint8Array {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(pageBytes);
    this.#readBase(bytes, 0, pageBytes, page * pageBytes);
    this.#pages.set(page, bytes);
    return bytes;
  }

  #readBase(target: Uint8Array, start: number, length: number, position: number): number {
    const available = Math.min(length, this.#baseBytes - position);
    if (available <= 0 || this.#base === undefined) return 0;
    this.#baseHandle ??= this.#base.fs.openSync(this.#base.path, 'read');
    return this.#baseHandle.readSync(target, start, available, position);
  }
}

export class OverlayHandle implements FileHandle {
  readonly path: string;
  readonly fd = -1;
  readonly #file: OverlayFile;
  #isOpen = true;

  constructor(path: string, file: OverlayFile) {
    this.path = path;
    this.#file = file;
    file.opened();
  }

  readSync(target: Uint8Array, start: number, length: number, position: number): number {
    return this.#file.read(target, start, length, position);
  }
  async read(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    return this.readSync(target, start, length, position);
  }
  readVectorSync(targets: readonly Uint8Array[], position: number): number {
    let done = 0;
    for (const target of targets) {
      done += this.#file.read(target, 0, target.length, position + done);
    }
    return done;
  }
  async readVector(targets: readonly Uint8Array[], position: number): Promise<number> {
    return this.readVectorSync(targets, position);
  }
  writeSync(source: Uint8Array, start: number, length: number, position: number): void {
    this.#file.write(source, start, length, position);
  }
  async write(source: Uint8Array, start: number, length: number, position: number): Promise<void> {
    this.writeSync(source, start, length, position);
  }
  writeVectorSync(sources: readonly Uint8Array[], position: number): void {
    let at = position;
    for (const source of sources) {
      this.#file.write(source, 0, source.length, at);
      at += source.length;
    }
  }
  async writeVector(sources: readonly Uint8Array[], position: number): Promise<void> {
    this.writeVectorSync(sources, position);
  }
  sizeSync(): number {
    return this.#file.size;
  }
  async size(): Promise<number> {
    return this.#file.size;
  }
  truncateSync(size: number): void {
    this.#file.truncate(size);
  }
  async truncate(size: number): Promise<void> {
    this.#file.truncate(size);
  }
  syncSync(_options?: SyncOptions): void {
    // Nothing here ever becomes durable.
  }
  async sync(_options?: SyncOptions): Promise<void> {
    // As above.
  }
  closeSync(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.closed();
  }
  async close(): Promise<void> {
    this.closeSync();
  }
}
