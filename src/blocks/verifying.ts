/**
 * Checking a block without reading it out: both files, their lengths, every chunk.
 *
 * Damage is a verdict here, not an error. A block that changed or went while it was looked at is no
 * damage (HDFS-11160, HDFS-17346): it is looked at again under its turn, or left out.
 */
import { CorruptionError, NotFoundError, regionChunks } from '../../native-free-io/index.ts';
import { metaLength } from './block-files.ts';
import type { OpenBlock } from './open-blocks.ts';
import type { Replica } from './replica.ts';
import type { StoreCore } from './store-core.ts';

export interface BlockProblem {
  /** An error code: what is wrong. */
  readonly code: string;
  readonly message: string;
  /** File that is damaged, and the byte, where known. */
  readonly path: string | undefined;
  readonly position: number | undefined;
  /** Ordinal of the damaged chunk, where it is one. */
  readonly chunk: number | undefined;
}

export interface BlockVerdict {
  readonly id: bigint;
  readonly generationStamp: number;
  readonly volume: string;
  /** Bytes looked at. */
  readonly bytes: number;
  /** Empty when the block is sound; every damaged chunk is named, 1 000 at most. */
  readonly problems: readonly BlockProblem[];
}

export interface VerifyBlockOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes read since the last call; the check waits for it. */
  readonly pace?: (bytes: number) => Promise<void>;
}

const mostProblems = 1000;

/** Undefined when the block went, or is not one to be checked. */
export async function verifyReplica(
  core: StoreCore,
  replica: Replica,
  options: VerifyBlockOptions = {},
): Promise<BlockVerdict | undefined> {
  const version = replica.version;
  const problems = await problemsOf(core, replica, options);
  if (problems === undefined || core.replicas.get(replica.id) !== replica) return undefined;
  if (problems.length > 0 && replica.version !== version) return undefined;
  if (problems.length > 0) core.damaged(replica);
  const { id, generationStamp, volume, length } = replica;
  return { id, generationStamp, volume: volume.dir, bytes: length, problems };
}

async function problemsOf(
  core: StoreCore,
  replica: Replica,
  options: VerifyBlockOptions,
): Promise<BlockProblem[] | undefined> {
  if (replica.state !== 'finalized' && replica.state !== 'rbw') return undefined;
  let block: OpenBlock;
  try {
    block = core.open.pin(replica);
  } catch (error) {
    if (error instanceof CorruptionError || error instanceof NotFoundError) {
      return [problemOf(error)];
    }
    core.failed(replica, error);
    throw error;
  }
  try {
    // The sums on the disk are looked at too, not what readers hold of them.
    block.sums.forget();
    return [...lengthProblems(block), ...(await chunkProblems(block, options))];
  } catch (error) {
    core.failed(replica, error);
    throw error;
  } finally {
    core.open.unpin(block);
  }
}

/** Of a finalized block both files have exactly the lengths they should. */
function lengthProblems({ replica, data, meta, header }: OpenBlock): BlockProblem[] {
  if (replica.state !== 'finalized') return [];
  const problems: BlockProblem[] = [];
  const surplus = (path: string, position: number, message: string): void => {
    problems.push({ code: 'BLOCKS_WRONG_LENGTH', message, path, position, chunk: undefined });
  };
  const dataSize = data.sizeSync();
  if (dataSize > replica.length) {
    surplus(data.path, replica.length, `${dataSize} bytes of data, not ${replica.length}`);
  }
  const expected = metaLength(header, replica.length);
  const metaSize = meta.sizeSync();
  // Upstream leaves a sum of no bytes when it cuts a block to nothing; readers take both.
  const isEmptyQuirk = replica.length === 0 && metaSize === expected + 4;
  if (metaSize > expected && !isEmptyQuirk) {
    surplus(meta.path, expected, `the sidecar has ${metaSize} bytes, not ${expected}`);
  }
  return problems;
}

async function chunkProblems(
  block: OpenBlock,
  { signal, pace }: VerifyBlockOptions,
): Promise<BlockProblem[]> {
  const problems: BlockProblem[] = [];
  const { chunkBytes } = block.header;
  const { length } = block.replica;
  const pieceBytes = Math.max(1, Math.floor((1 << 20) / chunkBytes)) * chunkBytes;
  let at = 0;
  while (at < length && problems.length < mostProblems) {
    const region = { file: block.verified, position: at, length: length - at };
    try {
      const options = signal === undefined ? { pieceBytes } : { pieceBytes, signal };
      for await (const piece of regionChunks(region, options)) {
        at += piece.length;
        await pace?.(piece.length);
      }
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      problems.push(problemOf(error));
      const { chunk } = error.context;
      if (typeof chunk !== 'number') break;
      at = (chunk + 1) * chunkBytes;
    }
  }
  return problems;
}

function problemOf(error: CorruptionError | NotFoundError): BlockProblem {
  const { path, position, chunk } = error.context;
  return {
    code: error.code,
    message: error.message,
    path,
    position,
    chunk: typeof chunk === 'number' ? chunk : undefined,
  };
}
