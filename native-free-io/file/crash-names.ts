/**
 * Which names of a simulated disk a crash would leave: what is durable, what is still pending.
 *
 * A change of names (create, link, rename, remove) is one atomic list of assignments. It becomes
 * durable when a directory it touches is synced; until then a crash may keep or lose it, but:
 *
 *  N1  never in part: a rename is lost or kept, with both of its names;
 *  N2  never without what it builds on: the earlier change of the same name; for a move to another
 *      directory, the names that lead there; for the end of a directory, the changes inside it.
 *
 * So a file that had a durable name and was only renamed has exactly one name after any crash.
 * Changes of different names are otherwise independent: the later may survive without the earlier.
 */
import {
  copyNode,
  type DirectoryNode,
  type NameChange,
  type NodeCopies,
  type TreeNode,
} from './memory-tree.ts';

export interface NameOperation {
  readonly changes: readonly NameChange[];
  /** The nearest earlier operations, pending then, that this one cannot survive without. */
  readonly needs: readonly NameOperation[];
}

export class NameJournal {
  readonly #durable = new Map<DirectoryNode, Map<string, TreeNode>>();
  /** In the order issued. */
  readonly #pending = new Set<NameOperation>();
  /** Of the pending operations, the last that changed each name, and that linked each directory. */
  readonly #lastOfName = new Map<DirectoryNode, Map<string, NameOperation>>();
  readonly #lastLink = new Map<TreeNode, NameOperation>();

  /** Takes the tree under `root` as durable. */
  constructor(root?: DirectoryNode) {
    if (root !== undefined) this.#takeAsDurable(root);
  }

  get pending(): ReadonlySet<NameOperation> {
    return this.#pending;
  }

  record(changes: readonly NameChange[]): void {
    this.#add({ changes, needs: this.#needsOf(changes) });
  }

  /** Makes durable what was done in `directory`, and all that it builds on. */
  commit(directory: DirectoryNode): void {
    const chosen = new Set<NameOperation>();
    for (const operation of this.#pending) {
      if (touches(operation, directory)) this.#addWithNeeds(operation, chosen);
    }
    for (const operation of this.#pending) {
      if (!chosen.has(operation)) continue;
      apply(operation, this.#durable);
      this.#forget(operation);
    }
  }

  /** The names of every directory when, of the pending operations, these survive. */
  namesWith(kept: ReadonlySet<NameOperation>): ReadonlyMap<DirectoryNode, Map<string, TreeNode>> {
    const names = new Map<DirectoryNode, Map<string, TreeNode>>();
    for (const [directory, entries] of this.#durable) names.set(directory, new Map(entries));
    for (const operation of this.#pending) {
      if (kept.has(operation)) apply(operation, names);
    }
    return names;
  }

  /** Of the operations `chosen` to survive, those that can: N2. */
  consistent(chosen: ReadonlySet<NameOperation>): Set<NameOperation> {
    const kept = new Set<NameOperation>();
    for (const operation of this.#pending) {
      const isPossible = operation.needs.every(
        (need) => kept.has(need) || !this.#pending.has(need),
      );
      if (chosen.has(operation) && isPossible) kept.add(operation);
    }
    return kept;
  }

  /** The same journal over the copies of its nodes. */
  copy(copies: NodeCopies): NameJournal {
    const copy = new NameJournal();
    for (const [directory, entries] of this.#durable) {
      const copied = new Map<string, TreeNode>();
      for (const [name, node] of entries) copied.set(name, copyNode(node, copies));
      copy.#durable.set(copyNode(directory, copies), copied);
    }
    const operations = new Map<NameOperation, NameOperation>();
    for (const operation of this.#pending) {
      const changes = operation.changes.map((change) => copyChange(change, copies));
      const needs = operation.needs.flatMap((need) => operations.get(need) ?? []);
      operations.set(operation, { changes, needs });
    }
    for (const operation of operations.values()) copy.#add(operation);
    return copy;
  }

  #takeAsDurable(directory: DirectoryNode): void {
    this.#durable.set(directory, new Map(directory.entries));
    for (const node of directory.entries.values()) {
      if (node.kind === 'directory') this.#takeAsDurable(node);
    }
  }

  #add(operation: NameOperation): void {
    this.#pending.add(operation);
    for (const { directory, name, node } of operation.changes) {
      let last = this.#lastOfName.get(directory);
      if (last === undefined) this.#lastOfName.set(directory, (last = new Map()));
      last.set(name, operation);
      if (node?.kind === 'directory') this.#lastLink.set(node, operation);
    }
  }

  #forget(operation: NameOperation): void {
    this.#pending.delete(operation);
    for (const { directory, name, node } of operation.changes) {
      const last = this.#lastOfName.get(directory);
      if (last?.get(name) === operation) last.delete(name);
      if (last?.size === 0) this.#lastOfName.delete(directory);
      if (node !== undefined && this.#lastLink.get(node) === operation) this.#lastLink.delete(node);
    }
  }

  /** Adds the operation and, through all levels, what it needs. */
  #addWithNeeds(operation: NameOperation, chosen: Set<NameOperation>): void {
    const open = [operation];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (chosen.has(next) || !this.#pending.has(next)) continue;
      chosen.add(next);
      open.push(...next.needs);
    }
  }

  /** The nearest needs only; they have theirs. */
  #needsOf(changes: readonly NameChange[]): NameOperation[] {
    const needs = new Set<NameOperation | undefined>();
    const moved = movedNode(changes);
    const leaves = changes.some(({ directory }) => directory !== changes[0]?.directory);
    for (const { directory, name, node, previous } of changes) {
      needs.add(this.#lastOfName.get(directory)?.get(name));
      if (leaves && node !== undefined && node === moved) {
        for (const above of directoriesAbove(directory)) needs.add(this.#lastLink.get(above));
      }
      if (previous?.kind !== 'directory' || previous === moved) continue;
      for (const earlier of this.#pending) if (touches(earlier, previous)) needs.add(earlier);
    }
    return [...needs].filter((need) => need !== undefined);
  }
}

function touches(operation: NameOperation, directory: DirectoryNode): boolean {
  return operation.changes.some((change) => change.directory === directory);
}

/** What a rename moves; undefined for every other operation. */
function movedNode(changes: readonly NameChange[]): TreeNode | undefined {
  return changes.find(
    ({ previous }) => previous !== undefined && changes.some(({ node }) => node === previous),
  )?.previous;
}

/** The directory itself and all that lead to it. */
function directoriesAbove(directory: DirectoryNode): DirectoryNode[] {
  const found: DirectoryNode[] = [];
  for (let at: DirectoryNode | undefined = directory; at !== undefined; at = at.parent) {
    found.push(at);
  }
  return found;
}

function apply(operation: NameOperation, names: Map<DirectoryNode, Map<string, TreeNode>>): void {
  for (const { directory, name, node } of operation.changes) {
    let entries = names.get(directory);
    if (entries === undefined) names.set(directory, (entries = new Map()));
    if (node === undefined) entries.delete(name);
    else entries.set(name, node);
  }
}

function copyChange(change: NameChange, copies: NodeCopies): NameChange {
  const { directory, name, node, previous } = change;
  return {
    directory: copyNode(directory, copies),
    name,
    node: node && copyNode(node, copies),
    previous: previous && copyNode(previous, copies),
  };
}
