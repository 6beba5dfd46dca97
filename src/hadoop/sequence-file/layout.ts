/**
 * Constants of SequenceFiles. On disk: never change a value.
 *
 * Format doc: docs/formats/mapreduce.md, "SequenceFile".
 */

/** `SEQ`, before the version byte. */
export const sequenceFileMagic: readonly [number, number, number] = [0x53, 0x45, 0x51];

/** The version written, and the newest read. */
export const sequenceFileVersion = 6;

/** Versions from which a header has the field. */
export const firstVersionWithSync = 2;
export const firstVersionWithCompressedFlag = 3;
export const firstVersionWithBlockFlag = 4;
export const firstVersionWithCodecName = 5;
export const firstVersionWithMetadata = 6;

export const syncMarkerBytes = 16;
/** In place of a record length: a sync marker follows. */
export const syncEscape = -1;
export const syncEscapeBytes = 4;
/** Escape and marker. */
export const syncBytes: number = syncEscapeBytes + syncMarkerBytes;
/** A record's length and its key's length. */
export const recordHeaderBytes = 8;

/** Bytes between two sync markers: 5 KiB times the size of a sync, as Hadoop 3 writes. */
export const defaultSyncInterval: number = 5 * 1024 * syncBytes;
/** Keys and values buffered before a block is written (io.seqfile.compress.blocksize). */
export const defaultBlockBytes = 1_000_000;
