/**
 * Encodings of data blocks: whole blocks to and from the layout without encoding.
 *
 *    ENCODED_DATA body: encoding id i16 | what the encoding makes of the cells
 *
 * Format doc: docs/formats/lsm.md, "Encodings".
 */
import { corruptFile, decoding, unsupported } from './damage.ts';
import { EncodingId, encodingIdBytes } from './layout.ts';
import type { CellParts, PlainCells } from './plain-cells.ts';
import { decodeRowIndex, encodeRowIndex } from './row-index.ts';

export const encodingNames = ['NONE', 'PREFIX', 'DIFF', 'FAST_DIFF', 'ROW_INDEX_V1'] as const;
export type EncodingName = (typeof encodingNames)[number];

/** The body of an ENCODED_DATA block with the cells bytes[0..length), laid out plainly. */
export function encodeDataBlock(
  encoding: Exclude<EncodingName, 'NONE'>,
  bytes: Uint8Array,
  length: number,
  parts: CellParts,
): Uint8Array {
  if (encoding !== 'ROW_INDEX_V1') throw unsupported(`writing encoding ${encoding}`, {});
  return encodeRowIndex(bytes, length, parts);
}

/** The cells of an ENCODED_DATA body, laid out plainly: a region of its bytes or of new ones. */
export function decodeDataBlock(body: PlainCells): PlainCells {
  const { view, start, end, context } = body;
  if (end - start < encodingIdBytes)
    throw corruptFile('an encoded block without encoding', context);
  const id = view.getInt16(start);
  const content = { ...body, start: start + encodingIdBytes };
  return decoding(context, `encoding ${id}`, () => {
    if (id === EncodingId.rowIndexV1) return decodeRowIndex(content);
    throw unsupported(`data block encoding ${id}`, context);
  });
}
