/**
 * A region: a key range of a table, and its names as upstream makes them.
 *
 *    name          <table>,<start key>,<region id>.<encoded name>.
 *    encoded name  MD5 hex of what stands before the first '.' added: its directory
 *
 * Upstream: apache/hbase: hbase-client/.../RegionInfo.java; the file `.regioninfo` holds
 * 'PBUF' | delimited RegionInfo{1 id, 2 TableName{1 namespace, 2 qualifier}, 3 start, 4 end,
 * 5 offline, 6 split, 7 replica}.
 */
import { CorruptionError } from '../../../native-free-io/index.ts';
import { md5Hex, ProtobufReader, ProtobufWriter } from '../../base/index.ts';

export interface RegionInfo {
  readonly table: string;
  /** Inclusive; empty: from the beginning. */
  readonly startKey: Uint8Array;
  /** Exclusive; empty: to the end. */
  readonly endKey: Uint8Array;
  /** When it was made. Milliseconds. */
  readonly regionId: number;
  readonly name: string;
  readonly encodedName: string;
}

export function makeRegionInfo(parts: {
  table: string;
  startKey: Uint8Array;
  endKey: Uint8Array;
  regionId: number;
}): RegionInfo {
  const { table, startKey, endKey, regionId } = parts;
  const bytes = Buffer.concat([Buffer.from(`${table},`), startKey, Buffer.from(`,${regionId}`)]);
  const encodedName = md5Hex(bytes);
  const name = `${bytes.toString('latin1')}.${encodedName}.`;
  return { table, startKey, endKey, regionId, name, encodedName };
}

const magic = Buffer.from('PBUF');

/** The message of upstream, without magic and length. */
export function encodeRegionInfo(info: RegionInfo): Uint8Array {
  return regionInfoMessage(info).finish();
}

function regionInfoMessage(info: RegionInfo): ProtobufWriter {
  const { namespace, qualifier } = splitTableName(info.table);
  const table = new ProtobufWriter()
    .writeBytes(1, Buffer.from(namespace))
    .writeBytes(2, Buffer.from(qualifier));
  return new ProtobufWriter()
    .writeInteger(1, info.regionId)
    .writeMessage(2, table)
    .writeBytes(3, info.startKey)
    .writeBytes(4, info.endKey)
    .writeBoolean(5, false)
    .writeBoolean(6, false)
    .writeInteger(7, 0);
}

/** Contents of `.regioninfo`. */
export function regionInfoFile(info: RegionInfo): Uint8Array {
  return Buffer.concat([magic, regionInfoMessage(info).delimited()]);
}

export function decodeRegionInfo(bytes: Uint8Array): RegionInfo {
  let [regionId, table] = [0, ''];
  let startKey: Uint8Array = new Uint8Array(0);
  let endKey: Uint8Array = new Uint8Array(0);
  const message = new ProtobufReader(bytes);
  while (message.next()) {
    if (message.field === 1) regionId = message.readInteger();
    else if (message.field === 2) table = readTableName(message.readMessage());
    else if (message.field === 3) startKey = message.readCopy();
    else if (message.field === 4) endKey = message.readCopy();
    else message.skip();
  }
  if (table === '') {
    throw new CorruptionError('LSM_CORRUPT_META', 'a region without the name of its table');
  }
  return makeRegionInfo({ table, startKey, endKey, regionId });
}

function readTableName(message: ProtobufReader): string {
  let [namespace, qualifier] = ['default', ''];
  while (message.next()) {
    if (message.field === 1) namespace = Buffer.from(message.readView()).toString();
    else if (message.field === 2) qualifier = Buffer.from(message.readView()).toString();
    else message.skip();
  }
  return namespace === 'default' ? qualifier : `${namespace}:${qualifier}`;
}

export function splitTableName(table: string): { namespace: string; qualifier: string } {
  const at = table.indexOf(':');
  if (at < 0) return { namespace: 'default', qualifier: table };
  return { namespace: table.slice(0, at), qualifier: table.slice(at + 1) };
}
