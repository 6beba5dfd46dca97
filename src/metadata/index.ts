/**
 * Door of the metadata store: a small durable key-value store that other stores keep their books
 * in. Reading order: metadata-store, lmdb-library, lmdb-check, lmdb-layout.
 */
export { MetadataStore, type MetadataEntry, type MetadataStoreOptions } from './metadata-store.ts';
