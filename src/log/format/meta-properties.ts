/**
 * `meta.properties` of a log root: Java properties text that names the cluster, the node and the
 * directory.
 *
 *    version=1, cluster.id=<22 characters>, node.id=<number>, directory.id=<22 characters>
 *
 * Format doc: docs/formats/log.md, "meta.properties".
 */
import { CorruptionError } from '../../../native-free-io/index.ts';
import { parseUuid, uuidText } from './uuid-text.ts';

export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  /** 16 bytes; undefined in files of before directories had identifiers. */
  readonly directoryId: Uint8Array | undefined;
}

export function encodeMetaProperties(properties: MetaProperties): Uint8Array {
  const lines = [
    '#',
    'version=1',
    `cluster.id=${properties.clusterId}`,
    `node.id=${properties.nodeId}`,
  ];
  if (properties.directoryId !== undefined) {
    lines.push(`directory.id=${uuidText(properties.directoryId)}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** LOG_CORRUPT_CHECKPOINT on any deviation. Version 0 called the node `broker.id`. */
export function decodeMetaProperties(bytes: Uint8Array, path: string): MetaProperties {
  const malformed = (reason: string): CorruptionError =>
    new CorruptionError('LOG_CORRUPT_CHECKPOINT', reason, { context: { path, position: 0 } });
  const values = new Map<string, string>();
  for (const line of new TextDecoder('latin1').decode(bytes).split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]?\s*(.*)$/.exec(line);
    if (match !== null) values.set(match[1]!, match[2]!.trim());
  }
  const version = values.get('version') ?? '0';
  if (version !== '0' && version !== '1') throw malformed(`version ${version}, known are 0 and 1`);
  const node = values.get(version === '0' ? 'broker.id' : 'node.id') ?? '';
  if (!/^\d{1,10}$/.test(node)) throw malformed(`the node id is '${node}'`);
  const clusterId = values.get('cluster.id');
  if (clusterId === undefined || clusterId === '') throw malformed('the cluster id is missing');
  const directory = values.get('directory.id');
  const directoryId = directory === undefined ? undefined : parseUuid(directory);
  if (directory !== undefined && directoryId === undefined) {
    throw malformed(`the directory id is '${directory}'`);
  }
  return { clusterId, nodeId: Number(node), directoryId };
}
