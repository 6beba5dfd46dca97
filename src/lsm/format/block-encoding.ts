/**
 * Encodings of data blocks: whole blocks to and from the layout without encoding.
 *
 *    ENCODED_DATA body: encoding id i16 | what the encoding makes of the cells
 *
 * Format doc: docs/formats/lsm.md, "Encodings".
 */
import { corruptFile, decoding, unsupported } from './damage.ts';
import { decodeDiff, encodeDiff } from './diff.ts';
import { decodeFastDiff, encodeFastDiff } from './fast-diff.ts';
import { EncodingId, encodingIdBytes } from './layout.ts';
import type { CellParts, PlainCells } from './plain-cells.ts';
import { decodePrefix, encodePrefix } from './prefix.ts';
import { decodeRowIndex, encodeRowIndex } from './row-index.ts';

export const encodingNames = ['NONE', 'PREFIX', 'DIFF', 'FAST_DIFF', 'ROW_INDEX_V1'] as const;
export type EncodingName = (typeof encodingNames)[number];

const encoders: Readonly<Record<Exclude<EncodingName, 'NONE'>, (plain: PlainCells) => Uint8Array>> =
  {
    PREFIX: encodePrefix,
    DIFF: encodeDiff,
    FAST_DIFF: encodeFastDiff,
    ROW_INDEX_V1: encodeRowIndex,
  };

/** The body of an ENCODED_DATA block with the cells bytes[0..length), laid out plainly. */
export function encodeDataBlock(
  encoding: Exclude<EncodingName, 'NONE'>,
  bytes: Uint8Array,
  length: number,
  parts: CellParts,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return encoders[encoding]({ bytes, view, start: 0, end: length, parts, context: {} });
}

/**
 * The cells of an ENCODED_DATA body, laid out plainly: a region of its bytes or of new ones.
 * `tagsCompressed` as the file says of its tags.
 */
export function decodeDataBlock(body: PlainCells, tagsCompressed: boolean): PlainCells {
  const { view, start, end, context } = body;
  if (end - start < encodingIdBytes) {
    throw corruptFile('an encoded block without encoding', context);
  }
  const id = view.getInt16(start);
  const content = { ...body, start: start + encodingIdBytes };
  return decoding(context, `encoding ${id}`, () => {
    if (id === EncodingId.rowIndexV1) return decodeRowIndex(content);
    if (id === EncodingId.fastDiff) return decodeFastDiff(content, tagsCompressed);
    if (id === EncodingId.diff) return decodeDiff(content, tagsCompressed);
    if (id === EncodingId.prefix) return decodePrefix(content, tagsCompressed);
    throw unsupported(`data block encoding ${id}`, context);
  });
}
