/**
 * A file system in memory that loses power where a test says, and shows what would be left.
 *
 * It enforces the durability contract of `file-system.ts`: bytes are durable after `sync` of their
 * file, names after `syncDirectory` of their directory, the rest may be lost, kept or torn. The way
 * to use it: run a scenario once and read `operations`; then for each index run it again on a fresh
 * file system with `crashAt(index)`, catch `SimulatedCrash`, and open what `afterCrash` gives.
 *
 *     what may be lost or kept      where it is written
 *     names                         crash-names.ts
 *     bytes, sizes                  crash-bytes.ts
 *     the choice by policy          crash-survivors.ts
 */
import { CrashDisk, type CrashDiskOptions, type CrashMoment } from './crash-disk.ts';
import { survivingRoot, type CrashPolicy } from './crash-survivors.ts';
import { SimulatedFileSystem, type SimulatedProcess } from './simulated-fs.ts';

export { SimulatedCrash, type CrashMoment, type CrashOperation } from './crash-disk.ts';
export type { CrashPolicy } from './crash-survivors.ts';

export type CrashFileSystemOptions = CrashDiskOptions;

export class CrashFileSystem extends SimulatedFileSystem {
  readonly name = 'crash';
  readonly #disk: CrashDisk;
  readonly #processId: number;

  constructor(options: CrashFileSystemOptions = {}, process?: SimulatedProcess<CrashDisk>) {
    const own = process ?? { disk: new CrashDisk(options), processId: 1 };
    super(own);
    this.#disk = own.disk;
    this.#processId = own.processId;
  }

  /** Operations so far that changed the disk or synced it; the next one has this index. */
  get operations(): number {
    return this.#disk.operations;
  }

  get hasCrashed(): boolean {
    return this.#disk.hasCrashed;
  }

  /** One line for each operation, when the option `trace` is set. */
  get trace(): readonly string[] {
    return this.#disk.trace;
  }

  /** The operation with this index throws `SimulatedCrash`, and so does all that follows it. */
  crashAt(index: number, moment: CrashMoment = 'before'): void {
    this.#disk.arm(index, moment);
  }

  /** The power goes now, between two operations. */
  crash(): void {
    this.#disk.crash();
  }

  /**
   * What a machine would find on restart: a new file system with everything on it durable, in a
   * fresh process, no operations counted. This one stays as it is, for other policies and seeds.
   */
  afterCrash(policy: CrashPolicy, seed = 0): CrashFileSystem {
    const root = survivingRoot(this.#disk, policy, seed);
    const disk = new CrashDisk(this.#disk.options, root);
    return new CrashFileSystem({}, { disk, processId: this.#processId + 1 });
  }

  /**
   * An independent copy with all that is pending, running and unarmed, in a fresh process, no
   * operations counted. Open handles stay with this instance.
   */
  clone(): CrashFileSystem {
    const process = { disk: this.#disk.copy(), processId: this.#processId + 1 };
    return new CrashFileSystem({}, process);
  }
}
