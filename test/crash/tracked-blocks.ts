/** A block store whose promises are noted, and the check of what a power cut left of them. */
import { expect } from 'vitest';
import { CorruptionError, type FileSystem } from '../../native-free-io/index.ts';
import { BlockStore, type BlockWriter } from '../../src/blocks/index.ts';
import { bytesAt } from '../helpers/byte-pattern.ts';
import { manualEnv } from '../helpers/manual-env.ts';

/** What was promised of one block, and what may be there. */
interface Promised {
  /** Everything ever written to it, in order. */
  content: Uint8Array;
  /** Bytes acknowledged as durable. */
  durable: number;
  /** Bytes that may be there at most. */
  most: number;
  isDeleting: boolean;
  isDeleted: boolean;
}

export class BlockTrace {
  readonly blocks = new Map<bigint, Promised>();
  readonly files = new Map<string, { length: number; isWhole: boolean; isDeleting: boolean }>();
}

const chunkBytes = 16;

export function openBlocks(
  fs: FileSystem,
  dirs: readonly string[] = ['/data'],
): Promise<BlockStore> {
  const { clock, timers, random, logger } = manualEnv(3);
  const env = { fs, clock, timers, random, logger };
  return BlockStore.open({ dirs, env, chunkBytes, blockBytes: 64 });
}

export class TrackedBlocks {
  readonly store: BlockStore;
  readonly trace: BlockTrace;

  constructor(store: BlockStore, trace: BlockTrace) {
    this.store = store;
    this.trace = trace;
  }

  async create(): Promise<BlockWriter> {
    const writer = await this.store.create();
    const promised = { content: new Uint8Array(0), durable: 0, most: 0 };
    this.trace.blocks.set(writer.id, { ...promised, isDeleting: false, isDeleted: false });
    return writer;
  }

  async write(writer: BlockWriter, length: number): Promise<void> {
    const promised = this.trace.blocks.get(writer.id)!;
    const bytes = bytesAt(writer.position, length);
    const content = new Uint8Array(writer.position + length);
    content.set(promised.content.subarray(0, writer.position));
    content.set(bytes, writer.position);
    promised.content = content;
    promised.most = content.length;
    await writer.write(bytes);
  }

  async sync(writer: BlockWriter): Promise<void> {
    await writer.hsync();
    this.trace.blocks.get(writer.id)!.durable = writer.position;
  }

  async finalize(writer: BlockWriter): Promise<void> {
    const { length } = await writer.finalize();
    this.trace.blocks.get(writer.id)!.durable = length;
  }

  async truncate(id: bigint, length: number): Promise<void> {
    const promised = this.trace.blocks.get(id)!;
    promised.durable = length;
    await this.store.truncate(id, length);
    promised.most = length;
  }

  async delete(id: bigint): Promise<void> {
    const promised = this.trace.blocks.get(id)!;
    promised.isDeleting = true;
    await this.store.delete(id);
    promised.isDeleted = true;
  }
}

/** Opens what survived and holds it to the trace. */
export async function checkBlocks(
  fs: FileSystem,
  trace: BlockTrace,
  dirs?: readonly string[],
): Promise<void> {
  await using store = await openBlocks(fs, dirs);
  for (const [id, promised] of trace.blocks) await checkBlock(store, id, promised);
  // A second opening finds nothing more to repair.
  await store.close();
  await using again = await openBlocks(fs, dirs);
  expect(again.loadReport.aside).toEqual([]);
  expect(again.loadReport.repairs).toEqual([]);
  for (const info of again.list()) expect(info.state).toBe('finalized');
}

async function checkBlock(store: BlockStore, id: bigint, promised: Promised): Promise<void> {
  const found = store.stat(id);
  if (promised.isDeleted) {
    expect(found, `block ${id} was deleted`).toBeUndefined();
    return;
  }
  if (found === undefined) {
    const mayBeGone = promised.isDeleting || promised.durable === 0;
    expect(mayBeGone, `block ${id} is gone, ${promised.durable} bytes were durable`).toBe(true);
    return;
  }
  const { state, length } = await store.recover(id);
  expect(state).toBe('finalized');
  expect(length, `length of block ${id}`).toBeGreaterThanOrEqual(promised.durable);
  expect(length).toBeLessThanOrEqual(promised.most);
  for (let at = 0; at < length; at += chunkBytes) {
    const bytes = new Uint8Array(Math.min(chunkBytes, length - at));
    try {
      store.readInto(id, bytes, at);
    } catch (error) {
      // Within what was never synced a chunk may have been torn; the sums tell it.
      if (error instanceof CorruptionError && at + bytes.length > promised.durable) continue;
      throw error;
    }
    expect(bytes, `bytes of block ${id} at ${at}`).toEqual(
      promised.content.subarray(at, at + bytes.length),
    );
  }
}
