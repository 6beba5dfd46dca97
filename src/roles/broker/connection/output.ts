/**
 * What goes out on a connection, in order: bytes as they are, file regions straight from their
 * files. Small regions are read into one buffer at once; larger ones go through `sendRegion`, piece
 * by piece, as quickly as the peer takes them.
 *
 * Invariants: O1 pieces leave in the order they were given; O2 every region is released, whatever
 * happens.
 */
import type { Duplex } from 'node:stream';
import { sendRegion, type FileRegion } from '../../../../native-free-io/index.ts';
import type { RecordsPiece } from '../protocol/wire.ts';

/** Regions up to this size are read at once. */
const smallRegionBytes = 64 << 10;

export class Output {
  readonly #stream: Duplex;
  readonly #onError: (error: unknown) => void;
  readonly #onSent: () => void;
  #queue: RecordsPiece[] = [];
  #isSending = false;
  /** Bytes of regions that wait or are under way. */
  #regionBytes = 0;
  #isClosed = false;

  /** `onSent` is called once regions that had to wait have all been handed to the stream. */
  constructor(stream: Duplex, onError: (error: unknown) => void, onSent: () => void) {
    this.#stream = stream;
    this.#onError = onError;
    this.#onSent = onSent;
  }

  /** Bytes given and not yet taken by the system. */
  get pendingBytes(): number {
    return this.#regionBytes + this.#stream.writableLength;
  }
  /** Nothing waits here; what the stream holds is another matter. */
  get isIdle(): boolean {
    return !this.#isSending;
  }

  push(pieces: readonly RecordsPiece[]): void {
    if (this.#isClosed) {
      releaseAll(pieces);
      return;
    }
    if (this.#isSending) {
      for (const piece of pieces) this.#enqueue(piece);
      return;
    }
    const isMany = pieces.length > 1;
    if (isMany) this.#stream.cork();
    let index = 0;
    for (; index < pieces.length; index++) {
      const piece = pieces[index]!;
      if (piece instanceof Uint8Array) this.#stream.write(piece);
      else if (piece.length <= smallRegionBytes) this.#writeSmall(piece);
      else break;
    }
    if (isMany) this.#stream.uncork();
    if (index === pieces.length) return;
    for (; index < pieces.length; index++) this.#enqueue(pieces[index]!);
    void this.#pump();
  }

  /** Releases what was not sent. */
  close(): void {
    this.#isClosed = true;
    releaseAll(this.#queue);
    this.#queue = [];
  }

  #enqueue(piece: RecordsPiece): void {
    this.#queue.push(piece);
    this.#regionBytes += piece.length;
  }

  #writeSmall(region: FileRegion): void {
    try {
      const bytes = Buffer.allocUnsafeSlow(region.length);
      const got = region.file.readSync(bytes, 0, region.length, region.position);
      if (got !== region.length) throw new Error('the file ended before the region');
      this.#stream.write(bytes);
    } catch (error) {
      this.#onError(error);
    } finally {
      release(region);
    }
  }

  async #pump(): Promise<void> {
    this.#isSending = true;
    try {
      for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) {
        try {
          if (piece instanceof Uint8Array) this.#stream.write(piece);
          else await sendRegion(piece, this.#stream);
        } finally {
          this.#regionBytes -= piece.length;
          release(piece);
        }
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#isSending = false;
    }
    if (!this.#isClosed) this.#onSent();
  }
}

function releaseAll(pieces: readonly RecordsPiece[]): void {
  for (const piece of pieces) release(piece);
}

/** Gives a log's region back; bytes need nothing. */
export function release(piece: RecordsPiece | null): void {
  if (piece !== null && Symbol.dispose in piece) (piece as unknown as Disposable)[Symbol.dispose]();
}
