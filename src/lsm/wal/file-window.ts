/**
 * A stretch of a file in memory, which moves forward and grows when what is looked at is longer.
 *
 * Lifetime: `bytes` change with `aim` and `grow`.
 */
import type { FileHandle } from '../../../native-free-io/index.ts';

export class FileWindow {
  readonly #file: FileHandle;
  readonly #limit: number;
  bytes: Uint8Array;
  view: DataView;
  /** Of the file: what `start` stands on. */
  position = 0;
  /** Where the bytes aimed at begin, and where what is in memory ends. */
  start = 0;
  end = 0;
  /** Position in the file of the first byte of `bytes`. */
  #base = 0;

  /** Looks at bytes of the file before `limit`, at first `size` at once. */
  constructor(file: FileHandle, limit: number, size: number) {
    this.#file = file;
    this.#limit = limit;
    this.bytes = new Uint8Array(Math.max(1, Math.min(size, limit)));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Stands at a position not before the last; reads when nothing from there on is in memory. */
  aim(position: number): void {
    this.position = position;
    this.start = position - this.#base;
    if (this.start < this.end) return;
    this.#fill(position);
  }

  /** Takes in more behind the position; false when all there is lies in memory already. */
  grow(): boolean {
    if (this.#base + this.end >= this.#limit) return false;
    const held = this.end - this.start;
    if (this.start === 0 || held * 2 > this.bytes.length) {
      const length = Math.min(this.bytes.length * 2, this.#limit - this.position);
      if (length > this.bytes.length) {
        this.bytes = new Uint8Array(length);
        this.view = new DataView(this.bytes.buffer);
      }
    }
    this.#fill(this.position);
    return true;
  }

  /** Everything from a position to the limit, in bytes of its own. */
  all(position: number): Uint8Array {
    const bytes = new Uint8Array(this.#limit - position);
    this.#file.readSync(bytes, 0, bytes.length, position);
    return bytes;
  }

  #fill(position: number): void {
    const length = Math.min(this.bytes.length, this.#limit - position);
    this.#base = position;
    this.start = 0;
    this.end = this.#file.readSync(this.bytes, 0, length, position);
  }
}
