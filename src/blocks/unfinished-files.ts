/**
 * Blocks that belong to a file which is not there yet, or not any more: noted, durably, before the
 * first of them is made or the manifest of the file is removed. So what a crash leaves of an upload
 * or a deletion can be told from blocks that stand for themselves, and be removed.
 *
 * Invariant: U1 a block of an upload is made only after a note tells of it; a note goes only after
 * the manifest is durable, or its blocks are gone.
 */
import { joinPath } from '../../native-free-io/index.ts';
import { formatUnfinished, parseUnfinished, type UnfinishedNote } from './format/unfinished.ts';
import type { BlockInfo } from './replica.ts';
import type { StoreCore } from './store-core.ts';
import { readText, type Volume } from './volume.ts';

export interface UnfinishedFile {
  readonly name: string;
  /** Its blocks that are there. */
  readonly blocks: readonly BlockInfo[];
}

const directoryName = 'unfinished';
const ending = '.json';
/** Ids are noted ahead, twice as many each time, so that a long upload is noted a few times. */
const mostIdsAhead = 256;

/** The note of one upload or deletion that is under way. */
export class UnfinishedMark {
  readonly #name: string;
  readonly #blocks: bigint[];
  readonly #files: UnfinishedFiles;
  /** Of `#blocks`: those given out. */
  #given = 0;

  constructor(files: UnfinishedFiles, name: string, blocks: readonly bigint[]) {
    this.#files = files;
    this.#name = name;
    this.#blocks = [...blocks];
    this.#given = blocks.length;
    if (blocks.length > 0) files.write(this.note);
  }

  get note(): UnfinishedNote {
    return { name: this.#name, blocks: this.#blocks };
  }

  /** The id of the next block, noted. */
  nextId(newId: () => bigint): bigint {
    if (this.#given === this.#blocks.length) {
      const more = Math.min(mostIdsAhead, Math.max(1, this.#blocks.length));
      for (let count = 0; count < more; count++) this.#blocks.push(newId());
      this.#files.write(this.note);
    }
    return this.#blocks[this.#given++]!;
  }

  /** The file is there, or its blocks are gone. */
  end(): void {
    this.#files.remove(this.note);
  }
}

export class UnfinishedFiles {
  readonly #core: StoreCore;
  /** First ids of what this store is doing itself. */
  readonly #underWay = new Set<bigint>();

  constructor(core: StoreCore) {
    this.#core = core;
  }

  /** Marks an upload, or the deletion of these blocks. */
  begin(name: string, blocks: readonly bigint[] = []): UnfinishedMark {
    return new UnfinishedMark(this, name, blocks);
  }

  /**
   * What was cut and has blocks; those that `isKept` says belong to the file after all do not
   * count.
   */
  list(isKept: (name: string, id: bigint) => boolean): UnfinishedFile[] {
    return this.#cut().flatMap(({ name, blocks }) => {
      const left = blocks.flatMap((id) => {
        const replica = this.#core.replicas.get(id);
        return replica === undefined || isKept(name, id) ? [] : replica.info;
      });
      return left.length === 0 ? [] : { name, blocks: left };
    });
  }

  /** Forgets what was cut, once its blocks are gone. */
  forget(): void {
    for (const note of this.#cut()) this.remove(note);
  }

  write(note: UnfinishedNote): void {
    this.#underWay.add(note.blocks[0]!);
    const volume = this.#core.volumes.live[0];
    volume?.replaceText(pathOf(volume, note), formatUnfinished(note));
  }

  /** Not durable: a note that a crash brings back tells of blocks that are gone or kept. */
  remove(note: UnfinishedNote): void {
    if (note.blocks.length === 0) return;
    for (const volume of this.#core.volumes.live) {
      const path = pathOf(volume, note);
      if (volume.fs.statSync(path) !== undefined) volume.fs.removeFileSync(path);
    }
    this.#underWay.delete(note.blocks[0]!);
  }

  #cut(): UnfinishedNote[] {
    const notes: UnfinishedNote[] = [];
    for (const volume of this.#core.volumes.live) {
      const directory = joinPath(volume.ownDir, directoryName);
      if (volume.fs.statSync(directory) === undefined) continue;
      for (const { name } of volume.fs.listSync(directory)) {
        if (!name.endsWith(ending)) continue;
        const note = parseUnfinished(readText(volume.fs, joinPath(directory, name)) ?? '');
        if (note === undefined || this.#underWay.has(note.blocks[0]!)) continue;
        notes.push(note);
      }
    }
    return notes;
  }
}

function pathOf(volume: Volume, { blocks }: UnfinishedNote): string {
  return joinPath(volume.ownSubdirectory(directoryName), `${blocks[0]!}${ending}`);
}
