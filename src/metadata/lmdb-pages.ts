/**
 * The pages of an LMDB file, read one by one as they are looked at and forgotten again: judging a
 * file takes no memory that grows with it.
 *
 * Numbers are little-endian. Positions beyond the file read as zeros.
 */
import type { FileHandle } from '../../native-free-io/index.ts';
import { pageBytes } from './lmdb-layout.ts';

/** What is asked of a file. */
export type PageFile = Pick<FileHandle, 'readSync' | 'sizeSync'>;

/** Deep enough for every path from a root to a leaf, with the free lists beside it. */
const mostPages = 64;

export class LmdbPages {
  /** Whole pages in the file. */
  readonly count: number;
  readonly #file: PageFile;
  /** In the order of their reading. */
  readonly #pages = new Map<number, DataView>();
  #last = -1;
  #lastView: DataView = new DataView(new ArrayBuffer(0));

  constructor(file: PageFile) {
    this.#file = file;
    this.count = Math.floor(file.sizeSync() / pageBytes);
  }

  uint16(position: number): number {
    const { view, at } = this.#place(position, 2);
    return view.getUint16(at, true);
  }

  uint32(position: number): number {
    const { view, at } = this.#place(position, 4);
    return view.getUint32(at, true);
  }

  uint64(position: number): bigint {
    const { view, at } = this.#place(position, 8);
    return view.getBigUint64(at, true);
  }

  int64(position: number): bigint {
    return BigInt.asIntN(64, this.uint64(position));
  }

  /** The bytes in [start, end), which stay as they are. */
  bytes(start: number, end: number): Uint8Array {
    const { view, at } = this.#place(start, end - start);
    return new Uint8Array(view.buffer, at, end - start);
  }

  #place(position: number, length: number): { view: DataView; at: number } {
    const page = Math.floor(position / pageBytes);
    const at = position - page * pageBytes;
    // Only what a damaged file points to lies across a border.
    if (at + length > pageBytes) return { view: this.#read(position, length), at: 0 };
    if (page !== this.#last) {
      this.#lastView = this.#page(page);
      this.#last = page;
    }
    return { view: this.#lastView, at };
  }

  #page(page: number): DataView {
    let view = this.#pages.get(page);
    if (view !== undefined) return view;
    view = this.#read(page * pageBytes, pageBytes);
    if (this.#pages.size === mostPages) {
      for (const oldest of this.#pages.keys()) {
        this.#pages.delete(oldest);
        break;
      }
    }
    this.#pages.set(page, view);
    return view;
  }

  /** A buffer of its own for each, so that keys given out outlive their page. */
  #read(position: number, length: number): DataView {
    const bytes = new Uint8Array(length);
    this.#file.readSync(bytes, 0, length, position);
    return new DataView(bytes.buffer);
  }
}
