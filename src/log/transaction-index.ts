/**
 * The aborted transactions whose ABORT marker lies in one segment, in marker order.
 *
 * Layout: 34-byte entries (docs/formats/log.md, "Transaction index entry"). The file exists only
 * once there is an entry. Entries are few, so each is written at once.
 *
 * Invariants: I1 last offsets strictly ascend; I2 every last offset is at or after the base offset.
 * Damage:     a trailing partial entry is ignored; anything else makes the segment be recovered.
 * Upstream:   apache/kafka: storage/.../log/TransactionIndex.java; format kept, code our own.
 */
import { CorruptionError, type FileSystem } from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import { decodeAbortedTxn, encodeAbortedTxn, type AbortedTxn } from './format/index-entry.ts';
import { transactionIndexEntryBytes } from './format/layout.ts';

export class TransactionIndex {
  path: string;
  readonly baseOffset: number;
  readonly #fs: FileSystem;
  #entries: AbortedTxn[] | undefined;
  #exists: boolean;

  constructor(fs: FileSystem, path: string, baseOffset: number, exists: boolean) {
    this.#fs = fs;
    this.path = path;
    this.baseOffset = baseOffset;
    this.#entries = exists ? undefined : [];
    this.#exists = exists;
  }

  get exists(): boolean {
    return this.#exists;
  }

  get entries(): readonly AbortedTxn[] {
    return (this.#entries ??= this.#load());
  }

  append(entry: AbortedTxn): void {
    const entries = (this.#entries ??= this.#load());
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
  }

  /** Keeps the entries with lastOffset < offset. */
  truncateTo(offset: number): void {
    if (!this.#exists) return;
    const entries = (this.#entries ??= this.#load());
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
