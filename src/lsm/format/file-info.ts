/**
 * FILE_INFO: what a file says about itself, a map from names to bytes.
 *
 *    'PBUF' | length varint | { 1: { 1: name, 2: value } }…      sorted by name
 *    count i32 | { name byte array | class i8 | value byte array }…     before minor version 2
 *
 * A byte array is a VInt length and bytes. Integers among the values are big-endian; booleans one
 * byte, ff or 00, any other than 00 true.
 * Format doc: docs/formats/lsm.md, "FILE_INFO".
 */
import { ByteReader, compareBytes, readInt64 } from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import { protobufMagic, protobufMagicBytes } from './layout.ts';

const latin = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
const latinBytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export class FileInfo {
  /** By name; names are bytes, here one letter a byte. */
  readonly entries: Map<string, Uint8Array> = new Map();

  get(name: string): Uint8Array | undefined {
    return this.entries.get(name);
  }
  set(name: string, value: Uint8Array): void {
    this.entries.set(name, value);
  }
  setText(name: string, value: string): void {
    this.entries.set(name, new TextEncoder().encode(value));
  }
  setInt32(name: string, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value);
    this.entries.set(name, bytes);
  }
  setInt64(name: string, value: bigint | number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
    this.entries.set(name, bytes);
  }
  setBoolean(name: string, value: boolean): void {
    this.entries.set(name, Uint8Array.of(value ? 0xff : 0));
  }

  getText(name: string): string | undefined {
    const bytes = this.entries.get(name);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }
  getBoolean(name: string): boolean | undefined {
    const bytes = this.entries.get(name);
    return bytes?.[0] === undefined ? undefined : bytes[0] !== 0;
  }
  /** Undefined when absent or not of four bytes. */
  getInt32(name: string): number | undefined {
    const bytes = this.entries.get(name);
    return bytes?.length === 4 ? viewOf(bytes).getInt32(0) : undefined;
  }
  /** Undefined when absent or not of eight bytes; BUFFER_NUMBER_RANGE when not a safe integer. */
  getInt64(name: string): number | undefined {
    const bytes = this.entries.get(name);
    return bytes?.length === 8 ? readInt64(viewOf(bytes), 0) : undefined;
  }

  encode(): Uint8Array {
    const message = new ProtobufWriter();
    const pairs = [...this.entries].map(([name, value]) => ({ name: latinBytes(name), value }));
    pairs.sort((a, b) => compareBytes(a.name, 0, a.name.length, b.name, 0, b.name.length));
    for (const { name, value } of pairs) {
      message.writeMessage(1, new ProtobufWriter().writeBytes(1, name).writeBytes(2, value));
    }
    const body = message.delimited();
    const bytes = new Uint8Array(protobufMagicBytes + body.length);
    bytes.set(latinBytes(protobufMagic));
    bytes.set(body, protobufMagicBytes);
    return bytes;
  }

  /** Either form. Throws CorruptionError of the buffer, without a path. */
  static decode(bytes: Uint8Array): FileInfo {
    const info = new FileInfo();
    if (latin(bytes.subarray(0, protobufMagicBytes)) === protobufMagic) decodeMessage(info, bytes);
    else decodeLegacy(info, bytes);
    return info;
  }
}

function decodeMessage(info: FileInfo, bytes: Uint8Array): void {
  const message = ProtobufReader.delimited(bytes, protobufMagicBytes, bytes.length);
  while (message.next()) {
    if (message.field !== 1) {
      message.skip();
      continue;
    }
    const pair = message.readMessage();
    let name = '';
    let value: Uint8Array = new Uint8Array(0);
    while (pair.next()) {
      if (pair.field === 1) name = latin(pair.readView());
      else if (pair.field === 2) value = pair.readCopy();
      else pair.skip();
    }
    info.entries.set(name, value);
  }
}

function decodeLegacy(info: FileInfo, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  const count = reader.readInt32();
  for (let i = 0; i < count; i++) {
    const name = latin(reader.readView(reader.readHadoopVInt()));
    reader.skip(1);
    info.entries.set(name, reader.readCopy(reader.readHadoopVInt()));
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
