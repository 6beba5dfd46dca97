/**
 * The LMDB file under a metadata store or table: made whole, judged before it is mapped, entries
 * with their checksums.
 *
 *    entry in LMDB:  key  = UTF-8 of the key
 *                    value = crc u32 big-endian | payload    crc = CRC-32C of key and payload
 *
 * Invariants: M2 a new file has its name only once it is whole; M3 no file reaches LMDB before
 * `findLmdbDamage` passed it.
 */
import {
  CorruptionError,
  crc32c,
  InvalidArgumentError,
  parentPath,
  type FileSystem,
} from '../../native-free-io/index.ts';
import { invariant } from '../base/index.ts';
import { findLmdbDamage } from './lmdb-check.ts';
import { LmdbFile, type LmdbChange } from './lmdb-library.ts';

/** Longest key and value: a page of LMDB holds two entries at least. */
export const maxKeyBytes = 512;
export const maxValueBytes = 1024;
const crcBytes = 4;

/** Opens the file, or makes it; its owner holds a lock. */
export async function openMetadataFile(fs: FileSystem, path: string): Promise<LmdbFile> {
  assertOnDisk(fs, path);
  if (fs.statSync(path) === undefined) await makeFile(fs, path);
  else assertSound(fs, path);
  return LmdbFile.open(path);
}

/** LMDB writes by itself, past any `FileSystem`. */
export function assertOnDisk(fs: FileSystem, path: string): void {
  if (fs.name === 'node') return;
  throw new InvalidArgumentError(
    'METADATA_NEEDS_DISK',
    `metadata cannot be kept on the file system '${fs.name}', only on the disk`,
    { context: { path } },
  );
}

export function encodeKey(key: string): Uint8Array {
  const bytes = Buffer.from(key);
  invariant(bytes.length > 0 && bytes.length <= maxKeyBytes, 'a metadata key of wrong length');
  return bytes;
}

export function encodeChange(key: string, payload: Uint8Array | undefined): LmdbChange {
  const keyBytes = encodeKey(key);
  if (payload === undefined) return { key: keyBytes, value: undefined };
  invariant(payload.length <= maxValueBytes, 'a metadata value is too long');
  const value = new Uint8Array(crcBytes + payload.length);
  value.set(payload, crcBytes);
  new DataView(value.buffer).setUint32(0, checksum(keyBytes, value));
  return { key: keyBytes, value };
}

/** The payload, a view; METADATA_CORRUPT when it is not what was put under the key. */
export function payloadOf(path: string, key: Uint8Array, value: Uint8Array): Uint8Array {
  // Without a DataView: making one costs as much as the rest of this.
  const high = ((value[0] ?? 0) << 8) | (value[1] ?? 0);
  const low = ((value[2] ?? 0) << 8) | (value[3] ?? 0);
  const stored = high * 0x10000 + low;
  if (value.length < crcBytes || stored !== checksum(key, value)) {
    throw corrupt(path, 'checksum of an entry', undefined);
  }
  return value.subarray(crcBytes);
}

/** Of the key and of what follows the checksum's own place in the value. */
function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32c(value, crcBytes, value.length, crc32c(key, 0, key.length));
}

/** Under another name first: a crash on the way leaves no half of a store. */
async function makeFile(fs: FileSystem, path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const remains = [temporary, `${temporary}-lock`];
  for (const each of remains) removeIfThere(fs, each);
  await (await LmdbFile.open(temporary)).close();
  const file = fs.openSync(temporary, 'write');
  try {
    file.syncSync();
  } finally {
    file.closeSync();
  }
  fs.renameSync(temporary, path);
  fs.syncDirectorySync(parentPath(path));
  for (const each of remains) removeIfThere(fs, each);
}

export function removeIfThere(fs: FileSystem, path: string): void {
  if (fs.statSync(path) !== undefined) fs.removeFileSync(path);
}

function assertSound(fs: FileSystem, path: string): void {
  const file = fs.openSync(path, 'read');
  try {
    const damage = findLmdbDamage(file);
    if (damage !== undefined) throw corrupt(path, damage.reason, damage.position);
  } finally {
    file.closeSync();
  }
}

function corrupt(path: string, reason: string, position: number | undefined): CorruptionError {
  return new CorruptionError('METADATA_CORRUPT', `the metadata store is damaged: ${reason}`, {
    context: { path, ...(position === undefined ? {} : { position }) },
  });
}
