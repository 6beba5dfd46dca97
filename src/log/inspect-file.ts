/**
 * Recognises a file of a Kafka log directory, by its bytes where they tell and by its name where
 * they cannot (index files have no magic), and describes it.
 */
import {
  baseName,
  nodeFileSystem,
  NotFoundError,
  type FileSystem,
} from '../../native-free-io/index.ts';
import type { InspectedFile } from '../base/index.ts';
import { dumpFile } from './dump.ts';
import { classifyFileName, partitionMetadataFileName } from './file-names.ts';
import { BatchVerdict, verifyBatch } from './format/batch-verifier.ts';
import { decodePartitionMetadata } from './format/partition-metadata.ts';
import { decodeProducerSnapshot } from './format/producer-snapshot.ts';
import { snapshotVersion } from './format/layout.ts';
import { uuidText } from './format/uuid-text.ts';
import type { Problem } from './verify.ts';

export interface InspectOptions {
  /** Lines at most. Default 100. */
  readonly limit?: number;
  readonly fs?: FileSystem;
}

/** Enough to judge the first batch's header and a small file whole. */
const headBytes = 1 << 20;

const kinds = {
  log: 'Kafka log segment',
  index: 'Kafka offset index',
  timeindex: 'Kafka time index',
  txnindex: 'Kafka transaction index',
  snapshot: 'Kafka producer snapshot',
} as const;

/** Kind of a file of which neither name nor bytes tell anything. */
export const unknownFileKind = 'not a file varve knows';

export function inspectFile(path: string, options: InspectOptions = {}): InspectedFile {
  const fs = options.fs ?? nodeFileSystem;
  const limit = options.limit ?? 100;
  const stat = fs.statSync(path);
  if (stat?.kind !== 'file') {
    throw new NotFoundError('IO_NOT_FOUND', 'no such file', { context: { path } });
  }
  const named = classifyFileName(baseName(path));
  const head = readHead(fs, path, stat.size);
  const described = named === undefined ? describe(head, path) : undefined;
  const problems: Problem[] = [];
  const lines: string[] = [];
  let truncated = false;
  if (named !== undefined) {
    const listing = dumpFile(fs, path, { onProblem: (problem) => problems.push(problem) });
    for (const line of listing) {
      truncated = lines.length === limit;
      if (truncated) break;
      lines.push(line);
    }
  }
  return {
    kind: named === undefined ? described!.kind : `${kinds[named.type]}${suffixText(named.suffix)}`,
    size: stat.size,
    lines: named === undefined ? described!.lines.slice(0, limit) : lines,
    truncated: truncated || (described?.lines.length ?? 0) > limit,
    problems,
  };
}

function suffixText(suffix: string): string {
  return suffix === '' ? '' : ` (${suffix.slice(1)})`;
}

/** For files whose name tells nothing. */
function describe(bytes: Uint8Array, path: string): { kind: string; lines: string[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (baseName(path) === partitionMetadataFileName) {
    const { topicId } = decodePartitionMetadata(bytes, path);
    return { kind: 'Kafka partition metadata', lines: [`topic id ${uuidText(topicId)}`] };
  }
  const verdict = verifyBatch(bytes, view, 0, bytes.length, {
    checksum: true,
    verdict: new BatchVerdict(),
  });
  if (verdict.status === 'ok') {
    const lines = [`first batch: ${verdict.size} bytes`, 'name it <base offset>.log to list it'];
    return { kind: 'Kafka record batches', lines };
  }
  if (bytes.length >= 10 && view.getInt16(0) === snapshotVersion && isSnapshot(bytes)) {
    return { kind: 'Kafka producer snapshot', lines: [] };
  }
  const text = new TextDecoder('latin1').decode(bytes);
  if (/^0\n\d+\n/.test(text)) {
    return { kind: 'Kafka checkpoint', lines: text.trimEnd().split('\n').slice(2) };
  }
  return { kind: unknownFileKind, lines: [] };
}

function isSnapshot(bytes: Uint8Array): boolean {
  try {
    decodeProducerSnapshot(bytes);
    return true;
  } catch {
    return false;
  }
}

function readHead(fs: FileSystem, path: string, size: number): Uint8Array {
  const file = fs.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(Math.min(size, headBytes));
    return bytes.subarray(0, file.readSync(bytes, 0, bytes.length, 0));
  } finally {
    file.closeSync();
  }
}
