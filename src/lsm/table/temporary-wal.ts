/** Stands in for the log format until that lands: length, names, cells. */
import {
  AppendFile,
  joinPath,
  parentPath,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import type { LogEntry } from '../region/region-log.ts';
import { readFile } from '../region/small-files.ts';

export class WalFile {
  readonly path: string;
  readonly #file: AppendFile;
  private constructor(path: string, file: AppendFile) {
    this.path = path;
    this.#file = file;
  }
  static create(fs: FileSystem, path: string): WalFile {
    const file = new AppendFile(fs.openSync(path, 'createNew'), 0);
    fs.syncDirectorySync(parentPath(path));
    return new WalFile(joinPath(path), file);
  }
  get position(): number {
    return this.#file.position;
  }
  append(entry: LogEntry): void {
    const header = new ProtobufWriter()
      .writeString(1, entry.region)
      .writeString(2, entry.table)
      .writeInteger(3, entry.sequenceId)
      .writeInteger(4, entry.writeTimeMs)
      .writeInteger(7, entry.cellCount)
      .writeInteger(15, entry.end - entry.start)
      .delimited();
    this.#file.append(header);
    this.#file.append(entry.bytes, entry.start, entry.end - entry.start);
  }
  flush(): void {
    this.#file.flush();
  }
  sync(): Promise<void> {
    return this.#file.sync();
  }
  close(): Promise<void> {
    return this.#file.close();
  }
}

export function readWal(fs: FileSystem, path: string, visit: (entry: LogEntry) => void): void {
  const bytes = readFile(fs, path);
  let at = 0;
  while (at < bytes.length) {
    const entry = { region: '', table: '', sequenceId: 0, writeTimeMs: 0, cellCount: 0 };
    let length = 0;
    let end = 0;
    try {
      const message = ProtobufReader.delimited(bytes, at, bytes.length);
      if (message.end === at + 1) return;
      while (message.next()) {
        if (message.field === 1) entry.region = message.readString();
        else if (message.field === 2) entry.table = message.readString();
        else if (message.field === 3) entry.sequenceId = message.readInteger();
        else if (message.field === 4) entry.writeTimeMs = message.readInteger();
        else if (message.field === 7) entry.cellCount = message.readInteger();
        else if (message.field === 15) length = message.readInteger();
        else message.skip();
      }
      end = message.end;
    } catch {
      return;
    }
    if (end + length > bytes.length) return;
    visit({ ...entry, bytes, start: end, end: end + length });
    at = end + length;
  }
}
