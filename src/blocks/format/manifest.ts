/**
 * Manifest of a file put into a store: its blocks in order. JSON, one file per name and volume,
 * `<volume>/varve/files/<name, percent-encoded>.json`. Ours, not an HDFS format.
 */
import { CorruptionError } from '../../../native-free-io/index.ts';

export interface ManifestBlock {
  readonly id: bigint;
  readonly generationStamp: number;
  readonly length: number;
}

export interface Manifest {
  readonly name: string;
  readonly length: number;
  /** Where the file was cut. */
  readonly blockBytes: number;
  readonly createdMs: number;
  readonly blocks: readonly ManifestBlock[];
}

const manifestVersion = 1;

export function formatManifest(manifest: Manifest): string {
  const blocks = manifest.blocks.map(({ id, ...rest }) => ({ id: String(id), ...rest }));
  return `${JSON.stringify({ version: manifestVersion, ...manifest, blocks })}\n`;
}

/** BLOCKS_CORRUPT_MANIFEST when it is not one, or of a newer version. */
export function parseManifest(text: string, path: string): Manifest {
  const malformed = (reason: string): CorruptionError =>
    new CorruptionError('BLOCKS_CORRUPT_MANIFEST', reason, { context: { path, position: 0 } });
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw malformed('the manifest is no JSON');
  }
  if (typeof value !== 'object' || value === null) throw malformed('the manifest is no object');
  if (value['version'] !== manifestVersion) {
    throw malformed(`manifest version ${String(value['version'])}, known is ${manifestVersion}`);
  }
  const { name, length, blockBytes, createdMs, blocks } = value;
  if (typeof name !== 'string' || !isCount(length) || !isCount(blockBytes) || !isCount(createdMs)) {
    throw malformed('name, length, blockBytes or createdMs is missing');
  }
  if (!Array.isArray(blocks)) throw malformed('the blocks are missing');
  const parsed = blocks.map((block: unknown) => parseBlock(block) ?? fail(malformed));
  const total = parsed.reduce((sum, block) => sum + block.length, 0);
  if (total !== length) throw malformed(`its blocks have ${total} bytes, it says ${length}`);
  return { name, length, blockBytes, createdMs, blocks: parsed };
}

function fail(malformed: (reason: string) => CorruptionError): never {
  throw malformed('a block of the manifest is malformed');
}

function parseBlock(value: unknown): ManifestBlock | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, generationStamp, length } = value as Record<string, unknown>;
  if (typeof id !== 'string' || !/^-?\d{1,19}$/.test(id)) return undefined;
  if (!isCount(generationStamp) || !isCount(length)) return undefined;
  return { id: BigInt(id), generationStamp, length };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
