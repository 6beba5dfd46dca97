/**
 * The trailer: the last 4096 bytes of a file (212 in version 2), from which everything is found.
 *
 *    magic 8 | length varint | protobuf | zeros | version word i32: minor << 24 | major
 *    magic 8 | fixed fields | comparator name, 128 bytes | zeros | version word   minor below 2
 *
 * Upstream: apache/hbase: hbase-server/.../FixedFileTrailer.java (Apache-2.0); code our own.
 * Format doc: docs/formats/lsm.md, "Trailer".
 */
import { readInt64 } from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import { corruptFile, decoding, unsupported } from './damage.ts';
import {
  legacyComparatorBytes,
  legacyTrailerFieldsBytes,
  majorVersion,
  minorVersion,
  minorWithProtobuf,
  trailerBytesV2,
  trailerBytesV3,
  trailerMagic,
  trailerMagicBytes,
  versionWordBytes,
} from './layout.ts';

export interface Trailer {
  readonly major: number;
  readonly minor: number;
  readonly fileInfoPosition: number;
  /** Of the data ROOT_INDEX: what is read at opening begins here. */
  readonly loadOnOpenPosition: number;
  readonly uncompressedIndexBytes: number;
  readonly totalUncompressedBytes: number;
  /** Entries of the two ROOT_INDEX blocks. */
  readonly dataIndexCount: number;
  readonly metaIndexCount: number;
  /** Cells. */
  readonly entryCount: number;
  readonly indexLevels: number;
  /** -1 in a file without cells. */
  readonly firstDataBlockPosition: number;
  readonly lastDataBlockPosition: number;
  readonly comparatorName: string;
  /** A `CompressionId`. */
  readonly compression: number;
  /** Present when the blocks are encrypted. */
  readonly encryptionKey: Uint8Array | undefined;
}

/** Bytes of the trailer of a file of that major version; undefined if there is no such version. */
export function trailerBytesOf(major: number): number | undefined {
  if (major === 3) return trailerBytesV3;
  return major === 2 ? trailerBytesV2 : undefined;
}

/** The 4096 bytes. */
export function encodeTrailer(trailer: Omit<Trailer, 'major' | 'minor'>): Uint8Array {
  const bytes = new Uint8Array(trailerBytesV3);
  for (let i = 0; i < trailerMagicBytes; i++) bytes[i] = trailerMagic.charCodeAt(i);
  const message = new ProtobufWriter()
    .writeInteger(1, trailer.fileInfoPosition)
    .writeInteger(2, trailer.loadOnOpenPosition)
    .writeInteger(3, trailer.uncompressedIndexBytes)
    .writeInteger(4, trailer.totalUncompressedBytes)
    .writeInteger(5, trailer.dataIndexCount)
    .writeInteger(6, trailer.metaIndexCount)
    .writeInteger(7, trailer.entryCount)
    .writeInteger(8, trailer.indexLevels)
    .writeInteger(9, trailer.firstDataBlockPosition)
    .writeInteger(10, trailer.lastDataBlockPosition)
    .writeString(11, trailer.comparatorName)
    .writeInteger(12, trailer.compression);
  bytes.set(message.delimited(), trailerMagicBytes);
  const word = (minorVersion << 24) | majorVersion;
  new DataView(bytes.buffer).setInt32(bytes.length - versionWordBytes, word);
  return bytes;
}

/** Judges the version word: LSM_UNSUPPORTED for versions nobody should guess at. */
export function checkVersion(word: number, path: string, fileBytes: number): void {
  const major = word & 0xff_ffff;
  const minor = word >>> 24;
  const context = { path, position: fileBytes - versionWordBytes };
  if (trailerBytesOf(major) === undefined) {
    if (major === 1 || major === 4) throw unsupported(`HFile version ${major}`, context);
    throw corruptFile(`no HFile version: ${major}`, context);
  }
  if (minor > minorVersion) throw unsupported(`HFile version ${major}.${minor}`, context);
}

/** The trailer from its bytes; `position` is where they stand in the file. */
export function decodeTrailer(bytes: Uint8Array, path: string, position: number): Trailer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < trailerMagicBytes; i++) {
    if (bytes[i] !== trailerMagic.charCodeAt(i)) {
      throw corruptFile('no trailer where the version word says', { path, position });
    }
  }
  const word = view.getUint32(bytes.length - versionWordBytes);
  const version = { major: word & 0xff_ffff, minor: word >>> 24 };
  const trailer = decoding({ path, position }, 'trailer', () =>
    version.minor >= minorWithProtobuf
      ? decodeMessage(bytes, version)
      : decodeLegacy(bytes, view, version),
  );
  judge(trailer, path, position);
  return trailer;
}

