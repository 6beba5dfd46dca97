/**
 * The memory of one sort task: an output buffer, room for a key to remember, and the rest for data
 * and entries or for the blocks of a merge.
 *
 * A worker, whose environment lives as long as it, keeps its memory from task to task: making it is
 * cheap, but touching fresh pages is not.
 */
import { sortMemory, sortSlackBytes, type SortMemory } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';

export interface TaskMemory extends SortMemory {
  readonly out: number;
  readonly outBytes: number;
  /** Everything from here to `end` is for data. */
  readonly data: number;
}

const largestOutBytes = 256 << 10;
const leastOutBytes = 16 << 10;

/** Bytes written at a time by a task of `sizeBytes`. */
export function outBytesFor(sizeBytes: number): number {
  return Math.min(largestOutBytes, Math.max(leastOutBytes, Math.floor(sizeBytes / 16)));
}

const kept = new WeakMap<Env, SortMemory>();

/** The memory of a task in this environment, of `sizeBytes`; one task at a time. */
export function taskMemory(env: Env, sizeBytes: number, outAtLeast = 0): TaskMemory {
  let memory = kept.get(env);
  if (memory === undefined || memory.end - memory.start !== sizeBytes) {
    memory = sortMemory({ sizeBytes });
    kept.set(env, memory);
  }
  const outBytes = Math.max(outBytesFor(sizeBytes), outAtLeast);
  const out = memory.start;
  return { ...memory, out, outBytes, data: out + outBytes + sortSlackBytes };
}
