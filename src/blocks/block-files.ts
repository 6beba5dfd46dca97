/** Opening, naming and moving the two files of a replica. */
import { joinPath, type FileHandle } from '../../native-free-io/index.ts';
import { dataFileName, metaFileName } from './file-names.ts';
import { decodeMetaHeader, type DecodedMetaHeader } from './format/meta-header.ts';
import { metaHeaderBytes, sumBytes } from './format/layout.ts';
import type { Replica } from './replica.ts';

export function dataPath(replica: Replica): string {
  return joinPath(replica.directory, dataFileName(replica.id));
}

export function metaPath(replica: Replica): string {
  return joinPath(replica.directory, metaFileName(replica.id, replica.generationStamp));
}

/** Position of the sum of a chunk in the sidecar. */
export function sumPosition(chunk: number): number {
  return metaHeaderBytes + chunk * sumBytes;
}

/** Length of the sidecar of so many bytes. */
export function metaLength(
  header: { checksum: string; chunkBytes: number },
  length: number,
): number {
  if (header.checksum === 'none') return metaHeaderBytes;
  return sumPosition(Math.ceil(length / header.chunkBytes));
}

export function readMetaHeader(meta: FileHandle): DecodedMetaHeader {
  const bytes = new Uint8Array(metaHeaderBytes);
  return decodeMetaHeader(bytes, meta.readSync(bytes, 0, metaHeaderBytes, 0), meta.path);
}

/**
 * Moves the files of a replica to another directory and generation stamp: the sidecar first, as
 * HDFS does, so that recovery can tell which way a cut move went. Durable when it returns if asked.
 */
export function moveFiles(
  replica: Replica,
  to: { directory: string; generationStamp: number },
  isDurable: boolean,
): void {
  const { fs } = replica.volume;
  const from = replica.directory;
  const data = dataPath(replica);
  const meta = metaPath(replica);
  const newMeta = joinPath(to.directory, metaFileName(replica.id, to.generationStamp));
  fs.renameSync(meta, newMeta);
  try {
    fs.renameSync(data, joinPath(to.directory, dataFileName(replica.id)));
  } catch (error) {
    fs.renameSync(newMeta, meta);
    throw error;
  }
  replica.raiseGenerationStamp(to.generationStamp);
  replica.directory = to.directory;
  if (!isDurable) return;
  fs.syncDirectorySync(to.directory);
  if (from !== to.directory) fs.syncDirectorySync(from);
}
