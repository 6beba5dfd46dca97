/**
 * What a sort kernel does, and the numbers both sides know. assembly/sort.ts tells the layouts and
 * the algorithms; it and its plain twin (sort-plain.ts) are the two kernels.
 *
 * All positions are bytes in the memory of the kernel. Nothing here checks them: `SortMemory` and
 * the rooms that own the data do.
 */
/** How the bytes of a record lie; on both sides of the kernel's border. */
export const RecordForm = { lines: 0, fixed: 1, frames: 2 } as const;
export type RecordForm = (typeof RecordForm)[keyof typeof RecordForm];

/** Bytes of an entry: prefix u64, position u32, compared length u32. */
export const entryBytes = 16;
/** Bytes before a frame's contents: skip u32, length u32. */
export const frameHeaderBytes = 8;
/** Inputs of one merge at most. */
export const mostInputs = 1024;

type Flag = boolean | number;

/** The functions of assembly/sort.ts. */
export interface SortKernel {
  describeRecords(
    form: RecordForm,
    delimiter: number,
    recordLength: number,
    keyStart: number,
    keyLength: number,
  ): void;
  describeOrder(descending: Flag, comparesAll: Flag, leavesBare: Flag, endsBare: Flag): void;
  clear(top: number, most: number): void;
  allow(most: number): void;
  entryCount(): number;
  firstEntry(): number;
  enterLines(begin: number, from: number, end: number): number;
  enterFixed(begin: number, end: number): number;
  enterFrames(begin: number, end: number): number;
  sortEntries(): void;
  keepFirsts(): void;
  gather(from: number, to: number, out: number, outEnd: number): number;
  writtenEnd(): number;
  takeBareBytes(): number;
  takeLongest(): number;
  setInput(input: number, begin: number, end: number, isLast: Flag): void;
  inputCursor(input: number): number;
  startMerge(inputs: number, lastBytes: number): number;
  merge(out: number, outEnd: number): number;
}
