/**
 * Every byte position of the block store's formats. On disk for ever: never renumber.
 *
 * Each field position is the previous position plus the previous length; the block at the end holds
 * the totals against the values upstream states. All integers are big-endian, except inside the
 * protobuf header of a packet.
 *
 * Upstream:   apache/hadoop: hadoop-hdfs/.../datanode/BlockMetadataHeader.java,
 *             hadoop-hdfs-client/.../datatransfer/PacketHeader.java.
 * Format doc: docs/formats/blocks.md, held against this room by a house test.
 */

// Sidecar (`blk_<id>_<generation stamp>.meta`).
export const metaVersionPosition = 0;
export const metaChecksumTypePosition: number = metaVersionPosition + 2;
export const metaChunkBytesPosition: number = metaChecksumTypePosition + 1;
export const metaSumsPosition: number = metaChunkBytesPosition + 4;
/** Bytes of the header; one sum per chunk follows. */
export const metaHeaderBytes: number = metaSumsPosition;
export const metaVersion = 1;
/** Bytes of one sum. */
export const sumBytes = 4;

/** Persisted numbers of the checksum types. */
export const checksumTypeNumber = { none: 0, crc32: 1, crc32c: 2 } as const;

/** Guard of a partial last chunk: two slots, written in turn, the newer sound one counts. */
export const guardMagicPosition = 0;
export const guardSequencePosition: number = guardMagicPosition + 4;
export const guardBlockIdPosition: number = guardSequencePosition + 4;
export const guardGenerationStampPosition: number = guardBlockIdPosition + 8;
export const guardLengthPosition: number = guardGenerationStampPosition + 8;
export const guardSumPosition: number = guardLengthPosition + 8;
export const guardCrcPosition: number = guardSumPosition + 4;
export const guardSlotBytes: number = guardCrcPosition + 4;
/** Distance of the slots: a torn write of one leaves the sector of the other alone. */
export const guardSlotDistance = 512;
export const guardMagic = 0x76726764;

// Packet of a block transfer.
export const packetLengthPosition = 0;
export const packetHeaderLengthPosition: number = packetLengthPosition + 4;
export const packetHeaderPosition: number = packetHeaderLengthPosition + 2;
/** Length of the protobuf header without the flag for syncing. */
export const packetHeaderBytes = 25;

// Journal of a pack: a header, then groups of entries.
export const journalMagicPosition = 0;
export const journalVersionPosition: number = journalMagicPosition + 4;
export const journalIdPosition: number = journalVersionPosition + 4;
export const journalCrcPosition: number = journalIdPosition + 8;
export const journalHeaderBytes: number = journalCrcPosition + 4;
export const journalMagic = 0x7672706b;
export const journalVersion = 1;

export const groupMagicPosition = 0;
export const groupLengthPosition: number = groupMagicPosition + 4;
export const groupCrcPosition: number = groupLengthPosition + 4;
export const groupEntriesPosition: number = groupCrcPosition + 4;
export const groupHeaderBytes: number = groupEntriesPosition;
export const groupMagic = 0x76727067;

export const entryKindPosition = 0;
export const entryKeyLengthPosition: number = entryKindPosition + 1;
export const entryDataPosition: number = entryKeyLengthPosition + 2;
export const entryLengthPosition: number = entryDataPosition + 8;
export const entryCrcPosition: number = entryLengthPosition + 4;
export const entryKeyPosition: number = entryCrcPosition + 4;
export const entryHeaderBytes: number = entryKeyPosition;
/** Persisted numbers of what an entry says. */
export const entryKindNumber = { put: 1, removed: 2 } as const;

const totals: readonly (readonly [string, number, number])[] = [
  ['sidecar header', metaHeaderBytes, 7],
  ['guard slot', guardSlotBytes, 40],
  ['packet prefix', packetHeaderPosition, 6],
  ['journal header', journalHeaderBytes, 20],
  ['journal group header', groupHeaderBytes, 12],
  ['journal entry without key', entryHeaderBytes, 19],
];
for (const [name, actual, stated] of totals) {
  if (actual !== stated) throw new Error(`layout: ${name} is ${actual} bytes, not ${stated}`);
}
