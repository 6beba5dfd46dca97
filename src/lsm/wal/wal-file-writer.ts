/**
 * Writes one log file: header, entries, and when it is closed in order, the trailer.
 *
 * An entry is appended whole or not at all. Appended entries are held for a while, then with the
 * operating system, and after `sync` on disk; callers that wait at the same time share a sync.
 *
 * Invariants: L1 entries lie in the order of `append`; L2 after a failed sync nothing can be
 * appended (IO_POISONED). Format doc: docs/formats/lsm.md, "WAL".
 */
import { AppendFile, type FileSystem } from '../../../native-free-io/index.ts';
import { encodeWalHeader } from '../format/wal-header.ts';
import { mostWalKeyBytes, writeWalKey, type WalKeyInput } from '../format/wal-key.ts';
import { walTrailerEndBytes, walTrailerMagic } from '../format/wal-layout.ts';

/** What an entry holds besides its region: cells in log form, each with its length before it. */
export type WalEntryInput = Omit<WalKeyInput, 'synced'>;

export class WalFileWriter {
  readonly path: string;
  readonly #output: AppendFile;
  #key: Uint8Array = new Uint8Array(512);
  #keyView: DataView = new DataView(this.#key.buffer);
  #entries = 0;

  private constructor(path: string, output: AppendFile) {
    this.path = path;
    this.#output = output;
  }

  /** Makes the file, which must not exist, with its header. The name is the caller's to sync. */
  static create(fs: FileSystem, path: string): WalFileWriter {
    const output = new AppendFile(fs.openSync(path, 'createNew'), 0);
    output.append(encodeWalHeader());
    return new WalFileWriter(path, output);
  }

  /** Bytes, those not yet written among them. */
  get size(): number {
    return this.#output.position;
  }
  get entries(): number {
    return this.#entries;
  }
  /** Bytes known to be durable. */
  get syncedBytes(): number {
    return this.#output.syncedPosition;
  }
  get syncs(): number {
    return this.#output.syncs;
  }
  get isPoisoned(): boolean {
    return this.#output.isPoisoned;
  }

  /** Appends an entry of the region whose prefix that is; returns its position. */
  append(prefix: Uint8Array, entry: WalEntryInput): number {
    const most = mostWalKeyBytes(prefix.length);
    if (most > this.#key.length) {
      this.#key = new Uint8Array(most * 2);
      this.#keyView = new DataView(this.#key.buffer);
    }
    const { bytes, start, end } = entry;
    const keyBytes = writeWalKey(this.#key, this.#keyView, prefix, {
      sequenceId: entry.sequenceId,
      writeTimeMs: entry.writeTimeMs,
      cellCount: entry.cellCount,
      synced: this.#output.syncedPosition,
      bytes,
      start,
      end,
    });
    const position = this.#output.appendVector([
      this.#key.subarray(0, keyBytes),
      bytes.subarray(start, end),
    ]);
    this.#entries++;
    return position;
  }

  /** Hands what was appended to the operating system. */
  flush(): void {
    this.#output.flush();
  }

  /** Resolves when everything appended before the call is durable; see `AppendFile.sync`. */
  sync(): Promise<void> {
    return this.#output.sync();
  }

  /** As `sync`, and the file's own times too. */
  async syncAll(): Promise<void> {
    await this.sync();
    await this.#output.file.sync({ dataOnly: false });
  }

  /** Writes the trailer, when all before it is durable: it vouches for that. Syncs and closes. */
  async finish(): Promise<void> {
    const trailer = new Uint8Array(walTrailerEndBytes);
    for (let i = 0; i < walTrailerMagic.length; i++) trailer[4 + i] = walTrailerMagic.charCodeAt(i);
    try {
      if (this.#output.position > this.#output.syncedPosition) await this.sync();
      this.#output.append(trailer);
      await this.sync();
    } finally {
      await this.#output.close();
    }
  }

  /** Closes without trailer or sync, as a crash would leave it. */
  async abandon(): Promise<void> {
    await this.#output.close();
  }
}
