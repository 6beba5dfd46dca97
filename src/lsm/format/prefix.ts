/**
 * Encoding PREFIX: keys without the bytes they have in common with the key before.
 *
 *    { key length less common | value length | common | rest of the key | value }…
 *
 * All three varints. Common is counted over the whole key, timestamp and type too where the
 * qualifiers are equal.
 * Upstream: apache/hbase: hbase-common/.../encoding/PrefixKeyDeltaEncoder.java (Apache-2.0); format
 * kept, code our own. Format doc: docs/formats/lsm.md, "Encodings".
 */
import { CellDecoder } from './encoded-cells.ts';
import { BlockEncoder, type EncodableCell } from './encoded-writer.ts';
import { commonPrefix } from './key-prefix.ts';
import { timestampTypeBytes } from './kv-layout.ts';
import { EncodingId } from './layout.ts';
import type { PlainCells } from './plain-cells.ts';

export function encodePrefix(plain: PlainCells): Uint8Array {
  const encoder = new BlockEncoder(plain, EncodingId.prefix);
  encoder.writeTotal();
  for (;;) {
    const before = encoder.previous;
    const cell = encoder.next();
    if (cell === undefined) return encoder.finish();
    const { key, keyLength, valueLength } = cell;
    const common = before === undefined ? 0 : commonOf(plain.bytes, before, cell);
    encoder.room(keyLength + valueLength + 16);
    encoder.writeInteger(keyLength - common);
    encoder.writeInteger(valueLength);
    encoder.writeInteger(common);
    encoder.copy(key + common, keyLength - common + valueLength);
    encoder.endCell(cell);
  }
}

function commonOf(bytes: Uint8Array, before: EncodableCell, cell: EncodableCell): number {
  const common = commonPrefix(
    bytes,
    { position: before.key, length: before.keyLength },
    { position: cell.key, length: cell.keyLength },
  );
  const columnEnd = cell.keyLength - timestampTypeBytes;
  if (common < columnEnd || before.keyLength !== cell.keyLength) return common;
  let same = common;
  while (same < cell.keyLength && bytes[before.key + same] === bytes[cell.key + same]) same++;
  return same;
}

export function decodePrefix(content: PlainCells, tagsCompressed: boolean): PlainCells {
  const decoder = new CellDecoder(content, tagsCompressed);
  while (!decoder.isDone) {
    const rest = decoder.readInteger();
    const valueLength = decoder.readInteger();
    const common = decoder.readInteger();
    if (common > Math.max(0, decoder.keyPosition < 0 ? 0 : decoder.keyLength)) {
      throw decoder.wrong(`takes ${common} bytes of a shorter key`);
    }
    const keyLength = common + rest;
    const key = decoder.begin(keyLength, valueLength);
    decoder.repeat(decoder.keyPosition, key, common);
    decoder.copyIn(key + common, rest + valueLength);
    decoder.end(key, keyLength, valueLength);
  }
  return decoder.finish();
}
