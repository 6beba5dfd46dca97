/**
 * Which files of a family count: a list that is replaced as a whole, so that a flush or compaction
 * is done at one moment and a crash leaves the old list or the new one.
 *
 *    <family>/.filelist/f1.<n>, f2.<n>     written in turn; of the sound ones the newer counts
 *    length i32 | StoreFileList{1 time, 2 { 1 name, 2 size }…, 3 version} | CRC-32 u32
 *
 * Upstream: apache/hbase: .../storefiletracker/StoreFileListFile.java (tracker FILE); format kept.
 */
import {
  makeDirectoryDurably,
  crc32,
  CorruptionError,
  joinPath,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import { readFile, writeFile, writeFileAsync } from './small-files.ts';

export interface ListedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

interface Version {
  readonly slot: 0 | 1;
  readonly path: string;
  readonly time: number;
  readonly files: readonly ListedFile[];
}

const listVersion = 1;

export class FileList {
  readonly #fs: FileSystem;
  readonly #dir: string;
  #current: Version | undefined;
  readonly #paths: [string, string];

  private constructor(fs: FileSystem, dir: string, versions: readonly Version[]) {
    this.#fs = fs;
    this.#dir = dir;
    const sequence = 1;
    this.#paths = [joinPath(dir, `f1.${sequence}`), joinPath(dir, `f2.${sequence}`)];
    for (const version of versions) {
      this.#paths[version.slot] = version.path;
      if (this.#current === undefined || version.time > this.#current.time) {
        this.#current = version;
      }
    }
  }

  /** Reads the list of a family's directory; an empty one when there is none. */
  static load(fs: FileSystem, familyDir: string): FileList {
    const dir = joinPath(familyDir, '.filelist');
    if (fs.statSync(dir) === undefined) return new FileList(fs, dir, []);
    const versions: Version[] = [];
    let unsound = 0;
    for (const { name } of fs.listSync(dir)) {
      const match = /^f([12])(?:\.\d+)?$/.exec(name);
      if (match === null) continue;
      const path = joinPath(dir, name);
      const slot = match[1] === '1' ? 0 : 1;
      const list = decode(readFile(fs, path));
      if (list === undefined) unsound++;
      else versions.push({ slot, path, ...list });
    }
    if (versions.length === 0 && unsound > 1) {
      throw new CorruptionError('LSM_CORRUPT_META', 'no list of store files is sound', {
        context: { path: dir },
      });
    }
    return new FileList(fs, dir, versions);
  }

  get files(): readonly ListedFile[] {
    return this.#current?.files ?? [];
  }

  /** Durable when it resolves; an error leaves the old list in force. One call at a time. */
  async replace(files: readonly ListedFile[], nowMs: number): Promise<void> {
    const next = this.#next(files, nowMs);
    await writeFileAsync(this.#fs, next.path, encode(next.time, files));
    await this.#fs.syncDirectory(this.#dir);
    this.#current = next;
  }

  /** As `replace`, durable when it returns. */
  replaceSync(files: readonly ListedFile[], nowMs: number): void {
    const next = this.#next(files, nowMs);
    writeFile(this.#fs, next.path, encode(next.time, files));
    this.#fs.syncDirectorySync(this.#dir);
    this.#current = next;
  }

  #next(files: readonly ListedFile[], nowMs: number): Version {
    if (this.#current === undefined) makeDirectoryDurably(this.#fs, this.#dir);
    const slot = this.#current?.slot === 0 ? 1 : 0;
    const time = Math.max(nowMs, (this.#current?.time ?? 0) + 1);
    return { slot, path: this.#paths[slot], time, files };
  }
}

function encode(time: number, files: readonly ListedFile[]): Uint8Array {
  const message = new ProtobufWriter().writeInteger(1, time);
  for (const { name, size } of files) {
    message.writeMessage(2, new ProtobufWriter().writeString(1, name).writeInteger(2, size));
  }
  const body = message.writeInteger(3, listVersion).finish();
  const bytes = new Uint8Array(body.length + 8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, body.length);
  bytes.set(body, 4);
  view.setUint32(4 + body.length, crc32(body, 0, body.length));
  return bytes;
}

/** Undefined for what a crash left half written. */
function decode(bytes: Uint8Array): { time: number; files: ListedFile[] } | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getInt32(0);
  if (length < 0 || length > bytes.length - 8) return undefined;
  const body = bytes.subarray(4, 4 + length);
  if (view.getUint32(4 + length) !== crc32(body, 0, body.length)) return undefined;
  let time = 0;
  const files: ListedFile[] = [];
  const message = new ProtobufReader(body);
  while (message.next()) {
    if (message.field === 1) time = message.readInteger();
    else if (message.field === 2) files.push(decodeFile(message.readMessage()));
    else message.skip();
  }
  return { time, files };
}

function decodeFile(message: ProtobufReader): ListedFile {
  let [name, size] = ['', 0];
  while (message.next()) {
    if (message.field === 1) name = message.readString();
    else if (message.field === 2) size = message.readInteger();
    else message.skip();
  }
  return { name, size };
}
