/**
 * Reads one log file, entry by entry, and tells how it ends.
 *
 *    closed   the trailer is there: nothing is missing
 *    end      the last entry ends with the file
 *    torn     what follows the last whole entry was never acknowledged: cut, not damage
 *    empty    not even the header is whole
 *
 * Torn is: the file ends inside an entry; zeros to the end; and in a log of ours, whose entries
 * check themselves, any entry that is not whole, unless a later one knew it durable. Everything
 * else that makes no sense is damage (LSM_CORRUPT_WAL): taking it for the end would lose what
 * follows. An entry is given whole or not at all.
 * Lifetime: what an entry tells, its cells among it, is valid until the next `next`.
 * Upstream: apache/hbase: hbase-server/.../wal/ProtobufWALStreamReader.java (Apache-2.0).
 */
import {
  ByteSink,
  CorruptionError,
  LimitError,
  type FileHandle,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { corruptWal, unsupported } from '../format/damage.ts';
import { decodeWalHeader, type WalHeader } from '../format/wal-header.ts';
import { isEntryWhole, readWalKey, type NameReader, type WalKey } from '../format/wal-key.ts';
import { walTrailerEndBytes, walTrailerMagic } from '../format/wal-layout.ts';
import { WalDictionaries } from './compressed-cells.ts';
import { FileWindow } from './file-window.ts';
import { isAllZero, wasDurable } from './torn-tail.ts';
import { cutShort, malformed, walCellEnd, WalCells } from './wal-cells.ts';

export type WalEnding = 'closed' | 'end' | 'torn' | 'empty';

export interface WalReaderOptions {
  /** The file holds recovered edits of one region. Matters for compressed ones. Default no. */
  readonly isRecoveredEdits?: boolean;
}

/** The header is looked for in so many bytes. */
const mostHeaderBytes = 4096;

export class WalReader implements Disposable {
  readonly path: string;
  /** Undefined when the file is `empty`. */
  readonly header: WalHeader | undefined;
  readonly cells: WalCells = new WalCells();
  /** Of the entry. */
  region = '';
  table = '';
  sequenceId = 0;
  writeTimeMs = 0;
  cellCount = 0;
  position = 0;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  readonly #file: FileHandle;
  readonly #window: FileWindow;
  /** Entries end here at the latest. */
  readonly #limit: number;
  readonly #isClosedInOrder: boolean;
  readonly #dictionaries: WalDictionaries | undefined;
  readonly #nameOf: NameReader;
  readonly #names = new Map<string, string>();
  #next: number;
  #ending: WalEnding | undefined;
  #reason = '';

  private constructor(file: FileHandle, options: WalReaderOptions) {
    this.#file = file;
    this.path = file.path;
    this.size = file.sizeSync();
    const head = new Uint8Array(Math.min(this.size, mostHeaderBytes));
    file.readSync(head, 0, head.length, 0);
    this.header = decodeWalHeader(head, file.path);
    const { trailerPosition, isClosed } = findTrailer(file, this.size);
    this.#limit = trailerPosition;
    this.#isClosedInOrder = isClosed;
    this.#next = this.header?.end ?? 0;
    if (this.header === undefined) this.#ending = 'empty';
    this.#dictionaries = dictionariesOf(this.header, file.path, options);
    const dictionaries = this.#dictionaries;
    this.#nameOf =
      dictionaries === undefined
        ? (_, bytes) => bytes
        : (field, bytes) => dictionaries.name(field, bytes);
    // Dictionaries cannot be read twice, so a compressed file is looked at whole.
    this.#window = new FileWindow(
      file,
      this.#limit,
      dictionaries === undefined ? 1 << 20 : this.#limit,
    );
  }

  static openSync(fs: FileSystem, path: string, options: WalReaderOptions = {}): WalReader {
    const file = fs.openSync(path, 'read');
    try {
      return new WalReader(file, options);
    } catch (error) {
      file.closeSync();
      throw error;
    }
  }

  /** How the file ends, once `next` gave false. */
  get ending(): WalEnding | undefined {
    return this.#ending;
  }
  /** Why a torn end was taken for one; empty otherwise. */
  get tornReason(): string {
    return this.#reason;
  }
  /** Where the next entry begins, or the first that is not whole. */
  get endPosition(): number {
    return this.#next;
  }

  /** Moves to the next entry; false at the end of what is whole. */
  next(): boolean {
    if (this.#ending !== undefined) return false;
    if (this.#next >= this.#limit) return this.#end(this.#isClosedInOrder ? 'closed' : 'end');
    const at = this.#next;
    for (;;) {
      this.#window.aim(at);
      const outcome = this.#parse(at);
      if (outcome === '') return true;
      if (outcome !== endsEarly) return this.#broken(at, outcome);
      if (!this.#window.grow()) return this.#broken(at, outcome);
    }
  }

  close(): void {
    this.#file.closeSync();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Reads the entry; '' when it is whole, `endsEarly`, or what is wrong. */
  #parse(at: number): string {
    const { bytes, start, end } = this.#window;
    const from = start;
    let key: WalKey | undefined;
    try {
      key = readWalKey(bytes, from, end, this.#nameOf);
    } catch (error) {
      if (error instanceof LimitError) return error.message;
      if (!(error instanceof CorruptionError)) throw error;
      return isKeyCut(bytes, from, end) ? endsEarly : error.message;
    }
    if (key === undefined) return 'the key lacks what every key has';
    if (key.cellCount < 0) return `${key.cellCount} cells`;
    const outcome =
      this.#dictionaries === undefined ? this.#plainCells(key) : this.#compressedCells(key);
    if (outcome !== '') return outcome;
    this.region = this.#nameText(key.region);
    this.table = this.#nameText(key.table);
    this.sequenceId = key.sequenceId;
    this.writeTimeMs = key.writeTimeMs;
    this.cellCount = key.cellCount;
    this.position = at;
    return '';
  }

  #plainCells(key: WalKey): string {
    const { bytes, view, end, start, position } = this.#window;
    let after = key.end;
    for (let i = 0; i < key.cellCount; i++) {
      after = walCellEnd(bytes, view, after, end);
      if (after === cutShort) return endsEarly;
      if (after === malformed) return `cell ${i} of the entry is malformed`;
    }
    const { selfCheck } = key;
    if (selfCheck === undefined) {
      if (this.header?.isSelfChecking === true) return 'the entry lacks its check';
    } else if (!isEntryWhole(bytes, key, selfCheck, after)) {
      return 'the entry fails its own check';
    }
    this.cells.reset(bytes, view, { start: key.end, end: after }, key.sequenceId);
    this.#next = position + after - start;
    return '';
  }

  #compressedCells(key: WalKey): string {
    const { bytes, end, start, position } = this.#window;
    const sink = ByteSink.growing();
    let after: number;
    try {
      const target = { cellCount: key.cellCount, sink };
      after = this.#dictionaries!.expand(bytes, key.end, end, target);
    } catch (error) {
      if (!(error instanceof CorruptionError || error instanceof LimitError)) throw error;
      return error instanceof LimitError ? error.message : endsEarly;
    }
    const plain = sink.copyWritten();
    const view = new DataView(plain.buffer);
    this.cells.reset(plain, view, { start: 0, end: plain.length }, key.sequenceId);
    this.#next = position + after - start;
    return '';
  }

  /** The entry at `at` is not whole: a torn end, or damage. */
  #broken(at: number, what: string): false {
    const context = { path: this.path, position: at };
    if (this.#isClosedInOrder) throw corruptWal(what, context);
    const rest = this.#window.all(at);
    if (isAllZero(rest)) return this.#torn('zeros');
    if (this.header?.isSelfChecking !== true) {
      if (what === endsEarly) return this.#torn(what);
      throw corruptWal(what, context);
    }
    if (!wasDurable(rest, at)) return this.#torn(what);
    throw corruptWal(`${what}, though a later entry knew it durable`, context);
  }

  #torn(reason: string): false {
    this.#reason = reason;
    return this.#end('torn');
  }

  #end(ending: WalEnding): false {
    this.#ending = ending;
    return false;
  }

  /** Names repeat from entry to entry. */
  #nameText(bytes: Uint8Array): string {
    let key = '';
    for (const byte of bytes) key += String.fromCharCode(byte);
    let text = this.#names.get(key);
    if (text === undefined) {
      text = new TextDecoder().decode(bytes);
      this.#names.set(key, text);
    }
    return text;
  }
}

