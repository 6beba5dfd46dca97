/**
 * The disk after a crash: which names and bytes survived, by policy.
 *
 * The result shares unchanged pages with the crashed disk and nothing else.
 */
import type { CrashDisk } from './crash-disk.ts';
import type { NameJournal, NameOperation } from './crash-names.ts';
import { SeededRandom } from './crash-random.ts';
import { DirectoryNode, FileNode, type TreeNode } from './memory-tree.ts';

/**
 *  - `lose-all`: only what was synced;
 *  - `keep-all`: everything issued, as if the machine had only been slow;
 *  - `random`: of what was not synced, what the seed says.
 */
export type CrashPolicy = 'lose-all' | 'keep-all' | 'random';

export function survivingRoot(disk: CrashDisk, policy: CrashPolicy, seed: number): DirectoryNode {
  const random = new SeededRandom(seed);
  const names = disk.names.namesWith(survivingNames(disk.names, policy, random));
  const files = new Map<FileNode, FileNode>();

  const survivor = (node: TreeNode, parent: DirectoryNode | undefined): TreeNode => {
    if (node.kind === 'file') {
      let file = files.get(node);
      if (file === undefined) files.set(node, (file = survivingFile(disk, node, policy, random)));
      file.links++;
      return file;
    }
    return directoryOf(node, parent);
  };
  const directoryOf = (node: DirectoryNode, parent: DirectoryNode | undefined): DirectoryNode => {
    const directory = new DirectoryNode(parent, node.mtimeMs);
    for (const [name, child] of names.get(node) ?? []) {
      directory.entries.set(name, survivor(child, directory));
    }
    return directory;
  };
  return directoryOf(disk.tree.root, undefined);
}

function survivingNames(
  names: NameJournal,
  policy: CrashPolicy,
  random: SeededRandom,
): ReadonlySet<NameOperation> {
  if (policy === 'lose-all') return new Set();
  if (policy === 'keep-all') return names.pending;
  return names.consistent(chosenNames([...names.pending], random));
}

/** One journal cut at one moment, one for each directory, or each change for itself. */
function chosenNames(pending: readonly NameOperation[], random: SeededRandom): Set<NameOperation> {
  const order = random.oneOf(['one', 'directory', 'none']);
  if (order === 'one') return new Set(pending.slice(0, random.upTo(pending.length)));
  if (order === 'none') return new Set(pending.filter(() => random.below(2) === 0));
  const directories = new Map<DirectoryNode, number>();
  for (const directory of pending.flatMap(directoriesOf)) {
    directories.set(directory, (directories.get(directory) ?? 0) + 1);
  }
  for (const [directory, count] of directories) directories.set(directory, random.upTo(count));
  const chosen = pending.filter((operation) => {
    let isBeforeEveryCut = true;
    for (const directory of directoriesOf(operation)) {
      const left = directories.get(directory) ?? 0;
      if (left === 0) isBeforeEveryCut = false;
      else directories.set(directory, left - 1);
    }
    return isBeforeEveryCut;
  });
  return new Set(chosen);
}

function directoriesOf(operation: NameOperation): DirectoryNode[] {
  return [...new Set(operation.changes.map((change) => change.directory))];
}

function survivingFile(
  disk: CrashDisk,
  file: FileNode,
  policy: CrashPolicy,
  random: SeededRandom,
): FileNode {
  const journal = disk.bytesOf(file);
  if (journal === undefined || policy === 'keep-all') {
    return new FileNode(file.pages.clone(), file.mtimeMs);
  }
  if (policy === 'lose-all') return new FileNode(journal.durable(), journal.mtimeMs);
  const pages = journal.survivor(random);
  return new FileNode(pages, random.below(2) === 0 ? journal.mtimeMs : file.mtimeMs);
}
