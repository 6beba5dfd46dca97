/**
 * Door of the metadata store: a small durable key-value store that other stores keep their books
 * in. Reading order: metadata-store, metadata-table, metadata-file, lmdb-library, lmdb-check,
 * lmdb-pages, lmdb-layout.
 */
export { MetadataStore, type MetadataEntry, type MetadataStoreOptions } from './metadata-store.ts';
export { MetadataTable } from './metadata-table.ts';
