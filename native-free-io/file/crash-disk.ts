/**
 * A disk in memory that counts what is done to it, stops at a chosen operation, and remembers what
 * of it is durable.
 *
 * Counted, from 0, are the operations that change the disk or make changes durable; one that makes
 * nothing (opening what exists, a directory that is there) is not. At the armed operation the power
 * goes: before it takes effect, halfway through or right after. From then on nothing works but
 * closing.
 */
import { InvalidArgumentError, StoreError } from '../errors.ts';
import { ByteJournal } from './crash-bytes.ts';
import { NameJournal } from './crash-names.ts';
import type { OpenMode, SyncOptions, VolumeSpace } from './file-system.ts';
import { MemoryDisk, type MemoryDiskOptions, type VectoredWrite } from './memory-disk.ts';
import {
  DirectoryNode,
  type FileNode,
  type NameChange,
  type NodeCopies,
  type TreeNode,
} from './memory-tree.ts';

/** The simulated machine lost power: nothing of this file system works any more. */
export class SimulatedCrash extends StoreError {}

export type CrashOperation =
  | 'create'
  | 'write'
  | 'writeVector'
  | 'truncate'
  | 'sync'
  | 'syncDirectory'
  | 'rename'
  | 'link'
  | 'remove'
  | 'makeDirectory'
  | 'setModifiedTime';

/**
 * When the power goes, seen from the armed operation. Halfway, a write has left its first half and
 * a sync has made durable the first half of what it was to; other operations are atomic, nothing
 * of them has happened.
 */
export type CrashMoment = 'before' | 'halfway' | 'after';

export interface CrashDiskOptions extends MemoryDiskOptions {
  /** Keeps one line for each operation, for messages. Default false. */
  readonly trace?: boolean;
}

interface Operation {
  readonly kind: CrashOperation;
  readonly path: string;
  /** More for the trace. */
  readonly detail?: string;
  /** What has happened when the power goes halfway. */
  readonly half?: () => void;
}

export class CrashDisk extends MemoryDisk {
  readonly trace: string[] = [];
  readonly #isTraced: boolean;
  readonly names: NameJournal;
  /** Of the files changed since this disk was made; the others are durable as they are. */
  readonly #bytes = new WeakMap<FileNode, ByteJournal>();
  #operations = 0;
  #armed: { readonly index: number; readonly moment: CrashMoment } | undefined;
  #isDown = false;

  constructor(
    options: CrashDiskOptions,
    root: DirectoryNode = new DirectoryNode(undefined, 0),
    names?: NameJournal,
  ) {
    super(options, root);
    this.#isTraced = options.trace ?? false;
    this.names = names ?? new NameJournal(root);
  }

