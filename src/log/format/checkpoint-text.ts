/**
 * Text checkpoints: a version line "0", a count line, then one line per entry with fields separated
 * by single spaces, each line ended by a newline. An empty file holds no entries.
 *
 * Format doc: docs/formats/log.md, "Checkpoint files".
 */
import { CorruptionError } from '../../../native-free-io/index.ts';

const version = '0';

export interface LeaderEpochLine {
  readonly epoch: number;
  readonly startOffset: number;
}

/** One line of an offset checkpoint in a log root. */
export interface OffsetLine {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export function encodeLeaderEpochs(entries: readonly LeaderEpochLine[]): Uint8Array {
  return encode(entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}

/** LOG_CORRUPT_CHECKPOINT on any deviation. */
export function decodeLeaderEpochs(bytes: Uint8Array, path: string): LeaderEpochLine[] {
  return decode(bytes, path).map(({ fields, position }) => {
    if (fields.length !== 2) throw malformed('expected EPOCH START-OFFSET', path, position);
    return {
      epoch: integer(fields[0]!, path, position),
      startOffset: integer(fields[1]!, path, position),
    };
  });
}

export function encodeOffsets(entries: readonly OffsetLine[]): Uint8Array {
  return encode(entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));
}

/** LOG_CORRUPT_CHECKPOINT on any deviation. */
export function decodeOffsets(bytes: Uint8Array, path: string): OffsetLine[] {
  return decode(bytes, path).map(({ fields, position }) => {
    if (fields.length !== 3) throw malformed('expected TOPIC PARTITION OFFSET', path, position);
    return {
      topic: fields[0]!,
      partition: integer(fields[1]!, path, position),
      offset: integer(fields[2]!, path, position),
    };
  });
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode([version, String(lines.length), ...lines, ''].join('\n'));
}

interface Line {
  readonly fields: string[];
  /** Byte at which the line begins; characters and bytes agree, since valid files are ASCII. */
  readonly position: number;
}

function decode(bytes: Uint8Array, path: string): Line[] {
  if (bytes.length === 0) return [];
  const text = new TextDecoder('latin1').decode(bytes);
  const lines: Line[] = [];
  let position = 0;
  for (const raw of text.split('\n')) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    lines.push({ fields: line === '' ? [] : line.split(/[ \t]+/), position });
    position += raw.length + 1;
  }
  if (lines.at(-1)!.fields.length === 0) lines.pop();
  const [versionLine, countLine, ...entries] = lines;
  const stated = versionLine?.fields ?? [];
  if (stated.length !== 1 || stated[0] !== version) {
    throw malformed(`version '${stated.join(' ')}', known is ${version}`, path, 0);
  }
  const count = countLine?.fields ?? [];
  const at = countLine?.position ?? text.length;
  if (count.length !== 1) throw malformed('the entry count is missing', path, at);
  if (integer(count[0]!, path, at) !== entries.length) {
    throw malformed(`${count[0]} entries stated, ${entries.length} found`, path, at);
  }
  return entries;
}

function integer(text: string, path: string, position: number): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw malformed(`'${text}' is no integer`, path, position);
}

function malformed(reason: string, path: string, position: number): CorruptionError {
  return new CorruptionError('LOG_CORRUPT_CHECKPOINT', reason, { context: { path, position } });
}
