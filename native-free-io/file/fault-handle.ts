/**
 * An open file of a failing file system: each call asks the script what becomes of it.
 *
 * `fd` is -1, so that nothing the script should see passes by through the platform's own streams.
 * A close that fails has closed the file all the same, as on Linux.
 */
import type { FaultCall, FaultEffect, FaultOperation, Flip } from './fault-script.ts';
import type { FileHandle, SyncOptions } from './file-system.ts';

/** How a failing file system runs an operation of either form. */
export interface FaultRunner {
  /** Strikes the call: throws its error, or gives what else the rules do to it. */
  now(call: Omit<FaultCall, 'form'>): FaultEffect;
  /** As `now`, after the delay. */
  later(call: Omit<FaultCall, 'form'>): Promise<FaultEffect>;
}

export class FaultHandle implements FileHandle {
  readonly fd = -1;
  readonly #inner: FileHandle;
  readonly #run: FaultRunner;
  readonly #onClose: () => void;
  #isOpen = true;

  constructor(inner: FileHandle, run: FaultRunner, onClose: () => void) {
    this.#inner = inner;
    this.#run = run;
    this.#onClose = onClose;
  }

  get path(): string {
    return this.#inner.path;
  }

  readSync(target: Uint8Array, start: number, length: number, position: number): number {
    const effect = this.#run.now(this.#data('read', length, position));
    const count = this.#inner.readSync(target, start, wanted(length, effect), position);
    flip([target.subarray(start, start + count)], effect.flips);
    return count;
  }
  async read(target: Uint8Array, start: number, length: number, position: number): Promise<number> {
    const effect = await this.#run.later(this.#data('read', length, position));
    const count = await this.#inner.read(target, start, wanted(length, effect), position);
    flip([target.subarray(start, start + count)], effect.flips);
    return count;
  }

  readVectorSync(targets: readonly Uint8Array[], position: number): number {
    const effect = this.#run.now(this.#data('read', total(targets), position));
    const count = this.#inner.readVectorSync(shortened(targets, effect), position);
    flip(first(targets, count), effect.flips);
    return count;
  }
  async readVector(targets: readonly Uint8Array[], position: number): Promise<number> {
    const effect = await this.#run.later(this.#data('read', total(targets), position));
    const count = await this.#inner.readVector(shortened(targets, effect), position);
    flip(first(targets, count), effect.flips);
    return count;
  }

  writeSync(source: Uint8Array, start: number, length: number, position: number): void {
    const effect = this.#run.now(this.#data('write', length, position));
    if (isPlain(effect)) {
      this.#inner.writeSync(source, start, length, position);
      return;
    }
    const altered = alter([source.subarray(start, start + length)], effect);
    this.#inner.writeVectorSync(altered, position);
    if (effect.short !== undefined) throw effect.short.error;
  }
  async write(source: Uint8Array, start: number, length: number, position: number): Promise<void> {
    const effect = await this.#run.later(this.#data('write', length, position));
    if (isPlain(effect)) return this.#inner.write(source, start, length, position);
    const altered = alter([source.subarray(start, start + length)], effect);
    await this.#inner.writeVector(altered, position);
    if (effect.short !== undefined) throw effect.short.error;
  }

  writeVectorSync(sources: readonly Uint8Array[], position: number): void {
    const effect = this.#run.now(this.#data('write', total(sources), position));
    this.#inner.writeVectorSync(isPlain(effect) ? sources : alter(sources, effect), position);
    if (effect.short !== undefined) throw effect.short.error;
  }
  async writeVector(sources: readonly Uint8Array[], position: number): Promise<void> {
    const effect = await this.#run.later(this.#data('write', total(sources), position));
    await this.#inner.writeVector(isPlain(effect) ? sources : alter(sources, effect), position);
    if (effect.short !== undefined) throw effect.short.error;
  }

  sizeSync(): number {
    this.#run.now(this.#call('size'));
    return this.#inner.sizeSync();
  }
  async size(): Promise<number> {
    await this.#run.later(this.#call('size'));
    return this.#inner.size();
  }

  truncateSync(size: number): void {
    this.#run.now(this.#call('truncate'));
    this.#inner.truncateSync(size);
  }
  async truncate(size: number): Promise<void> {
    await this.#run.later(this.#call('truncate'));
    return this.#inner.truncate(size);
  }

  syncSync(options?: SyncOptions): void {
    this.#run.now(this.#call('sync'));
    this.#inner.syncSync(options);
  }
  async sync(options?: SyncOptions): Promise<void> {
    await this.#run.later(this.#call('sync'));
    return this.#inner.sync(options);
  }

  closeSync(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
    try {
      this.#run.now(this.#call('close'));
    } finally {
      this.#inner.closeSync();
    }
  }
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
    try {
      await this.#run.later(this.#call('close'));
    } finally {
      await this.#inner.close();
    }
  }

  #call(operation: FaultOperation): Omit<FaultCall, 'form'> {
    return { operation, path: this.path };
  }

  #data(operation: 'read' | 'write', length: number, position: number): Omit<FaultCall, 'form'> {
    return { operation, path: this.path, length, position };
  }
}

function isPlain({ short, flips }: FaultEffect): boolean {
  return short === undefined && flips.length === 0;
}

function wanted(length: number, { short }: FaultEffect): number {
  return short === undefined ? length : short.bytes;
}

function shortened(pieces: readonly Uint8Array[], { short }: FaultEffect): readonly Uint8Array[] {
  return short === undefined ? pieces : first(pieces, short.bytes);
}

/** What reaches the file, in memory of its own: the caller's bytes are not ours to change. */
function alter(sources: readonly Uint8Array[], effect: FaultEffect): Uint8Array[] {
  const copies = shortened(sources, effect).map((source) => new Uint8Array(source));
  flip(copies, effect.flips);
  return copies;
}

/** Turns bits over; a flip behind the last of these bytes has nothing to turn. */
function flip(pieces: readonly Uint8Array[], flips: readonly Flip[]): void {
  for (const { at, mask } of flips) {
    let before = 0;
    for (const piece of pieces) {
      const index = at - before;
      if (index >= 0 && index < piece.length) piece[index]! ^= mask;
      before += piece.length;
    }
  }
}

/** The first `length` bytes of the pieces end to end. */
function first(pieces: readonly Uint8Array[], length: number): Uint8Array[] {
  const kept: Uint8Array[] = [];
  let left = length;
  for (const piece of pieces) {
    kept.push(piece.subarray(0, left));
    left -= Math.min(left, piece.length);
  }
  return kept;
}

function total(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
