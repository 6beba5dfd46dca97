/** Describing a sidecar or a VERSION file for a person. */
import { baseName, CorruptionError, type FileSystem } from '../../native-free-io/index.ts';
import type { InspectedFile } from '../base/index.ts';
import { metaName } from './file-names.ts';
import { metaHeaderBytes, sumBytes } from './format/layout.ts';
import { decodeMetaHeader } from './format/meta-header.ts';
import { parseProperties } from './format/properties.ts';
import { parsePoolVersion, parseVolumeVersion } from './format/version-file.ts';
import { readText } from './volume.ts';

/** Undefined when the name is not one of a block store's files. */
export function inspectBlockFile(
  fs: FileSystem,
  path: string,
  limit: number,
): InspectedFile | undefined {
  const name = baseName(path);
  const size = fs.statSync(path)?.size ?? 0;
  try {
    if (metaName.test(name)) return inspectMeta(fs, path, { size, limit });
    if (name === 'VERSION') return inspectVersion(fs, path, size);
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    const { position = 0 } = error.context;
    const problems = [{ path, position, reason: error.message }];
    return { kind: 'HDFS file, damaged', size, lines: [], truncated: false, problems };
  }
  return undefined;
}

function inspectMeta(
  fs: FileSystem,
  path: string,
  { size, limit }: { size: number; limit: number },
): InspectedFile {
  const shown = Math.min(Math.max(0, size), metaHeaderBytes + limit * sumBytes);
  const bytes = new Uint8Array(shown);
  const file = fs.openSync(path, 'read');
  try {
    file.readSync(bytes, 0, shown, 0);
  } finally {
    file.closeSync();
  }
  const header = decodeMetaHeader(bytes, shown, path);
  const [, id, stamp] = metaName.exec(baseName(path))!;
  const sums = Math.floor((size - metaHeaderBytes) / sumBytes);
  const lines = [
    `block ${id}, generation stamp ${stamp}`,
    `version ${header.version}, ${header.checksum}, ${header.chunkBytes} bytes per checksum`,
    `${sums} checksums, of ${Math.max(0, sums - 1) * header.chunkBytes + Math.min(sums, 1)} to ${sums * header.chunkBytes} bytes`,
  ];
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < Math.min(sums, limit); index++) {
    const sum = view.getUint32(metaHeaderBytes + index * sumBytes);
    lines.push(`chunk ${index}: ${sum.toString(16).padStart(8, '0')}`);
  }
  const rest = (size - metaHeaderBytes) % sumBytes;
  const reason = `${rest} bytes behind the last whole checksum`;
  const problems = rest === 0 ? [] : [{ path, position: size - rest, reason }];
  return { kind: 'HDFS checksum sidecar', size, lines, truncated: sums > limit, problems };
}

function inspectVersion(fs: FileSystem, path: string, size: number): InspectedFile | undefined {
  const text = readText(fs, path) ?? '';
  const values = parseProperties(text);
  const isPool = values.has('blockpoolID') && !values.has('storageType');
  const isVolume = values.get('storageType') === 'DATA_NODE';
  if (!isPool && !isVolume) return undefined;
  if (isPool) parsePoolVersion(text, path);
  else parseVolumeVersion(text, path);
  const kind = isPool ? 'HDFS block pool VERSION' : 'HDFS volume VERSION';
  const lines = Array.from(values, ([key, value]) => `${key}: ${value}`);
  return { kind, size, lines, truncated: false, problems: [] };
}
