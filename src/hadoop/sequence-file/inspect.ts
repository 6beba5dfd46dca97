/**
 * Describing a SequenceFile for a person: its header, and its first records in words.
 *
 * What is damaged becomes a problem with its place, not an exception: the rest is still told.
 */
import { CorruptionError, type FileSystem } from '../../../native-free-io/index.ts';
import { hexText, type FileProblem, type InspectedFile } from '../../base/index.ts';
import type { WritableType } from '../writable.ts';
import { writableOfClass } from '../writable-types.ts';
import type { SequenceFileHeader } from './header.ts';
import { sequenceFileMagic } from './layout.ts';
import { SequenceFileReader } from './reader.ts';

/** Bytes and characters shown of a key or a value. */
const shownBytes = 32;
const shownCharacters = 100;

/** Undefined when the file does not begin as a SequenceFile does. */
export function inspectSequenceFile(
  fs: FileSystem,
  path: string,
  limit: number,
): InspectedFile | undefined {
  const size = fs.statSync(path)?.size ?? 0;
  if (!beginsAsOne(fs, path)) return undefined;
  const lines: string[] = [];
  const problems: FileProblem[] = [];
  let truncated = false;
  try {
    using reader = SequenceFileReader.open(fs, path);
    lines.push(...headerLines(reader.header));
    truncated = describeRecords(reader, limit, lines);
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    problems.push({ path, position: error.context.position ?? 0, reason: error.message });
  }
  return { kind: 'Hadoop SequenceFile', size, lines, truncated, problems };
}

function beginsAsOne(fs: FileSystem, path: string): boolean {
  const file = fs.openSync(path, 'read');
  try {
    const start = new Uint8Array(sequenceFileMagic.length);
    const got = file.readSync(start, 0, start.length, 0);
    return got === start.length && sequenceFileMagic.every((byte, at) => byte === start[at]);
  } finally {
    file.closeSync();
  }
}

function headerLines(header: SequenceFileHeader): string[] {
  const codec = header.codecClass === undefined ? '' : `, ${header.codecClass}`;
  return [
    `version ${header.version}`,
    `keys: ${header.keyClass}`,
    `values: ${header.valueClass}`,
    `compression: ${header.compression}${codec}`,
    `sync marker: ${hexText(header.syncMarker)}`,
    ...Array.from(header.metadata, ([key, value]) => `metadata ${key}: ${value}`),
  ];
}

/** True when there is more than `limit`. */
function describeRecords(reader: SequenceFileReader, limit: number, lines: string[]): boolean {
  const key = typeOf(reader.header.keyClass);
  const value = typeOf(reader.header.valueClass);
  for (let shown = 0; reader.next(); shown += 1) {
    if (shown === limit) return true;
    lines.push(`${partText(key, reader.key)}\t${partText(value, reader.value)}`);
  }
  return false;
}

/** Undefined for a class of the file's owner. */
function typeOf(className: string): WritableType | undefined {
  try {
    return writableOfClass(className);
  } catch {
    return undefined;
  }
}

function partText(type: WritableType | undefined, bytes: Uint8Array): string {
  if (type !== undefined) {
    const text = type.text(bytes, 0, bytes.length);
    return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  }
  const more = bytes.length > shownBytes ? `… ${bytes.length} bytes` : '';
  return `${hexText(bytes.subarray(0, shownBytes))}${more}`;
}