  /** What a successor of this disk is made with. */
  get options(): CrashDiskOptions {
    return { capacityBytes: this.capacityBytes, now: this.now, trace: this.#isTraced };
  }

  get operations(): number {
    return this.#operations;
  }

  get hasCrashed(): boolean {
    return this.#isDown;
  }

  arm(index: number, moment: CrashMoment): void {
    if (!Number.isSafeInteger(index) || index < this.#operations) {
      const message = `operation ${index} cannot come: ${this.#operations} have passed`;
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', message);
    }
    this.#armed = { index, moment };
  }

  crash(): void {
    this.#isDown = true;
  }

  /** Undefined when the file is durable as it is. */
  bytesOf(file: FileNode): ByteJournal | undefined {
    return this.#bytes.get(file);
  }

  /** This disk with all that is pending, on its own. */
  copy(): CrashDisk {
    const copies: NodeCopies = new Map();
    const root = this.copyRoot(copies);
    const copy = new CrashDisk(this.options, root, this.names.copy(copies));
    for (const [node, itsCopy] of copies) {
      if (node.kind !== 'file' || itsCopy.kind !== 'file') continue;
      const journal = this.#bytes.get(node);
      if (journal !== undefined) copy.#bytes.set(itsCopy, journal.copy());
    }
    return copy;
  }

  override openFile(path: string, mode: OpenMode): FileNode {
    this.#assertPower('open', path);
    return super.openFile(path, mode);
  }

  override createFile(path: string): FileNode {
    return this.#operate({ kind: 'create', path }, () => super.createFile(path));
  }

  override find(path: string, syscall: string): TreeNode | undefined {
    this.#assertPower(syscall, path);
    return super.find(path, syscall);
  }

  override makeDirectory(path: string): void {
    if (this.find(path, 'mkdir')?.kind === 'directory') return;
    this.#operate({ kind: 'makeDirectory', path }, () => super.makeDirectory(path));
  }

  override rename(from: string, to: string): void {
    const operation: Operation = { kind: 'rename', path: from, detail: `to ${to}` };
    this.#operate(operation, () => super.rename(from, to));
  }

  override link(from: string, to: string): void {
    const operation: Operation = { kind: 'link', path: from, detail: `as ${to}` };
    this.#operate(operation, () => super.link(from, to));
  }

  override removeFile(path: string): void {
    this.#operate({ kind: 'remove', path }, () => super.removeFile(path));
  }

  override removeDirectory(path: string): void {
    this.#operate({ kind: 'remove', path }, () => super.removeDirectory(path));
  }

  override syncDirectory(path: string): DirectoryNode {
    return this.#operate({ kind: 'syncDirectory', path }, () => {
      const directory = super.syncDirectory(path);
      this.names.commit(directory);
      return directory;
    });
  }

  override setModifiedTime(path: string, mtimeMs: number): TreeNode {
    const operation: Operation = { kind: 'setModifiedTime', path, detail: `to ${mtimeMs}` };
    return this.#operate(operation, () => {
      const node = super.find(path, 'utime');
      if (node?.kind === 'file') this.#journalOf(node);
      return super.setModifiedTime(path, mtimeMs);
    });
  }

  override space(path: string): VolumeSpace {
    this.#assertPower('statfs', path);
    return super.space(path);
  }

  override read(file: FileNode, target: Uint8Array, position: number): number {
    this.#assertPower('read');
    return super.read(file, target, position);
  }

  override size(file: FileNode): number {
    this.#assertPower('fstat');
    return super.size(file);
  }

  override write(file: FileNode, path: string, write: VectoredWrite): void {
    const { kind, sources, position } = write;
    const length = sources.reduce((sum, source) => sum + source.length, 0);
    const operation: Operation = {
      kind,
      path,
      detail: `${length} bytes at ${position}`,
      half: () => super.write(file, path, { ...write, sources: firstBytes(sources, length >> 1) }),
    };
    this.#operate(operation, () => super.write(file, path, write));
  }

  override truncate(file: FileNode, path: string, size: number): void {
    this.#operate({ kind: 'truncate', path, detail: `to ${size}` }, () => {
      this.#journalOf(file).recordTruncate(size);
      super.truncate(file, path, size);
    });
  }

  override sync(file: FileNode, path: string, options: SyncOptions | undefined): void {
    const half = (): void => this.#bytes.get(file)?.commitHalf();
    this.#operate({ kind: 'sync', path, half }, () => {
      const journal = this.#bytes.get(file);
      journal?.commit();
      if (journal !== undefined && options?.dataOnly === false) journal.mtimeMs = file.mtimeMs;
    });
  }

  protected override writeWhatFits(file: FileNode, bytes: Uint8Array, position: number): number {
    const journal = this.#journalOf(file);
    const put = super.writeWhatFits(file, bytes, position);
    if (put > 0) journal.recordWrite(position, bytes.subarray(0, put));
    return put;
  }

  protected override namesChanged(changes: readonly NameChange[]): void {
    super.namesChanged(changes);
    this.names.record(changes);
  }

  #journalOf(file: FileNode): ByteJournal {
    let journal = this.#bytes.get(file);
    if (journal === undefined) {
      journal = new ByteJournal(file.pages.clone(), file.mtimeMs);
      this.#bytes.set(file, journal);
    }
    return journal;
  }

  #operate<T>(operation: Operation, effect: () => T): T {
    this.#assertPower(operation.kind, operation.path);
    const index = this.#operations++;
    if (this.#isTraced) this.trace.push(traceLine(index, operation));
    if (this.#armed?.index !== index) return effect();
    try {
      if (this.#armed.moment === 'after') effect();
      else if (this.#armed.moment === 'halfway') operation.half?.();
    } finally {
      this.#isDown = true;
    }
    throw powerLoss(operation.kind, operation.path, index);
  }

  #assertPower(operation: string, path?: string): void {
    if (this.#isDown) throw powerLoss(operation, path, this.#operations);
  }
}

function powerLoss(operation: string, path: string | undefined, index: number): SimulatedCrash {
  return new SimulatedCrash('IO_FAILED', `simulated power loss in ${operation}`, {
    context: { ...(path !== undefined && { path }), operation, index },
  });
}

function traceLine(index: number, { kind, path, detail }: Operation): string {
  return `#${index} ${kind} ${path}${detail === undefined ? '' : ` ${detail}`}`;
}

function firstBytes(sources: readonly Uint8Array[], length: number): Uint8Array[] {
  const first: Uint8Array[] = [];
  let left = length;
  for (const source of sources) {
    first.push(source.subarray(0, left));
    left -= Math.min(left, source.length);
  }
  return first;
}