const endsEarly = 'the file ends inside the entry';

/** Whether the key's length reaches past the end, or is itself cut. */
function isKeyCut(bytes: Uint8Array, at: number, end: number): boolean {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    if (at + i >= end) return true;
    const byte = bytes[at + i]!;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return at + i + 1 + length > end;
  }
  return false;
}

function findTrailer(
  file: FileHandle,
  size: number,
): { readonly trailerPosition: number; readonly isClosed: boolean } {
  const open = { trailerPosition: size, isClosed: false };
  if (size < walTrailerEndBytes) return open;
  const bytes = new Uint8Array(walTrailerEndBytes);
  file.readSync(bytes, 0, bytes.length, size - walTrailerEndBytes);
  for (let i = 0; i < walTrailerMagic.length; i++) {
    if (bytes[4 + i] !== walTrailerMagic.charCodeAt(i)) return open;
  }
  const trailerPosition = size - walTrailerEndBytes - new DataView(bytes.buffer).getInt32(0);
  if (trailerPosition < 0 || trailerPosition > size) {
    throw corruptWal('a trailer larger than the file', { path: file.path, position: size });
  }
  return { trailerPosition, isClosed: true };
}

function dictionariesOf(
  header: WalHeader | undefined,
  path: string,
  options: WalReaderOptions,
): WalDictionaries | undefined {
  if (header?.hasCompression !== true) return undefined;
  if (header.hasValueCompression) {
    throw unsupported('a log whose values are compressed', { path, position: 0 });
  }
  return new WalDictionaries({
    hasTags: header.hasTagCompression,
    isRecoveredEdits: options.isRecoveredEdits ?? false,
  });
}
