/**
 * A file system over another one that fails by script: full disks, bad sectors, missing
 * permissions, no descriptors left, failed syncs, short reads and writes, slow answers.
 *
 * Without rules it is what it wraps. What a rule can do stands in `fault-script.ts`:
 *
 *     const fs = new FaultFileSystem(new MemoryFileSystem());
 *     fs.addRule({ on: 'sync', path: '.log', nth: 3, fault: { kind: 'error', errno: 'EIO' } });
 *
 * A failed operation has not happened, except that a short write leaves its first bytes and a close
 * closes. Delays use the timers given and hold back the asynchronous forms only; the calls are
 * counted in the order they are made.
 */
import { InvalidArgumentError } from '../errors.ts';
import { FaultHandle, type FaultRunner } from './fault-handle.ts';
import {
  FaultScript,
  type FaultCall,
  type FaultEffect,
  type FaultHit,
  type FaultOperation,
  type FaultRule,
} from './fault-script.ts';
import type {
  DirectoryEntry,
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  OpenMode,
  VolumeSpace,
} from './file-system.ts';

export type { Fault, FaultHit, FaultOperation, FaultRule } from './fault-script.ts';

/** What a delay waits with; the timers of an `Env` fit. */
export interface FaultTimers {
  after(delayMs: number, task: () => void): unknown;
}

export interface FaultFileSystemOptions {
  readonly rules?: readonly FaultRule[];
  /** Needed for rules that delay. */
  readonly timers?: FaultTimers;
}

export class FaultFileSystem implements FileSystem {
  readonly name = 'fault';
  readonly #inner: FileSystem;
  readonly #script = new FaultScript();
  readonly #timers: FaultTimers | undefined;
  readonly #run: FaultRunner;
  #openHandles = 0;

  constructor(inner: FileSystem, options: FaultFileSystemOptions = {}) {
    this.#inner = inner;
    this.#timers = options.timers;
    this.#run = { now: (call) => this.#now(call), later: (call) => this.#later(call) };
    for (const rule of options.rules ?? []) this.addRule(rule);
  }

  /** From now on; the returned function takes it back. */
  addRule(rule: FaultRule): () => void {
    if (rule.fault.kind === 'delay' && this.#timers === undefined) {
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', 'fault rule: a delay needs timers');
    }
    return this.#script.add(rule);
  }

  clearRules(): void {
    this.#script.clear();
  }

  /** What was struck so far, in order. */
  get hits(): readonly FaultHit[] {
    return this.#script.hits;
  }

  /** Files opened and not closed yet: what a failure must not leave behind. */
  get openHandles(): number {
    return this.#openHandles;
  }

  openSync(path: string, mode: OpenMode): FileHandle {
    this.#now({ operation: 'open', path });
    return this.#opened(this.#inner.openSync(path, mode));
  }
  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    await this.#later({ operation: 'open', path });
    return this.#opened(await this.#inner.open(path, mode));
  }

  statSync(path: string): FileStat | undefined {
    return this.#sync('stat', path, () => this.#inner.statSync(path));
  }
  stat(path: string): Promise<FileStat | undefined> {
    return this.#async('stat', path, () => this.#inner.stat(path));
  }

  listSync(path: string): DirectoryEntry[] {
    return this.#sync('list', path, () => this.#inner.listSync(path));
  }
  list(path: string): Promise<DirectoryEntry[]> {
    return this.#async('list', path, () => this.#inner.list(path));
  }

  makeDirectorySync(path: string): void {
    this.#sync('makeDirectory', path, () => this.#inner.makeDirectorySync(path));
  }
  makeDirectory(path: string): Promise<void> {
    return this.#async('makeDirectory', path, () => this.#inner.makeDirectory(path));
  }

  renameSync(from: string, to: string): void {
    this.#now({ operation: 'rename', path: from, to });
    this.#inner.renameSync(from, to);
  }
  async rename(from: string, to: string): Promise<void> {
    await this.#later({ operation: 'rename', path: from, to });
    return this.#inner.rename(from, to);
  }

  linkSync(from: string, to: string): void {
    this.#now({ operation: 'link', path: from, to });
    this.#inner.linkSync(from, to);
  }
  async link(from: string, to: string): Promise<void> {
    await this.#later({ operation: 'link', path: from, to });
    return this.#inner.link(from, to);
  }

  removeFileSync(path: string): void {
    this.#sync('removeFile', path, () => this.#inner.removeFileSync(path));
  }
  removeFile(path: string): Promise<void> {
    return this.#async('removeFile', path, () => this.#inner.removeFile(path));
  }

  removeDirectorySync(path: string): void {
    this.#sync('removeDirectory', path, () => this.#inner.removeDirectorySync(path));
  }
  removeDirectory(path: string): Promise<void> {
    return this.#async('removeDirectory', path, () => this.#inner.removeDirectory(path));
  }

  syncDirectorySync(path: string): void {
    this.#sync('syncDirectory', path, () => this.#inner.syncDirectorySync(path));
  }
  syncDirectory(path: string): Promise<void> {
    return this.#async('syncDirectory', path, () => this.#inner.syncDirectory(path));
  }

  setModifiedTimeSync(path: string, mtimeMs: number): void {
    this.#sync('setModifiedTime', path, () => this.#inner.setModifiedTimeSync(path, mtimeMs));
  }
  setModifiedTime(path: string, mtimeMs: number): Promise<void> {
    return this.#async('setModifiedTime', path, () => this.#inner.setModifiedTime(path, mtimeMs));
  }

  spaceSync(path: string): VolumeSpace {
    return this.#sync('space', path, () => this.#inner.spaceSync(path));
  }
  space(path: string): Promise<VolumeSpace> {
    return this.#async('space', path, () => this.#inner.space(path));
  }

  lockSync(path: string): FileLock {
    return this.#sync('lock', path, () => this.#inner.lockSync(path));
  }

  #sync<T>(operation: FaultOperation, path: string, work: () => T): T {
    this.#now({ operation, path });
    return work();
  }

  async #async<T>(operation: FaultOperation, path: string, work: () => Promise<T>): Promise<T> {
    await this.#later({ operation, path });
    return work();
  }

  #now(call: Omit<FaultCall, 'form'>): FaultEffect {
    const effect = this.#script.strike({ ...call, form: 'sync' });
    if (effect.error !== undefined) throw effect.error;
    return effect;
  }

  async #later(call: Omit<FaultCall, 'form'>): Promise<FaultEffect> {
    const effect = this.#script.strike({ ...call, form: 'async' });
    if (effect.delayMs > 0) {
      await new Promise<void>((resolve) => this.#timers?.after(effect.delayMs, resolve));
    }
    if (effect.error !== undefined) throw effect.error;
    return effect;
  }

  #opened(inner: FileHandle): FileHandle {
    this.#openHandles++;
    return new FaultHandle(inner, this.#run, () => this.#openHandles--);
  }
}
