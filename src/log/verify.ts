/**
 * Checks a partition directory without opening it as a log and without changing anything: every
 * batch's framing, checksum and records, the order of offsets, and that each index entry points at
 * what it says. One segment at a time, so that the work can be spread over workers.
 */
import {
  joinPath,
  readInt64,
  StoreError,
  type FileHandle,
  type FileSystem,
} from '../../native-free-io/index.ts';
import type { FileProblem } from '../base/index.ts';
import { BatchScanner } from './batch-scanner.ts';
import { decodeLeaderEpochs } from './format/checkpoint-text.ts';
import { verifyRecords } from './format/batch-verifier.ts';
import { decodeAbortedTxn } from './format/index-entry.ts';
import {
  offsetIndexEntryBytes,
  timeIndexEntryBytes,
  transactionIndexEntryBytes,
} from './format/layout.ts';
import { decodePartitionMetadata } from './format/partition-metadata.ts';
import { decodeProducerSnapshot } from './format/producer-snapshot.ts';
import {
  classifyFileName,
  leaderEpochFileName,
  logFileName,
  offsetIndexFileName,
  partitionMetadataFileName,
  timeIndexFileName,
  transactionIndexFileName,
} from './file-names.ts';

/** One thing that is wrong, and where. */
export type Problem = FileProblem;

export interface SegmentReport {
  readonly baseOffset: number;
  readonly bytes: number;
  readonly batches: number;
  readonly records: number;
  /** First and next offset of the data; both the base offset when the segment is empty. */
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly indexEntries: number;
  readonly problems: readonly Problem[];
}

/** Problems listed per segment at most; the rest is one line. */
const maxProblems = 100;

/** Base offsets of the segments in a partition directory, ascending. */
export function listSegments(fs: FileSystem, dir: string): number[] {
  const bases: number[] = [];
  for (const entry of fs.listSync(dir)) {
    const file = entry.kind === 'file' ? classifyFileName(entry.name) : undefined;
    if (file?.type === 'log' && file.suffix === '') bases.push(file.offset);
  }
  return bases.sort((a, b) => a - b);
}

/** Checks one segment; `deep` decompresses and walks every record. */
export function verifySegment(
  fs: FileSystem,
  dir: string,
  baseOffset: number,
  options: { readonly deep: boolean },
): SegmentReport {
  const problems: Problem[] = [];
  const path = joinPath(dir, logFileName(baseOffset));
  const note = (file: string, position: number, reason: string): void => {
    if (problems.length < maxProblems) problems.push({ path: file, position, reason });
  };
  const file = fs.openSync(path, 'read');
  try {
    const data = scanData(file, { path, baseOffset, deep: options.deep }, note);
    const indexEntries =
      checkOffsetIndex(fs, joinPath(dir, offsetIndexFileName(baseOffset)), data, note) +
      checkTimeIndex(fs, joinPath(dir, timeIndexFileName(baseOffset)), data, note);
    checkTransactionIndex(fs, joinPath(dir, transactionIndexFileName(baseOffset)), data, note);
    return {
      baseOffset,
      bytes: data.bytes,
      batches: data.lastOffsets.size,
      records: data.records,
      firstOffset: data.firstOffset,
      nextOffset: data.nextOffset,
      indexEntries,
      problems,
    };
  } finally {
    file.closeSync();
  }
}

type Note = (path: string, position: number, reason: string) => void;

interface SegmentData {
  readonly baseOffset: number;
  /** Bytes up to the first damage: what index entries can be held against. */
  soundBytes: number;
  bytes: number;
  records: number;
  firstOffset: number;
  nextOffset: number;
  /** Last offset of the batch at each byte position. */
  readonly lastOffsets: Map<number, number>;
  /** Greatest batch max timestamp up to and including each last offset that raised it. */
  readonly maxTimestamps: Map<number, number>;
}

