/**
 * The contents of a partition's files as text, line for line as Apache's DumpLogSegments prints
 * them with deep iteration, so that eyes and scripts trained on that tool feel at home.
 *
 * Unlike that tool, damage ends the listing with a problem (file, position, reason).
 */
import {
  baseName,
  readInt64,
  StoreError,
  type FileHandle,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { BatchScanner } from './batch-scanner.ts';
import { classifyFileName, type ClassifiedFile } from './file-names.ts';
import { RecordCursor } from './format/batch-decoder.ts';
import type { BatchHeader } from './format/batch-header.ts';
import { codecName } from './format/codec-number.ts';
import { controlRecordType, readEndTxnMarker } from './format/control-record.ts';
import { decodeAbortedTxn } from './format/index-entry.ts';
import {
  controlType,
  legacyCrcPosition,
  offsetIndexEntryBytes,
  timeIndexEntryBytes,
  transactionIndexEntryBytes,
} from './format/layout.ts';
import { decodeProducerSnapshot } from './format/producer-snapshot.ts';
import { sequenceMinus, sequencePlus } from './producer-state.ts';
import type { Problem } from './verify.ts';

export interface DumpOptions {
  /** Print every record, not only batches. Default true. */
  readonly deep?: boolean;
  /** Print keys and values too, as UTF-8. Default false. */
  readonly data?: boolean;
  readonly onProblem: (problem: Problem) => void;
}

/** Lines of one file; its name tells what it is. A file of no known kind gives no line. */
export function* dumpFile(fs: FileSystem, path: string, options: DumpOptions): Generator<string> {
  const kind = classifyFileName(baseName(path));
  if (kind === undefined) return;
  const file = fs.openSync(path, 'read');
  try {
    yield `Dumping ${baseName(path)}`;
    yield* lines(file, kind, options);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    options.onProblem({ path, position: error.context.position ?? 0, reason: error.message });
  } finally {
    file.closeSync();
  }
}

function lines(file: FileHandle, kind: ClassifiedFile, options: DumpOptions): Generator<string> {
  switch (kind.type) {
    case 'log':
      return logLines(file, kind.offset, options);
    case 'index':
      return offsetIndexLines(readAll(file), baseName(file.path), kind.offset);
    case 'timeindex':
      return timeIndexLines(readAll(file), kind.offset);
    case 'txnindex':
      return transactionIndexLines(readAll(file), file.path);
    case 'snapshot':
      return snapshotLines(readAll(file), file.path);
  }
}

function* logLines(file: FileHandle, baseOffset: number, options: DumpOptions): Generator<string> {
  const size = file.sizeSync();
  yield `Log starting offset: ${baseOffset}`;
  using scanner = new BatchScanner({ verify: true });
  scanner.open(file, 0, size);
  let step = scanner.next();
  for (; step === 'batch'; step = scanner.next()) {
    const { header, position } = scanner;
    yield batchLine(header, position);
    if (options.deep === false) continue;
    const batch = scanner.bytes.subarray(scanner.start, scanner.start + scanner.size);
    try {
      yield* recordLines(header, batch, options);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      options.onProblem({ path: file.path, position, reason: error.message });
    }
  }
  if (step === 'end') return;
  const reason =
    step === 'corrupt'
      ? scanner.verdict.reason
      : `${size - scanner.position} bytes of an incomplete batch`;
  options.onProblem({ path: file.path, position: scanner.position, reason });
}

function batchLine(header: BatchHeader, position: number): string {
  const codec = codecName(header.codec) ?? 'unknown';
  const time = `${timestampType(header)}: ${header.maxTimestamp}`;
  const tail = `size: ${header.size} magic: ${header.magic} compresscodec: ${codec} crc: ${header.crc} isvalid: true`;
  if (header.magic < 2) return `offset: ${header.lastOffset} position: ${position} ${time} ${tail}`;
  const lastSequence =
    header.baseSequence < 0 ? -1 : sequencePlus(header.baseSequence, header.lastOffsetDelta);
  const horizon = header.deleteHorizonMs;
  return (
    `baseOffset: ${header.baseOffset} lastOffset: ${header.lastOffset} count: ${header.recordCount} ` +
    `baseSequence: ${header.baseSequence} lastSequence: ${lastSequence} ` +
    `producerId: ${header.producerId} producerEpoch: ${header.producerEpoch} ` +
    `partitionLeaderEpoch: ${header.leaderEpoch} isTransactional: ${header.isTransactional} ` +
    `isControl: ${header.isControl} deleteHorizonMs: ${optionalLong(horizon)} ` +
    `position: ${position} ${time} ${tail}`
  );
}

function* recordLines(
  header: BatchHeader,
  batch: Uint8Array,
  options: DumpOptions,
): Generator<string> {
  const cursor = RecordCursor.open(batch);
  while (cursor.next()) {
    const { offset, keyStart, valueStart } = cursor;
    let line =
      `| offset: ${offset} ${timestampType(header)}: ${cursor.timestamp} ` +
      `keySize: ${keyStart < 0 ? -1 : cursor.keyEnd - keyStart} ` +
      `valueSize: ${valueStart < 0 ? -1 : cursor.valueEnd - valueStart}`;
    if (header.magic >= 2) {
      const sequence =
        header.baseSequence < 0
          ? -1
          : sequencePlus(header.baseSequence, offset - header.baseOffset);
      const keys = cursor.headers().map(({ key }) => key);
      line += ` sequence: ${sequence} headerKeys: [${keys.join(',')}]`;
    } else {
      // The closing brace is the tool's.
      line += ` isValid: true crc: ${messageCrc(cursor)}}`;
    }
    if (header.isControl) line += controlText(cursor, batch);
    else if (options.data === true) line += dataText(cursor);
    yield line;
  }
}

function messageCrc(cursor: RecordCursor): number {
  const { bytes } = cursor;
  const at = bytes.byteOffset + cursor.recordStart + legacyCrcPosition;
  return new DataView(bytes.buffer, at, 4).getUint32(0);
}

function controlText(cursor: RecordCursor, batch: Uint8Array): string {
  const type = controlRecordType(cursor);
  const marker = readEndTxnMarker(batch, 0, batch.length);
  if (marker === undefined) return ` controlType: ${type}`;
  const name = type === controlType.commit ? 'COMMIT' : 'ABORT';
  return ` endTxnMarker: ${name} coordinatorEpoch: ${marker.coordinatorEpoch}`;
}

function dataText(cursor: RecordCursor): string {
  const { key, value } = cursor.record();
  const text = (bytes: Uint8Array | null): string =>
    bytes === null ? '' : new TextDecoder().decode(bytes);
  return `${key === null ? '' : ` key: ${text(key)}`} payload: ${text(value)}`;
}

function timestampType(header: BatchHeader): string {
  if (header.magic === 0) return 'NoTimestampType';
  return header.isLogAppendTime ? 'LogAppendTime' : 'CreateTime';
}

function optionalLong(value: number | undefined): string {
  return value === undefined || value < 0 ? 'OptionalLong.empty' : `OptionalLong[${value}]`;
}

/** Stops where a killed broker's preallocated entries begin: at the first one without contents. */
function* offsetIndexLines(view: DataView, name: string, baseOffset: number): Generator<string> {
  if (view.byteLength === 0) yield `${name} is empty.`;
  const end = view.byteLength - offsetIndexEntryBytes;
  for (let at = 0; at <= end; at += offsetIndexEntryBytes) {
    const delta = view.getInt32(at);
    const position = view.getInt32(at + 4);
    if (at > 0 && delta === 0 && position === 0) return;
    yield `offset: ${baseOffset + delta} position: ${position}`;
  }
}

function* timeIndexLines(view: DataView, baseOffset: number): Generator<string> {
  const end = view.byteLength - timeIndexEntryBytes;
  for (let at = 0; at <= end; at += timeIndexEntryBytes) {
    const timestamp = readInt64(view, at);
    const delta = view.getInt32(at + 8);
    if (at > 0 && timestamp === 0 && delta === 0) return;
    yield `timestamp: ${timestamp} offset: ${baseOffset + delta}`;
  }
}

function* transactionIndexLines(view: DataView, path: string): Generator<string> {
  const bytes = new Uint8Array(view.buffer, 0, view.byteLength);
  for (let at = 0; at < bytes.length; at += transactionIndexEntryBytes) {
    const entry = decodeAbortedTxn(bytes, at, path);
    yield `version: ${view.getInt16(at)} producerId: ${entry.producerId} firstOffset: ${entry.firstOffset} lastOffset: ${entry.lastOffset} lastStableOffset: ${entry.lastStableOffset}`;
  }
}

function* snapshotLines(view: DataView, path: string): Generator<string> {
  const bytes = new Uint8Array(view.buffer, 0, view.byteLength);
  for (const entry of decodeProducerSnapshot(bytes, path)) {
    const open = optionalLong(entry.currentTxnFirstOffset);
    let line =
      `producerId: ${entry.producerId} producerEpoch: ${entry.producerEpoch} ` +
      `coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${open} ` +
      `lastTimestamp: ${entry.timestamp}`;
    if (entry.lastOffset >= 0) {
      const first =
        entry.lastSequence < 0 ? -1 : sequenceMinus(entry.lastSequence, entry.offsetDelta);
      line +=
        ` firstSequence: ${first} lastSequence: ${entry.lastSequence} lastOffset: ${entry.lastOffset} ` +
        `offsetDelta: ${entry.offsetDelta} timestamp: ${entry.timestamp}`;
    }
    yield line;
  }
}

function readAll(file: FileHandle): DataView {
  const bytes = new Uint8Array(file.sizeSync());
  const length = file.readSync(bytes, 0, bytes.length, 0);
  return new DataView(bytes.buffer, 0, length);
}
