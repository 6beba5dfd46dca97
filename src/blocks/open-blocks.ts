/**
 * Open files of replicas, kept between reads and closed when too many are idle: opening a pair
 * costs more than reading 64 KiB from it.
 *
 * Invariant: O1 files are closed only when nobody uses them; a replica that moves keeps its files,
 * because they are the same files under another name.
 */
import type { FileHandle } from '../../native-free-io/index.ts';
import { dataPath, metaPath, readMetaHeader } from './block-files.ts';
import type { DecodedMetaHeader } from './format/meta-header.ts';
import type { Replica } from './replica.ts';
import { SumBudget, SumReader } from './sum-reader.ts';
import { VerifiedFile } from './verified-file.ts';

/** Sums that open blocks hold at most, in all: those of sixteen blocks of 128 MiB. */
const mostSumBytes = 16 << 20;

export class OpenBlock {
  readonly replica: Replica;
  readonly data: FileHandle;
  readonly meta: FileHandle;
  readonly header: DecodedMetaHeader;
  readonly sums: SumReader;
  readonly verified: VerifiedFile;
  users = 0;
  isDropped = false;

  constructor(
    replica: Replica,
    { data, meta }: { data: FileHandle; meta: FileHandle },
    budget: SumBudget,
  ) {
    this.replica = replica;
    this.data = data;
    this.meta = meta;
    this.header = readMetaHeader(meta);
    this.sums = new SumReader(replica, meta, this.header, budget);
    this.verified = new VerifiedFile(replica, data, this.header, this.sums);
  }

  close(): void {
    this.sums.forget();
    this.data.closeSync();
    this.meta.closeSync();
  }
}

export class OpenBlocks {
  readonly #most: number;
  /** In the order of last use. */
  readonly #open = new Map<Replica, OpenBlock>();
  #last: OpenBlock | undefined;
  readonly #sumBudget = new SumBudget(mostSumBytes);

  constructor(most: number) {
    this.#most = most;
  }

  /** Pins the open files; `unpin` gives them back. */
  pin(replica: Replica): OpenBlock {
    if (this.#last?.replica === replica) {
      this.#last.users++;
      return this.#last;
    }
    const known = this.#open.get(replica);
    const block = known ?? open(replica, this.#sumBudget);
    block.users++;
    if (known !== undefined) this.#open.delete(replica);
    this.#open.set(replica, block);
    this.#last = block;
    if (known === undefined) this.#closeIdle();
    return block;
  }

  unpin(block: OpenBlock): void {
    block.users--;
    if (block.users === 0 && block.isDropped) block.close();
  }

  /** The replica goes: its files are closed once nobody reads them. */
  drop(replica: Replica): void {
    const block = this.#open.get(replica);
    if (block === undefined) return;
    this.#open.delete(replica);
    if (this.#last === block) this.#last = undefined;
    block.isDropped = true;
    if (block.users === 0) block.close();
  }

  close(): void {
    for (const replica of this.#open.keys()) this.drop(replica);
  }

  #closeIdle(): void {
    for (const [replica, block] of this.#open) {
      if (this.#open.size <= this.#most) return;
      if (block.users === 0) this.drop(replica);
    }
  }
}

function open(replica: Replica, budget: SumBudget): OpenBlock {
  const { fs } = replica.volume;
  const data = fs.openSync(dataPath(replica), 'read');
  let meta: FileHandle | undefined;
  try {
    meta = fs.openSync(metaPath(replica), 'read');
    return new OpenBlock(replica, { data, meta }, budget);
  } catch (error) {
    data.closeSync();
    meta?.closeSync();
    throw error;
  }
}
