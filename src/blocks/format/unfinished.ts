/**
 * Note of blocks whose file is not there, or not any more: an upload or a deletion that is under
 * way, or that a crash cut. `<volume>/varve/unfinished/<first id>.json`: a line of JSON, and a line
 * with its CRC-32C, because blocks are removed on the word of it. Ours.
 */
import { crc32c } from '../../../native-free-io/index.ts';

export interface UnfinishedNote {
  /** Of the file. */
  readonly name: string;
  /** Blocks that may exist, one at least. */
  readonly blocks: readonly bigint[];
}

const noteVersion = 1;

export function formatUnfinished({ name, blocks }: UnfinishedNote): string {
  const line = JSON.stringify({ version: noteVersion, name, blocks: blocks.map(String) });
  return `${line}\n${checksumOf(line)}\n`;
}

/** Undefined when it is none, or not as it was written: nothing is concluded from it then. */
export function parseUnfinished(text: string): UnfinishedNote | undefined {
  const [line = '', checksum] = text.split('\n');
  if (line === '' || checksum !== checksumOf(line)) return undefined;
  const { version, name, blocks } = JSON.parse(line) as Record<string, unknown>;
  if (version !== noteVersion || typeof name !== 'string' || !Array.isArray(blocks)) {
    return undefined;
  }
  return { name, blocks: blocks.map((id: string) => BigInt(id)) };
}

function checksumOf(line: string): string {
  const bytes = new TextEncoder().encode(line);
  return crc32c(bytes, 0, bytes.length).toString(16).padStart(8, '0');
}
