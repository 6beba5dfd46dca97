/**
 * A file system in memory: for tests that need no disk, and for stores that are to forget.
 *
 * Nothing outlives the object. Modification times come from the `now` given, so that runs repeat.
 */
import { MemoryDisk, type MemoryDiskOptions } from './memory-disk.ts';
import { SimulatedFileSystem, type SimulatedProcess } from './simulated-fs.ts';

export type MemoryFileSystemOptions = MemoryDiskOptions;

export class MemoryFileSystem extends SimulatedFileSystem {
  readonly name = 'memory';
  readonly #process: SimulatedProcess;

  constructor(options: MemoryFileSystemOptions = {}, process?: SimulatedProcess) {
    const own = process ?? { disk: new MemoryDisk(options), processId: 1 };
    super(own);
    this.#process = own;
  }

  /**
   * An independent copy of all files, cheap because the bytes are shared until written. Open
   * handles stay with this instance, and so do its locks: to the copy their owner is dead.
   */
  clone(): MemoryFileSystem {
    const { disk, processId } = this.#process;
    const copy = new MemoryDisk(disk, disk.copyRoot(new Map()));
    return new MemoryFileSystem({}, { disk: copy, processId: processId + 1 });
  }
}
