/**
 * A reference: a small file that stands for one half of another region's store file.
 *
 *    name      <store file>.<encoded name of the region that has it>
 *    contents  'PBUF' | Reference{1 split key: KEY of "first on row", 2 range: top 0, bottom 1}
 *
 * Upstream: apache/hbase: hbase-server/.../io/Reference.java; format kept, code our own.
 */
import { CorruptionError, StoreError, type FileSystem } from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import { readFile } from './small-files.ts';

export interface Reference {
  readonly splitKey: Uint8Array;
  readonly half: 'top' | 'bottom';
}

const magic = Buffer.from('PBUF');

export function encodeReference({ splitKey, half }: Reference): Uint8Array {
  const message = new ProtobufWriter()
    .writeBytes(1, splitKey)
    .writeInteger(2, half === 'top' ? 0 : 1);
  return Buffer.concat([magic, message.finish()]);
}

export function readReference(fs: FileSystem, path: string): Reference {
  const bytes = readFile(fs, path);
  try {
    return decodeReference(bytes);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new CorruptionError('LSM_CORRUPT_META', `no reference: ${error.message}`, {
      context: { path },
      cause: error,
    });
  }
}

function decodeReference(bytes: Uint8Array): Reference {
  if (!Buffer.from(bytes.subarray(0, magic.length)).equals(magic)) {
    throw new CorruptionError('LSM_CORRUPT_META', 'the magic is missing');
  }
  let splitKey: Uint8Array = new Uint8Array(0);
  let half: 'top' | 'bottom' = 'top';
  const message = new ProtobufReader(bytes, magic.length);
  while (message.next()) {
    if (message.field === 1) splitKey = message.readCopy();
    else if (message.field === 2) half = message.readInteger() === 0 ? 'top' : 'bottom';
    else message.skip();
  }
  if (splitKey.length === 0) {
    throw new CorruptionError('LSM_CORRUPT_META', 'the split key is missing');
  }
  return { splitKey, half };
}

/** The parts of a reference's name; undefined when it is a plain file's. */
export function parseReferenceName(name: string): { file: string; parent: string } | undefined {
  const match = /^([0-9a-f]+(?:_SeqId_\d+_)?)\.([0-9a-f]{32})$/.exec(name);
  return match === null ? undefined : { file: match[1]!, parent: match[2]! };
}

/** The sequence id in the name of a bulk-loaded file. */
export function loadedSequenceId(name: string): number | undefined {
  const match = /^[0-9a-f]+_SeqId_(\d+)_/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
