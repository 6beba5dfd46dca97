/**
 * A disk in memory: one tree of names, the bytes of its files, and a count of the space they take.
 *
 * The operations a simulation interferes with all pass through here, one method each, so that
 * `CrashDisk` can count, journal and stop them; handles and the asynchronous forms stand above
 * (`simulated-fs.ts`).
 *
 * Space is charged in pages of 4 KiB, holes and names are free. A write that does not fit leaves
 * what fitted, as a filling disk does, then fails with IO_NO_SPACE.
 */
import { InvalidArgumentError } from '../errors.ts';
import type { OpenMode, SyncOptions, VolumeSpace } from './file-system.ts';
import { memoryPageBytes } from './memory-pages.ts';
import {
  copyNode,
  DirectoryNode,
  MemoryTree,
  type FileNode,
  type NameChange,
  type NodeCopies,
  type TreeNode,
} from './memory-tree.ts';
import { systemError } from './simulated-error.ts';

export interface MemoryDiskOptions {
  /** Bytes the files may take, counted in whole pages of 4 KiB. Default: no limit. */
  readonly capacityBytes?: number;
  /** Clock for modification times, ms. Default: one that advances by 1 at each reading. */
  readonly now?: () => number;
}

export interface VectoredWrite {
  readonly kind: 'write' | 'writeVector';
  readonly sources: readonly Uint8Array[];
  readonly position: number;
}

export class MemoryDisk {
  readonly tree: MemoryTree;
  readonly capacityBytes: number;
  readonly now: () => number;
  #usedPages = 0;

  constructor(options: MemoryDiskOptions, root?: DirectoryNode) {
    let ticks = 0;
    this.now = options.now ?? (() => ++ticks);
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
    if (!(this.capacityBytes >= 0)) {
      throw new InvalidArgumentError('IO_INVALID_ARGUMENT', 'capacityBytes must not be negative');
    }
    this.tree = new MemoryTree(root ?? new DirectoryNode(undefined, this.now()), {
      now: this.now,
      onNames: (changes) => this.namesChanged(changes),
    });
    if (root !== undefined) this.#usedPages = pagesUnder(root, new Set());
  }

  /** The same disk as it stands now; `copies` says which node became which. */
  copyRoot(copies: NodeCopies): DirectoryNode {
    return copyNode(this.tree.root, copies);
  }

  openFile(path: string, mode: OpenMode): FileNode {
    const node = this.tree.find(path, 'open');
    if (node !== undefined) {
      if (mode === 'createNew') throw systemError('EEXIST', 'open', path);
      if (node.kind === 'directory') throw systemError('EISDIR', 'open', path);
      return node;
    }
    if (mode === 'read' || mode === 'write') throw systemError('ENOENT', 'open', path);
    return this.createFile(path);
  }

  createFile(path: string): FileNode {
    return this.tree.createFile(path, 'open');
  }

  find(path: string, syscall: string): TreeNode | undefined {
    return this.tree.find(path, syscall);
  }

  makeDirectory(path: string): void {
    this.tree.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.tree.rename(from, to);
  }

  link(from: string, to: string): void {
    this.tree.link(from, to);
  }

  removeFile(path: string): void {
    this.tree.removeFile(path);
  }

  removeDirectory(path: string): void {
    this.tree.removeDirectory(path);
  }

  /** Stricter than Linux, which syncs a file's contents when handed one: no store means that. */
  syncDirectory(path: string): DirectoryNode {
    const node = this.tree.get(path, 'open');
    if (node.kind === 'file') throw systemError('ENOTDIR', 'open', path);
    return node;
  }

  setModifiedTime(path: string, mtimeMs: number): TreeNode {
    const node = this.tree.get(path, 'utime');
    node.mtimeMs = mtimeMs;
    return node;
  }

  space(path: string): VolumeSpace {
    this.tree.get(path, 'statfs');
    const available = Math.max(0, this.capacityBytes - this.#usedPages * memoryPageBytes);
    return { total: this.capacityBytes, available };
  }

  read(file: FileNode, target: Uint8Array, position: number): number {
    return file.pages.read(target, position);
  }

  /** The sources end to end. */
  write(file: FileNode, path: string, { sources, position }: VectoredWrite): void {
    let at = position;
    for (const source of sources) {
      const put = this.writeWhatFits(file, source, at);
      if (put < source.length) throw systemError('ENOSPC', 'write', path);
      at += put;
    }
  }

  truncate(file: FileNode, _path: string, size: number): void {
    const before = file.pages.pageCount;
    file.pages.truncate(size);
    file.mtimeMs = this.now();
    this.#charge(file, before);
  }

  sync(_file: FileNode, _path: string, _options: SyncOptions | undefined): void {
    // Memory is as durable as it gets; the crash disk knows better.
  }

  size(file: FileNode): number {
    return file.pages.size;
  }

  opened(file: FileNode): void {
    file.handles++;
  }

  closed(file: FileNode): void {
    file.handles--;
    this.#releaseIfGone(file);
  }

  protected writeWhatFits(file: FileNode, bytes: Uint8Array, position: number): number {
    const before = file.pages.pageCount;
    const freePages = Math.floor(this.capacityBytes / memoryPageBytes) - this.#usedPages;
    const put = file.pages.write(bytes, position, Math.max(0, freePages));
    if (put > 0) file.mtimeMs = this.now();
    this.#charge(file, before);
    return put;
  }

  protected namesChanged(changes: readonly NameChange[]): void {
    for (const { previous } of changes) {
      if (previous?.kind === 'file') this.#releaseIfGone(previous);
    }
  }

  #charge(file: FileNode, pagesBefore: number): void {
    this.#usedPages += file.pages.pageCount - pagesBefore;
  }

  /** A file without a name keeps its space while somebody holds it open. */
  #releaseIfGone(file: FileNode): void {
    if (file.links === 0 && file.handles === 0) this.#usedPages -= file.pages.pageCount;
  }
}

function pagesUnder(directory: DirectoryNode, seen: Set<FileNode>): number {
  let pages = 0;
  for (const node of directory.entries.values()) {
    if (node.kind === 'directory') pages += pagesUnder(node, seen);
    else if (!seen.has(node)) {
      seen.add(node);
      pages += node.pages.pageCount;
    }
  }
  return pages;
}
