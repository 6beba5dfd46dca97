/**
 * lmdb and classic-level, opened as the benches use them: binary keys and values, no sync per
 * write.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export interface Lmdb {
  transactionSync(work: () => void): void;
  put(key: Buffer, value: Buffer): void;
  get(key: Buffer): Buffer | undefined;
  getRange(options: object): Iterable<{ value: Buffer }>;
  close(): Promise<void>;
}

export function openLmdb(path: string): Lmdb {
  const { open } = load('lmdb') as { open: (options: object) => Lmdb };
  const binary = { keyEncoding: 'binary', encoding: 'binary' };
  return open({ path, ...binary, noSync: true, overlappingSync: false });
}

export interface Level {
  open(): Promise<void>;
  batch(operations: readonly object[]): Promise<void>;
  iterator(options: object): {
    nextv(size: number): Promise<[Buffer, Buffer][]>;
    close(): Promise<void>;
  };
  close(): Promise<void>;
}

export async function openLevel(path: string): Promise<Level> {
  const { ClassicLevel } = load('classic-level') as {
    ClassicLevel: new (path: string, options: object) => Level;
  };
  const level = new ClassicLevel(path, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    compression: false,
  });
  await level.open();
  return level;
}

/** Puts the values under consecutive keys from `first` on, in one transaction. */
export function putIntoLmdb(store: Lmdb, values: readonly Buffer[], first: number): void {
  store.transactionSync(() => {
    for (const [index, value] of values.entries()) store.put(sequenceKey(first + index), value);
  });
}

/** The same in one batch. */
export async function putIntoLevel(
  level: Level,
  values: readonly Buffer[],
  first: number,
): Promise<void> {
  const put = (value: Buffer, index: number): object => ({
    type: 'put',
    key: sequenceKey(first + index),
    value,
  });
  await level.batch(values.map(put));
}

export function sequenceKey(sequence: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(0, 0);
  key.writeUInt32BE(sequence, 4);
  return key;
}
