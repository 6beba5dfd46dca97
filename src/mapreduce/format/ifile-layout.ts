/**
 * Constants of IFile segments and spill indexes. On disk: never change a value.
 *
 * Format doc: docs/formats/mapreduce.md, "IFile segment" and "Spill index".
 */

/** In place of both lengths: the segment ends. VInt -1 is the byte ff. */
export const endLength = -1;
export const endByte = 0xff;
/** Both lengths of the end. */
export const endBytes = 2;
export const segmentCrcBytes = 4;
/** Two VInts of 32 bits at most. */
export const longestRecordHeaderBytes = 10;

export const startOffsetPosition = 0;
export const rawLengthPosition = 8;
export const partLengthPosition = 16;
export const indexEntryBytes = 24;
export const indexCrcBytes = 8;