function scanData(
  file: FileHandle,
  target: { path: string; baseOffset: number; deep: boolean },
  note: Note,
): SegmentData {
  const { path, baseOffset } = target;
  const size = file.sizeSync();
  const data: SegmentData = {
    baseOffset,
    soundBytes: size,
    bytes: size,
    records: 0,
    firstOffset: baseOffset,
    nextOffset: baseOffset,
    lastOffsets: new Map(),
    maxTimestamps: new Map(),
  };
  let maxTimestamp = -1;
  using scanner = new BatchScanner({ verify: true });
  scanner.open(file, 0, size);
  let step = scanner.next();
  for (; step === 'batch'; step = scanner.next()) {
    const { header, position } = scanner;
    if (data.lastOffsets.size === 0) data.firstOffset = header.baseOffset;
    const first = header.magic < 2 ? header.lastOffset : header.baseOffset;
    if (first < data.nextOffset) {
      note(path, position, `offset ${first} does not follow ${data.nextOffset - 1}`);
    }
    if (target.deep) checkRecords(scanner, path, note);
    data.records += Math.max(0, header.recordCount);
    data.lastOffsets.set(position, header.lastOffset);
    if (header.maxTimestamp > maxTimestamp) {
      maxTimestamp = header.maxTimestamp;
      data.maxTimestamps.set(header.lastOffset, maxTimestamp);
    }
    data.nextOffset = header.lastOffset + 1;
  }
  data.soundBytes = scanner.position;
  if (step === 'corrupt' && !isPreallocated(file, scanner.position, size)) {
    note(path, scanner.position, scanner.verdict.reason);
  }
  if (step === 'incomplete') {
    note(path, scanner.position, `${size - scanner.position} bytes of an incomplete batch`);
  }
  return data;
}

/** Zeros to the end: space that `preallocate` took and a killed writer did not give back. */
function isPreallocated(file: FileHandle, position: number, size: number): boolean {
  const piece = new Uint8Array(1 << 16);
  for (let at = position; at < size;) {
    const got = file.readSync(piece, 0, Math.min(piece.length, size - at), at);
    if (got === 0 || piece.subarray(0, got).some((byte) => byte !== 0)) return false;
    at += got;
  }
  return size > position;
}

function checkRecords(scanner: BatchScanner, path: string, note: Note): void {
  if (scanner.header.magic < 2 && scanner.header.codec === 0) return;
  const verdict = verifyRecords(scanner.bytes, scanner.view, scanner.start, {
    maxLength: 1 << 30,
  });
  if (verdict.status !== 'ok') note(path, scanner.position, verdict.reason);
}

function readWhole(fs: FileSystem, path: string): DataView | undefined {
  if (fs.statSync(path) === undefined) return undefined;
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    const got = file.readSync(bytes, 0, bytes.length, 0);
    return new DataView(bytes.buffer, 0, got);
  } finally {
    file.closeSync();
  }
}

function checkOffsetIndex(fs: FileSystem, path: string, data: SegmentData, note: Note): number {
  const view = readWhole(fs, path);
  if (view === undefined) {
    note(path, 0, 'the offset index is missing');
    return 0;
  }
  checkWholeEntries(path, view, offsetIndexEntryBytes, note);
  const count = Math.floor(view.byteLength / offsetIndexEntryBytes);
  for (let index = 0; index < count; index++) {
    const at = index * offsetIndexEntryBytes;
    if (isUnused(view, at, offsetIndexEntryBytes)) return index;
    const offset = data.baseOffset + view.getInt32(at);
    const position = view.getInt32(at + 4);
    if (position >= data.soundBytes && data.soundBytes < data.bytes) continue;
    const actual = data.lastOffsets.get(position);
    if (actual === undefined) note(path, at, `no batch begins at byte ${position} of the log`);
    else if (actual !== offset) {
      note(path, at, `the batch at byte ${position} ends at offset ${actual}, not ${offset}`);
    }
  }
  return count;
}

