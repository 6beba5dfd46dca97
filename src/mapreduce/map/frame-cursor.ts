/** Walks frames in memory in an order given by index. */
import { hadoopVIntEnd, readHadoopVInt } from '../../../native-free-io/index.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';

export class FrameCursor implements SortedSource {
  readonly bytes: Uint8Array;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  frameStart = 0;
  #index: number;
  readonly #end: number;
  readonly #frameAt: (index: number) => number;

  /** Frames with indexes [from, to); `frameAt` tells where one begins. */
  constructor(bytes: Uint8Array, from: number, to: number, frameAt: (index: number) => number) {
    this.bytes = bytes;
    this.#index = from;
    this.#end = to;
    this.#frameAt = frameAt;
  }

  next(): boolean {
    if (this.#index >= this.#end) return false;
    const { bytes } = this;
    this.frameStart = this.#frameAt(this.#index++);
    const keyLength = readHadoopVInt(bytes, this.frameStart, bytes.length);
    const valueLength = readHadoopVInt(bytes, hadoopVIntEnd, bytes.length);
    this.keyStart = hadoopVIntEnd;
    this.keyEnd = this.keyStart + keyLength;
    this.valueStart = this.keyEnd;
    this.valueEnd = this.valueStart + valueLength;
    return true;
  }
}
