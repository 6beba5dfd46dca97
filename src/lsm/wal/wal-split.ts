/**
 * Splits log files by region into files of recovered edits.
 *
 * Each log is read on its own. Of a region, edits up to its flushed sequence id are dropped, and so
 * are marks of flushes and of regions being opened; what is left is written beside the region under
 * a temporary name, made durable, and renamed to the highest sequence id in it. Where a file of
 * that name is there already, the one that begins earlier stays: it has more.
 *
 * A crash at any point leaves the logs as they are, so that splitting again gives the same.
 * Upstream: apache/hbase: hbase-server/.../wal/WALSplitter.java (Apache-2.0); code our own.
 */
import {
  baseName,
  joinPath,
  makeDirectoryDurably,
  throwIfAborted,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { walKeyPrefix } from '../format/wal-key.ts';
import { walMarkerFamily } from '../format/wal-layout.ts';
import {
  recoveredEditsDirectory,
  recoveredEditsName,
  recoveredEditsTemporaryName,
} from './recovered-edits.ts';
import { WalFileWriter } from './wal-file-writer.ts';
import { WalReader, type WalEnding } from './wal-reader.ts';

export interface WalSplitOptions {
  readonly fs: FileSystem;
  /** The directory of a region; undefined drops its edits: the region or its table is gone. */
  readonly regionDirectory: (region: string, table: string) => string | undefined;
  /** Everything of the region up to this id is in store files. Default: nothing. */
  readonly flushedSequenceId?: (region: string) => number;
  readonly signal?: AbortSignal;
}

export interface WalSplitReport {
  readonly path: string;
  readonly ending: WalEnding;
  readonly entries: number;
  /** Entries that were not needed. */
  readonly dropped: number;
  /** Files of recovered edits. */
  readonly written: readonly string[];
}

interface Output {
  readonly writer: WalFileWriter;
  readonly prefix: Uint8Array;
  readonly directory: string;
  readonly firstId: number;
  highestId: number;
}

/** Splits one log. Damage stops it (LSM_CORRUPT_WAL) before anything has its final name. */
export async function splitWal(path: string, options: WalSplitOptions): Promise<WalSplitReport> {
  const { fs, signal } = options;
  using reader = WalReader.openSync(fs, path);
  const outputs = new Map<string, Output>();
  let entries = 0;
  let dropped = 0;
  try {
    while (reader.next()) {
      throwIfAborted(signal);
      entries++;
      const isNeeded =
        reader.sequenceId > (options.flushedSequenceId?.(reader.region) ?? -1) &&
        !isMark(reader) &&
        appendTo(outputs, reader, options);
      if (!isNeeded) dropped++;
    }
  } catch (error) {
    for (const { writer } of outputs.values()) {
      await writer.abandon();
      await fs.removeFile(writer.path);
    }
    throw error;
  }
  const written: string[] = [];
  for (const output of outputs.values()) written.push(await finish(fs, output));
  return { path, ending: reader.ending!, entries, dropped, written };
}

/** False when nobody wants the region's edits. */
function appendTo(
  outputs: Map<string, Output>,
  reader: WalReader,
  options: WalSplitOptions,
): boolean {
  let output = outputs.get(reader.region);
  if (output === undefined) {
    const region = options.regionDirectory(reader.region, reader.table);
    if (region === undefined) return false;
    output = begin(options.fs, region, reader);
    outputs.set(reader.region, output);
  }
  output.highestId = Math.max(output.highestId, reader.sequenceId);
  output.writer.append(output.prefix, {
    sequenceId: reader.sequenceId,
    writeTimeMs: reader.writeTimeMs,
    cellCount: reader.cellCount,
    ...reader.cells.range,
  });
  return true;
}

function begin(fs: FileSystem, regionDirectory: string, reader: WalReader): Output {
  const directory = joinPath(regionDirectory, recoveredEditsDirectory);
  makeDirectoryDurably(fs, directory);
  const { sequenceId, region, table } = reader;
  const name = recoveredEditsTemporaryName(sequenceId, baseName(reader.path));
  const path = joinPath(directory, name);
  // What an earlier attempt left half-written.
  if (fs.statSync(path) !== undefined) fs.removeFileSync(path);
  const writer = WalFileWriter.create(fs, path);
  const prefix = walKeyPrefix(region, table);
  return { writer, prefix, directory, firstId: sequenceId, highestId: sequenceId };
}

async function finish(fs: FileSystem, output: Output): Promise<string> {
  const { writer, directory } = output;
  await writer.finish();
  const path = joinPath(directory, recoveredEditsName(output.highestId));
  if (fs.statSync(path) !== undefined && firstSequenceId(fs, path) <= output.firstId) {
    await fs.removeFile(writer.path);
  } else {
    await fs.rename(writer.path, path);
  }
  await fs.syncDirectory(directory);
  return path;
}

function firstSequenceId(fs: FileSystem, path: string): number {
  using reader = WalReader.openSync(fs, path, { isRecoveredEdits: true });
  return reader.next() ? reader.sequenceId : Number.MAX_SAFE_INTEGER;
}

/** Marks of flushes and of regions opened or closed; those of compactions are replayed. */
function isMark({ cells }: WalReader): boolean {
  if (!cells.next()) return false;
  const { cell } = cells;
  const isMarker =
    cell.familyLength === walMarkerFamily.length && text(cell.copyFamily()) === walMarkerFamily;
  const name = isMarker ? text(cell.copyQualifier()) : '';
  cells.rewind();
  return name.startsWith('HBASE::FLUSH') || name.startsWith('HBASE::REGION_EVENT');
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
