/**
 * Beginning of a write-ahead log: how the entries behind it are to be read.
 *
 *    'PWAL' | length varint | WALHeader
 */
import { CorruptionError, type ErrorContext } from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import { corruptWal, unsupported } from './damage.ts';
import {
  walCellCodecClass,
  WalHeaderField,
  walMagic,
  walMagicBytes,
  walWriterClass,
  walWriterClasses,
} from './wal-layout.ts';

export interface WalHeader {
  /** Names, rows, families and qualifiers go through dictionaries. */
  readonly hasCompression: boolean;
  readonly hasTagCompression: boolean;
  readonly hasValueCompression: boolean;
  readonly valueCompression: number;
  /** Ours: entries check themselves. */
  readonly isSelfChecking: boolean;
  readonly writerClass: string;
  readonly cellCodecClass: string;
  /** Where the first entry begins. */
  readonly end: number;
}

/** Magic and header of a log as we write it: nothing compressed, entries check themselves. */
export function encodeWalHeader(): Uint8Array {
  const message = new ProtobufWriter()
    .writeBoolean(WalHeaderField.hasCompression, false)
    .writeBoolean(WalHeaderField.hasTagCompression, false)
    .writeString(WalHeaderField.writerClass, walWriterClass)
    .writeString(WalHeaderField.cellCodecClass, walCellCodecClass)
    .writeBoolean(WalHeaderField.hasValueCompression, false)
    .writeBoolean(WalHeaderField.selfChecking, true)
    .delimited();
  const bytes = new Uint8Array(walMagicBytes + message.length);
  for (let i = 0; i < walMagicBytes; i++) bytes[i] = walMagic.charCodeAt(i);
  bytes.set(message, walMagicBytes);
  return bytes;
}

/**
 * The header at the front of `bytes`, which hold the log's beginning, or all of it when it is
 * shorter. Undefined when the log ends inside: whoever began it had not come further.
 */
export function decodeWalHeader(bytes: Uint8Array, path: string): WalHeader | undefined {
  const context = { path, position: 0 };
  for (let i = 0; i < walMagicBytes; i++) {
    if (i >= bytes.length) return undefined;
    if (bytes[i] !== walMagic.charCodeAt(i)) {
      // What a crash left of a new file may be zeros only.
      if (bytes.every((byte) => byte === 0)) return undefined;
      throw corruptWal('no write-ahead log: it does not begin with PWAL', context);
    }
  }
  let message: ProtobufReader;
  try {
    message = ProtobufReader.delimited(bytes, walMagicBytes, bytes.length);
  } catch (error) {
    if (error instanceof CorruptionError) return undefined;
    throw error;
  }
  return readHeader(message, context);
}

function readHeader(message: ProtobufReader, context: ErrorContext): WalHeader | undefined {
  const header = {
    hasCompression: false,
    hasTagCompression: false,
    hasValueCompression: false,
    valueCompression: -1,
    isSelfChecking: false,
    writerClass: '',
    cellCodecClass: '',
    end: message.end,
  };
  try {
    while (message.next()) {
      const { field } = message;
      if (field === WalHeaderField.hasCompression) header.hasCompression = message.readBoolean();
      else if (field === WalHeaderField.hasTagCompression) {
        header.hasTagCompression = message.readBoolean();
      } else if (field === WalHeaderField.hasValueCompression) {
        header.hasValueCompression = message.readBoolean();
      } else if (field === WalHeaderField.valueCompression) {
        header.valueCompression = message.readInteger();
      } else if (field === WalHeaderField.writerClass) header.writerClass = message.readString();
      else if (field === WalHeaderField.cellCodecClass) {
        header.cellCodecClass = message.readString();
      } else if (field === WalHeaderField.selfChecking) {
        header.isSelfChecking = message.readBoolean();
      } else if (field === WalHeaderField.encryptionKey) {
        throw unsupported('an encrypted log', context);
      } else message.skip();
    }
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    throw corruptWal(`header: ${error.message}`, context, error);
  }
  // A header of zeros is what a crash leaves where nothing was written yet.
  if (header.writerClass === '' && header.end === walMagicBytes + 1) return undefined;
  if (header.writerClass !== '' && !walWriterClasses.includes(header.writerClass)) {
    throw unsupported(`a log of ${header.writerClass}`, context);
  }
  return header;
}
