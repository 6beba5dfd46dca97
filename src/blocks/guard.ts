/**
 * Keeps the durable sum of a short last chunk while the sidecar's is overwritten.
 *
 * HDFS overwrites the last sum in place when a block grows within its last chunk. A power cut
 * between that write and the data it covers costs the whole chunk, and with it bytes acknowledged
 * as durable; HDFS takes them from another replica. Alone we have none: before such a sum is
 * overwritten, it and its length are synced to `<volume>/varve/guards/blk_<id>`, and recovery goes
 * back to them.
 *
 * Two slots are written in turn, so a torn write leaves the other. DataNodes know nothing of it.
 */
import { joinPath, StoreError, type FileHandle } from '../../native-free-io/index.ts';
import { decodeGuardSlot, encodeGuardSlot, type GuardSlot } from './format/guard-slot.ts';
import { guardSlotDistance } from './format/layout.ts';
import { dataFileName } from './file-names.ts';
import type { Volume } from './volume.ts';

export class Guard {
  readonly #volume: Volume;
  readonly #id: bigint;
  #file: FileHandle | undefined;
  #sequence = 0;

  constructor(volume: Volume, id: bigint) {
    this.#volume = volume;
    this.#id = id;
  }

  /** Durable when it returns. */
  save(generationStamp: number, length: number, sum: number): void {
    const isNew = this.#file === undefined;
    if (this.#file === undefined) {
      this.#sequence = readGuard(this.#volume, this.#id)?.sequence ?? 0;
      this.#file = this.#volume.fs.openSync(this.#path(), 'create');
    }
    this.#sequence++;
    const slot = { sequence: this.#sequence, blockId: this.#id, generationStamp, length, sum };
    const bytes = encodeGuardSlot(slot);
    this.#file.writeSync(bytes, 0, bytes.length, (this.#sequence % 2) * guardSlotDistance);
    this.#file.syncSync();
    if (isNew) this.#volume.fs.syncDirectorySync(this.#directory());
  }

  close(): void {
    this.#file?.closeSync();
    this.#file = undefined;
  }

  /** The block no longer needs it. */
  remove(): void {
    this.close();
    removeGuard(this.#volume, this.#id);
  }

  #directory(): string {
    return this.#volume.ownSubdirectory('guards');
  }

  #path(): string {
    return joinPath(this.#directory(), dataFileName(this.#id));
  }
}

function pathOf(volume: Volume, id: bigint): string {
  return joinPath(joinPath(volume.ownDir, 'guards'), dataFileName(id));
}

/** The newer sound slot. */
export function readGuard(volume: Volume, id: bigint): GuardSlot | undefined {
  const path = pathOf(volume, id);
  if (volume.fs.statSync(path) === undefined) return undefined;
  const file = volume.fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(2 * guardSlotDistance);
    const length = file.readSync(bytes, 0, bytes.length, 0);
    const slots = [0, guardSlotDistance].map((at) =>
      decodeGuardSlot(bytes.subarray(0, length), at),
    );
    return slots
      .filter((slot) => slot?.blockId === id)
      .reduce((a, b) => ((a?.sequence ?? 0) >= (b?.sequence ?? 0) ? a : b), undefined);
  } finally {
    file.closeSync();
  }
}

export function removeGuard(volume: Volume, id: bigint): void {
  try {
    volume.fs.removeFileSync(pathOf(volume, id));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'IO_NOT_FOUND') throw error;
  }
}
