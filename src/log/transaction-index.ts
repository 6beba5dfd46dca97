/**
 * The aborted transactions whose ABORT marker lies in one segment, in marker order.
 *
 * Layout: 34-byte entries (docs/formats/log.md, "Transaction index entry"). The file exists only
 * once there is an entry. Entries are few, so each is written at once; those read are forgotten
 * again under the byte budget of an `IndexCache`.
 *
 * Invariants: I1 last offsets strictly ascend; I2 every last offset is at or after the base offset.
 * Damage:     a trailing partial entry is ignored; anything else makes the segment be recovered.
 * Upstream:   apache/kafka: storage/.../log/TransactionIndex.java; format kept, code our own.
 */
import { CorruptionError, type FileSystem } from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import { decodeAbortedTxn, encodeAbortedTxn, type AbortedTxn } from './format/index-entry.ts';
import { transactionIndexEntryBytes } from './format/layout.ts';
import type { IndexCache, Resident } from './index-cache.ts';

/** What an entry takes in memory, about. */
const residentEntryBytes = 128;

export class TransactionIndex implements Resident {
  path: string;
  readonly baseOffset: number;
  /** See `Resident`. */
  lastUse: number;
  readonly #fs: FileSystem;
  readonly #cache: IndexCache;
  #entries: AbortedTxn[] | undefined;
  #exists: boolean;

  constructor(
    fs: FileSystem,
    cache: IndexCache,
    path: string,
    segment: { readonly baseOffset: number; readonly exists: boolean },
  ) {
    this.#fs = fs;
    this.#cache = cache;
    this.path = path;
    this.baseOffset = segment.baseOffset;
    this.lastUse = 0;
    this.#entries = segment.exists ? undefined : [];
    this.#exists = segment.exists;
  }

  get exists(): boolean {
    return this.#exists;
  }

  /** Valid until another index is used. */
  get entries(): readonly AbortedTxn[] {
    return this.#inMemory();
  }

  get residentBytes(): number {
    return (this.#entries?.length ?? 0) * residentEntryBytes;
  }

  /** Every entry is in the file. */
  forget(): void {
    if (this.#exists) this.#entries = undefined;
    this.#cache.drop(this);
  }

  append(entry: AbortedTxn): void {
    const entries = this.#inMemory();
    const last = entries.at(-1);
    invariant(
      last === undefined || entry.lastOffset > last.lastOffset,
      'transaction index: last offsets must ascend',
    );
    const bytes = encodeAbortedTxn(entry);
    const file = this.#fs.openSync(this.path, 'create');
    this.#exists = true;
    try {
      file.writeSync(bytes, 0, bytes.length, entries.length * transactionIndexEntryBytes);
    } finally {
      file.closeSync();
    }
    entries.push(entry);
    this.#cache.count(this);
  }

  /** Keeps the entries with lastOffset < offset. */
  truncateTo(offset: number): void {
    if (!this.#exists) return;
    const entries = this.#inMemory();
    const first = entries.findIndex((entry) => entry.lastOffset >= offset);
    this.#keep(first < 0 ? entries.length : first);
  }

  /** Forgets everything, without looking at what was there. */
  reset(): void {
    if (this.#exists) this.#keep(0);
    this.#entries = [];
  }

  /** Throws LOG_CORRUPT_INDEX when an entry cannot be right. */
  checkSanity(): void {
    for (const [index, entry] of this.entries.entries()) {
      if (entry.lastOffset < this.baseOffset) {
        throw this.#corrupt(index, 'last offset lies before the segment');
      }
    }
  }

  sync(): void {
    if (!this.#exists) return;
    const file = this.#fs.openSync(this.path, 'write');
    try {
      file.syncSync();
    } finally {
      file.closeSync();
    }
  }

  #keep(count: number): void {
    const file = this.#fs.openSync(this.path, 'write');
    try {
      file.truncateSync(count * transactionIndexEntryBytes);
    } finally {
      file.closeSync();
    }
    this.#entries = this.#entries?.slice(0, count);
  }

  #inMemory(): AbortedTxn[] {
    this.lastUse = this.#cache.nextUse();
    if (this.#entries !== undefined) return this.#entries;
    const entries = this.#load();
    this.#entries = entries;
    this.#cache.count(this);
    return entries;
  }

  #load(): AbortedTxn[] {
    const file = this.#fs.openSync(this.path, 'read');
    try {
      const bytes = new Uint8Array(file.sizeSync());
      file.readSync(bytes, 0, bytes.length, 0);
      const count = Math.floor(bytes.length / transactionIndexEntryBytes);
      const entries: AbortedTxn[] = [];
      for (let index = 0; index < count; index++) {
        entries.push(decodeAbortedTxn(bytes, index * transactionIndexEntryBytes, this.path));
      }
      return entries;
    } finally {
      file.closeSync();
    }
  }

  #corrupt(index: number, reason: string): CorruptionError {
    return new CorruptionError('LOG_CORRUPT_INDEX', reason, {
      context: { path: this.path, position: index * transactionIndexEntryBytes },
    });
  }
}