type Fields = { -readonly [K in keyof Trailer]: Trailer[K] };
type Version = Pick<Trailer, 'major' | 'minor'>;

/** Numbers of the message's integer fields. */
const integerFields: Readonly<Record<number, keyof Fields>> = {
  1: 'fileInfoPosition',
  2: 'loadOnOpenPosition',
  3: 'uncompressedIndexBytes',
  4: 'totalUncompressedBytes',
  5: 'dataIndexCount',
  6: 'metaIndexCount',
  7: 'entryCount',
  8: 'indexLevels',
  9: 'firstDataBlockPosition',
  10: 'lastDataBlockPosition',
  12: 'compression',
};

function decodeMessage(bytes: Uint8Array, version: Version): Trailer {
  const message = ProtobufReader.delimited(
    bytes,
    trailerMagicBytes,
    bytes.length - versionWordBytes,
  );
  const fields: Fields = blank(version);
  while (message.next()) {
    const integer = integerFields[message.field];
    if (integer !== undefined) Object.assign(fields, { [integer]: message.readInteger() });
    else if (message.field === 11) fields.comparatorName = message.readString();
    else if (message.field === 13) fields.encryptionKey = message.readCopy();
    else message.skip();
  }
  return fields;
}

function decodeLegacy(bytes: Uint8Array, view: DataView, version: Version): Trailer {
  const at = trailerMagicBytes;
  const nameAt = at + legacyTrailerFieldsBytes;
  const name = new TextDecoder('latin1').decode(
    bytes.subarray(nameAt, nameAt + legacyComparatorBytes),
  );
  return {
    ...version,
    fileInfoPosition: readInt64(view, at),
    loadOnOpenPosition: readInt64(view, at + 8),
    dataIndexCount: view.getInt32(at + 16),
    uncompressedIndexBytes: readInt64(view, at + 20),
    metaIndexCount: view.getInt32(at + 28),
    totalUncompressedBytes: readInt64(view, at + 32),
    entryCount: readInt64(view, at + 40),
    compression: view.getInt32(at + 48),
    indexLevels: view.getInt32(at + 52),
    firstDataBlockPosition: readInt64(view, at + 56),
    lastDataBlockPosition: readInt64(view, at + 64),
    comparatorName: name.replace(/\0+$/, ''),
    encryptionKey: undefined,
  };
}

function blank(version: Version): Fields {
  return {
    ...version,
    fileInfoPosition: 0,
    loadOnOpenPosition: 0,
    uncompressedIndexBytes: 0,
    totalUncompressedBytes: 0,
    dataIndexCount: 0,
    metaIndexCount: 0,
    entryCount: 0,
    indexLevels: 1,
    firstDataBlockPosition: -1,
    lastDataBlockPosition: -1,
    comparatorName: '',
    compression: 2,
    encryptionKey: undefined,
  };
}

const mostIndexLevels = 16;

function judge(trailer: Trailer, path: string, position: number): void {
  const { loadOnOpenPosition, fileInfoPosition, indexLevels } = trailer;
  const wrong = (what: string): Error => corruptFile(`trailer: ${what}`, { path, position });
  if (!(loadOnOpenPosition >= 0 && loadOnOpenPosition < position)) {
    throw wrong(`what is read at opening begins at ${loadOnOpenPosition}`);
  }
  if (!(fileInfoPosition > loadOnOpenPosition && fileInfoPosition < position)) {
    throw wrong(`FILE_INFO at ${fileInfoPosition}`);
  }
  for (const name of ['dataIndexCount', 'metaIndexCount', 'entryCount'] as const) {
    if (trailer[name] < 0) throw wrong(`${name} is ${trailer[name]}`);
  }
  if (indexLevels < 1 || indexLevels > mostIndexLevels) throw wrong(`${indexLevels} index levels`);
  for (const name of ['firstDataBlockPosition', 'lastDataBlockPosition'] as const) {
    const at = trailer[name];
    if (at < -1 || at >= loadOnOpenPosition) throw wrong(`${name} is ${at}`);
  }
}
