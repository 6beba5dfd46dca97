/**
 * Where the fields of an LMDB file lie, version 2 of its data, as lmdb 3.x of npm writes it on
 * 64-bit little-endian systems. Positions are bytes; the sizes are those of C's structures.
 *
 * Only read: the file is written by LMDB alone.
 *
 * Upstream: LMDB, liblmdb/mdb.c (OpenLDAP Public License), as it stands in the npm package lmdb
 *           3.5.6; layout only, code our own.
 */

/** Given at creation, whatever the system's pages: files move between machines. */
export const pageBytes = 4096;

/** Every page: number u64, transaction u64, pad u16, flags u16, then lower and upper u16. */
export const pageHeaderBytes = 24;
export const pageFlagsPosition = 18;
export const pageLowerPosition = 20;
export const pageUpperPosition = 22;
/** Of an overflow page, instead of lower and upper: pages in a row, u32. */
export const overflowCountPosition = 20;
export const pageFlags = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;

/** Pages 0 and 1 are meta pages; after the header: */
export const metaMagicPosition = 24;
export const metaVersionPosition = 28;
export const metaFreeTreePosition = 48;
export const metaMainTreePosition = 96;
export const metaLastPagePosition = 144;
export const metaTransactionPosition = 152;
export const metaMagic = 0xbeefc0de;
export const dataVersion = 2;

/** Description of a tree; in the free tree the first field holds the page size. */
export const treePadPosition = 0;
export const treeFlagsPosition = 4;
export const treeDepthPosition = 6;
export const treeBranchPagesPosition = 8;
export const treeLeafPagesPosition = 16;
export const treeOverflowPagesPosition = 24;
export const treeEntriesPosition = 32;
export const treeRootPosition = 40;
/** The low byte of the free tree's flags: keys are integers. The rest are flags of the opening. */
export const freeTreeFlags = 0x08;

/** After the header of a page: pointers u16 to its nodes; a node: size or page u32, then: */
export const nodeHeaderBytes = 8;
export const nodeFlagsPosition = 4;
export const nodeKeySizePosition = 6;
/** The data lie on overflow pages: their first page u64, transaction u64, count u64. */
export const nodeBigData = 0x01;
export const overflowReferenceBytes = 24;
