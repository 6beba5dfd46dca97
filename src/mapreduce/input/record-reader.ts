/**
 * How a map task gets its records: in batches, so that what waits does so once per batch.
 *
 * Lifetime: a batch is valid until the next is asked for.
 */
import type { WritableName } from '../../hadoop/index.ts';

export interface RecordBatch {
  readonly count: number;
  /** Key of the record with this index, decoded. */
  key(index: number): unknown;
  value(index: number): unknown;
  /** Lines as bytes, where the input is text: for mappers that work on bytes. */
  readonly lines?: LineRegions;
}

/** Values of a batch of lines, as regions of bytes. */
export interface LineRegions {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface RecordReader {
  /** Types of what batches give. */
  readonly keyType: WritableName;
  readonly valueType: WritableName;
  /** Lines of text with their places for keys: commands are given the lines alone. */
  readonly isText?: boolean;
  /** Share of the split that was given out, 0 to 1. */
  readonly progress: number;
  /** Bytes read of the input so far. */
  readonly bytesRead: number;
  nextBatch(): RecordBatch | undefined | Promise<RecordBatch | undefined>;
  close(): void | Promise<void>;
}

/** A piece of the input, for one map task; plain data. */
export interface InputSplit {
  /** Name of a reader that is built in, or a module that exports one. */
  readonly reader: string | { readonly href: string; readonly name: string };
  /** What is read, for messages and the environment of commands. */
  readonly path: string;
  /** First byte and bytes; 0 and the size in records where bytes mean nothing. */
  readonly start: number;
  readonly length: number;
  /** What the reader needs besides. */
  readonly detail: unknown;
}