function checkTimeIndex(fs: FileSystem, path: string, data: SegmentData, note: Note): number {
  const view = readWhole(fs, path);
  if (view === undefined) {
    note(path, 0, 'the time index is missing');
    return 0;
  }
  checkWholeEntries(path, view, timeIndexEntryBytes, note);
  const count = Math.floor(view.byteLength / timeIndexEntryBytes);
  let previous = -1;
  for (let index = 0; index < count; index++) {
    const at = index * timeIndexEntryBytes;
    if (index > 0 && isUnused(view, at, timeIndexEntryBytes)) return index;
    const timestamp = readInt64(view, at);
    const offset = data.baseOffset + view.getInt32(at + 8);
    if (timestamp <= previous) note(path, at, `timestamp ${timestamp} does not ascend`);
    previous = timestamp;
    if (offset >= data.nextOffset && data.soundBytes < data.bytes) continue;
    if (offset < data.baseOffset || offset >= Math.max(data.nextOffset, data.baseOffset + 1)) {
      note(path, at, `offset ${offset} lies outside the segment`);
    } else if (data.maxTimestamps.has(offset) && data.maxTimestamps.get(offset) !== timestamp) {
      note(path, at, `the greatest timestamp at offset ${offset} is not ${timestamp}`);
    }
  }
  return count;
}

function checkTransactionIndex(fs: FileSystem, path: string, data: SegmentData, note: Note): void {
  const view = readWhole(fs, path);
  if (view === undefined) return;
  const bytes = new Uint8Array(view.buffer, 0, view.byteLength);
  checkWholeEntries(path, view, transactionIndexEntryBytes, note);
  const count = Math.floor(view.byteLength / transactionIndexEntryBytes);
  let previous = -1;
  for (let index = 0; index < count; index++) {
    const at = index * transactionIndexEntryBytes;
    try {
      const entry = decodeAbortedTxn(bytes, at, path);
      if (entry.lastOffset < data.baseOffset || entry.lastOffset >= data.nextOffset) {
        note(path, at, `marker offset ${entry.lastOffset} lies outside the segment`);
      }
      if (entry.lastOffset <= previous) note(path, at, 'marker offsets do not ascend');
      previous = entry.lastOffset;
    } catch (error) {
      note(path, at, reasonOf(error));
    }
  }
}

/**
 * A broker maps its index files with room for more entries and cuts them when it closes or rolls;
 * one that was killed leaves zeros behind its last entry. No entry of an offset index is zero; a
 * time index may begin with one, for a first record of time 0.
 */
function isUnused(view: DataView, at: number, entryBytes: number): boolean {
  for (let position = at; position < at + entryBytes; position += 4) {
    if (view.getInt32(position) !== 0) return false;
  }
  return true;
}

function checkWholeEntries(path: string, view: DataView, entryBytes: number, note: Note): void {
  const odd = view.byteLength % entryBytes;
  if (odd !== 0) note(path, view.byteLength - odd, `${odd} bytes after the last entry`);
}

/** Checks the small files of the directory: epochs, metadata, producer snapshots. */
export function verifySmallFiles(fs: FileSystem, dir: string): Problem[] {
  const problems: Problem[] = [];
  const check = (name: string, decode: (bytes: Uint8Array, path: string) => unknown): void => {
    const path = joinPath(dir, name);
    const view = readWhole(fs, path);
    if (view === undefined) return;
    try {
      decode(new Uint8Array(view.buffer, 0, view.byteLength), path);
    } catch (error) {
      problems.push({ path, position: 0, reason: reasonOf(error) });
    }
  };
  check(leaderEpochFileName, decodeLeaderEpochs);
  check(partitionMetadataFileName, decodePartitionMetadata);
  for (const entry of fs.listSync(dir)) {
    if (entry.name.endsWith('.snapshot')) check(entry.name, decodeProducerSnapshot);
  }
  return problems;
}

function reasonOf(error: unknown): string {
  if (error instanceof StoreError) return error.message;
  throw error;
}
