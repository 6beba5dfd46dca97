/**
 * Names, directories and inodes of a file system in memory.
 *
 * Files are inodes apart from their names: a name is an entry of a directory, a file lives as long
 * as a name or an open handle leads to it. Refusals are those of Linux, errno for errno.
 *
 * Every change of names is told to the observer as one list of assignments: the unit that a crash
 * keeps or loses (`crash-names.ts`).
 */
import { systemError } from './simulated-error.ts';
import { MemoryPages } from './memory-pages.ts';

export class FileNode {
  readonly kind = 'file';
  pages: MemoryPages;
  mtimeMs: number;
  /** Names that lead here. */
  links = 0;
  /** Open handles. */
  handles = 0;

  constructor(pages: MemoryPages, mtimeMs: number) {
    this.pages = pages;
    this.mtimeMs = mtimeMs;
  }
}

export class DirectoryNode {
  readonly kind = 'directory';
  readonly entries: Map<string, TreeNode> = new Map();
  /** Undefined for the root and for a removed directory. */
  parent: DirectoryNode | undefined;
  mtimeMs: number;

  constructor(parent: DirectoryNode | undefined, mtimeMs: number) {
    this.parent = parent;
    this.mtimeMs = mtimeMs;
  }
}

export type TreeNode = FileNode | DirectoryNode;

/** `name` in `directory` now leads to `node`, or nowhere; before it led to `previous`. */
export interface NameChange {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: TreeNode | undefined;
  readonly previous: TreeNode | undefined;
}

export interface TreeOptions {
  readonly now: () => number;
  /** Called after each change of names took effect; the list is atomic. */
  readonly onNames: (changes: readonly NameChange[]) => void;
}

interface Place {
  readonly directory: DirectoryNode;
  readonly name: string;
}

export class MemoryTree {
  readonly root: DirectoryNode;
  readonly #options: TreeOptions;

  constructor(root: DirectoryNode, options: TreeOptions) {
    this.root = root;
    this.#options = options;
  }

  /** Undefined when nothing is there; refuses to walk through a file. */
  find(path: string, syscall: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const part of partsOf(path, syscall)) {
      if (node === undefined) return undefined;
      if (node.kind === 'file') throw systemError('ENOTDIR', syscall, path);
      node = node.entries.get(part);
    }
    return node;
  }

  get(path: string, syscall: string): TreeNode {
    const node = this.find(path, syscall);
    if (node === undefined) throw systemError('ENOENT', syscall, path);
    return node;
  }

  createFile(path: string, syscall: string): FileNode {
    const place = this.#place(path, syscall, path);
    const file = new FileNode(new MemoryPages(), this.#options.now());
    this.#change([{ ...place, node: file }]);
    return file;
  }

  /** Missing parents too, each a change of its own. */
  makeDirectory(path: string): void {
    let directory = this.root;
    const parts = partsOf(path, 'mkdir');
    for (const [depth, name] of parts.entries()) {
      let node = directory.entries.get(name);
      if (node?.kind === 'file') {
        throw systemError(depth === parts.length - 1 ? 'EEXIST' : 'ENOTDIR', 'mkdir', path);
      }
      if (node === undefined) {
        node = new DirectoryNode(directory, this.#options.now());
        this.#change([{ directory, name, node }]);
      }
      directory = node;
    }
  }

  rename(from: string, to: string): void {
    const source = this.#place(from, 'rename', from);
    const node = this.get(from, 'rename');
    const target = this.#place(to, 'rename', from);
    const existing = target.directory.entries.get(target.name);
    if (existing === node) return;
    if (node.kind === 'directory' && isWithin(target.directory, node)) {
      throw systemError('EINVAL', 'rename', from);
    }
    if (existing?.kind === 'directory') {
      if (isWithin(source.directory, existing)) throw systemError('ENOTEMPTY', 'rename', from);
      if (node.kind === 'file') throw systemError('EISDIR', 'rename', from);
      if (existing.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', from);
    } else if (existing !== undefined && node.kind === 'directory') {
      throw systemError('ENOTDIR', 'rename', from);
    }
    this.#change([
      { ...source, node: undefined },
      { ...target, node },
    ]);
  }

  link(from: string, to: string): void {
    const node = this.get(from, 'link');
    const place = this.#place(to, 'link', from);
    if (place.directory.entries.has(place.name)) throw systemError('EEXIST', 'link', from);
    if (node.kind === 'directory') throw systemError('EPERM', 'link', from);
    this.#change([{ ...place, node }]);
  }

  removeFile(path: string): void {
    if (this.get(path, 'unlink').kind === 'directory') throw systemError('EISDIR', 'unlink', path);
    this.#change([{ ...this.#place(path, 'unlink', path), node: undefined }]);
  }

  removeDirectory(path: string): void {
    const node = this.get(path, 'rmdir');
    if (node.kind === 'file') throw systemError('ENOTDIR', 'rmdir', path);
    if (node === this.root) throw systemError('EBUSY', 'rmdir', path);
    if (node.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#change([{ ...this.#place(path, 'rmdir', path), node: undefined }]);
  }

  /** The directory a path's last name belongs to, which must exist; errors name `blamed`. */
  #place(path: string, syscall: string, blamed: string): Place {
    const parts = partsOf(path, syscall);
    const name = parts.pop();
    if (name === undefined) throw systemError('EBUSY', syscall, blamed);
    let directory = this.root;
    for (const part of parts) {
      const node = directory.entries.get(part);
      if (node === undefined) throw systemError('ENOENT', syscall, blamed);
      if (node.kind === 'file') throw systemError('ENOTDIR', syscall, blamed);
      directory = node;
    }
    return { directory, name };
  }

  #change(assignments: readonly (Place & { readonly node: TreeNode | undefined })[]): void {
    const changes: NameChange[] = [];
    for (const { directory, name, node } of assignments) {
      const previous = directory.entries.get(name);
      changes.push({ directory, name, node, previous });
      if (previous?.kind === 'file') previous.links--;
      else if (previous !== undefined) previous.parent = undefined;
      if (node === undefined) directory.entries.delete(name);
      else {
        directory.entries.set(name, node);
        if (node.kind === 'file') node.links++;
        else node.parent = directory;
      }
      directory.mtimeMs = this.#options.now();
    }
    this.#options.onNames(changes);
  }
}

/** The names along a path, from the root; relative paths start there too. */
export function partsOf(path: string, syscall: string): string[] {
  if (path === '') throw systemError('ENOENT', syscall, path);
  if (path.includes('\0')) throw systemError('ERR_INVALID_ARG_VALUE', syscall, path);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  for (let at: DirectoryNode | undefined = directory; at !== undefined; at = at.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

/** Which node became which, so that hard links stay one file and journals can be carried over. */
export type NodeCopies = Map<TreeNode, TreeNode>;

/** A copy with all that lies below; the bytes of files are shared until one side writes. */
export function copyNode<T extends TreeNode>(node: T, copies: NodeCopies): T;
export function copyNode(node: TreeNode, copies: NodeCopies): TreeNode {
  const known = copies.get(node);
  if (known !== undefined) return known;
  if (node.kind === 'file') {
    const file = new FileNode(node.pages.clone(), node.mtimeMs);
    file.links = node.links;
    copies.set(node, file);
    return file;
  }
  const directory = new DirectoryNode(undefined, node.mtimeMs);
  copies.set(node, directory);
  for (const [name, child] of node.entries) {
    const copy = copyNode(child, copies);
    if (copy.kind === 'directory') copy.parent = directory;
    directory.entries.set(name, copy);
  }
  return directory;
}
