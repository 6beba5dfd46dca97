/**
 * What a cursor is on disk: its name and its position, as an entry of the metadata store.
 *
 *    key    <scope> "/" <name>   scope: name of the log's directory, or empty in its own store
 *    value  version u8 = 1 | position i64 big-endian | time of the commit i64 big-endian, ms
 *
 * Format doc: docs/formats/log.md, "Cursors".
 */
import {
  CorruptionError,
  InvalidArgumentError,
  readInt64,
  writeInt64,
} from '../../native-free-io/index.ts';

export interface CursorValue {
  /** Offset of the first record that is not consumed. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly committedAtMs: number;
}

/** On disk, never renumber. */
const version = 1;
const positionPosition = 1;
const timePosition = 9;
const valueBytes = 17;

export function encodeCursorValue({ position, committedAtMs }: CursorValue): Uint8Array {
  const bytes = new Uint8Array(valueBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = version;
  writeInt64(view, positionPosition, position);
  writeInt64(view, timePosition, committedAtMs);
  return bytes;
}

/** `path` is told by the error. */
export function decodeCursorValue(bytes: Uint8Array, path: string): CursorValue {
  if (bytes.length !== valueBytes || bytes[0] !== version) {
    throw new CorruptionError('METADATA_CORRUPT', 'an entry is no cursor of version 1', {
      context: { path },
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    position: readInt64(view, positionPosition),
    committedAtMs: readInt64(view, timePosition),
  };
}

const maxNameLength = 249;
const namePattern = /^[a-zA-Z0-9._-]+$/;

export function assertCursorName(name: string): void {
  if (typeof name === 'string' && name.length <= maxNameLength && namePattern.test(name)) return;
  throw new InvalidArgumentError(
    'LOG_NAME_INVALID',
    `'${name}' is no cursor name: 1 to ${maxNameLength} of a-z, A-Z, 0-9, '.', '_' and '-'`,
  );
}

const maxScopeBytes = 255;

/** A scope is a name of a directory, or empty. */
export function assertScope(scope: string): void {
  const fits = !scope.includes('/') && new TextEncoder().encode(scope).length <= maxScopeBytes;
  if (fits) return;
  throw new InvalidArgumentError('LOG_NAME_INVALID', `'${scope}' is no name of a directory`);
}

export function cursorKey(scope: string, name: string): string {
  return `${scope}/${name}`;
}

export function parseCursorKey(text: string): { readonly scope: string; readonly name: string } {
  const at = text.lastIndexOf('/');
  return { scope: text.slice(0, at), name: text.slice(at + 1) };
}
