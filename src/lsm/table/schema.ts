/**
 * What a table is: its name and families, and the file that keeps it.
 *
 *    .tabledesc/.tableinfo.<10 digits>.<length>    'PBUF' | TableSchema, the highest number counts
 *    TableSchema{1 TableName, 2 attributes, 3 ColumnFamilySchema{1 name, 2 attributes}}
 *    attribute = {1 name, 2 value}, values as text under upstream's names
 *
 * Upstream: apache/hbase: hbase-server/.../util/FSTableDescriptors.java, HBase.proto.
 */
import {
  makeDirectoryDurably,
  CorruptionError,
  InvalidArgumentError,
  joinPath,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import { ProtobufReader, ProtobufWriter } from '../../base/index.ts';
import {
  resolveFamily,
  type BlockEncoding,
  type BloomKind,
  type FamilyInput,
  type FamilyOptions,
  type KeepDeletedCells,
} from '../family-options.ts';
import { splitTableName } from '../region/region-info.ts';
import { readFile, writeFile } from '../region/small-files.ts';

export interface TableSchema {
  readonly name: string;
  /** By name, sorted. */
  readonly families: ReadonlyMap<string, FamilyOptions>;
}

/** A family's index must fit a byte. */
const maxFamilies = 255;
const forever = 2_147_483_647;
const magic = Buffer.from('PBUF');

export function makeSchema(
  name: string,
  families: Readonly<Record<string, FamilyInput>>,
): TableSchema {
  assertTableName(name);
  const names = Object.keys(families).sort();
  if (names.length === 0 || names.length > maxFamilies) {
    throw new InvalidArgumentError(
      'OPTION_INVALID',
      `families: expected 1 to ${maxFamilies}, got ${names.length}`,
    );
  }
  const resolved = names.map((one) => [one, resolveFamily(one, families[one])] as const);
  return { name, families: new Map(resolved) };
}

/** `name` or `namespace:name` of letters, digits, '_', '-', '.'. */
export function assertTableName(name: string): void {
  const { namespace, qualifier } = splitTableName(name);
  const isFit = /^[\w][\w.-]*$/.test(qualifier) && /^\w+$/.test(namespace);
  if (isFit && namespace !== 'hbase' && name.length <= 200) return;
  throw new InvalidArgumentError('LSM_NAME_INVALID', `'${name}' is no name of a table`);
}

export function tableDir(root: string, table: string): string {
  const { namespace, qualifier } = splitTableName(table);
  return joinPath(root, 'data', namespace, qualifier);
}

export function writeSchema(fs: FileSystem, dir: string, schema: TableSchema): void {
  const bytes = encodeSchema(schema);
  const folder = joinPath(dir, '.tabledesc');
  makeDirectoryDurably(fs, folder);
  writeFile(fs, joinPath(folder, `.tableinfo.0000000001.${bytes.length}`), bytes);
  fs.syncDirectorySync(folder);
}

export function readSchema(fs: FileSystem, dir: string): TableSchema {
  const folder = joinPath(dir, '.tabledesc');
  const names =
    fs.statSync(folder) === undefined
      ? []
      : fs.listSync(folder).filter(({ name }) => /^\.tableinfo\.\d{10}(\.\d+)?$/.test(name));
  const last = names.at(-1)?.name;
  if (last === undefined) {
    throw new CorruptionError('LSM_CORRUPT_META', 'a table without description', {
      context: { path: folder },
    });
  }
  return decodeSchema(readFile(fs, joinPath(folder, last)));
}

function encodeSchema(schema: TableSchema): Uint8Array {
  const { namespace, qualifier } = splitTableName(schema.name);
  const name = new ProtobufWriter().writeString(1, namespace).writeString(2, qualifier);
  const message = new ProtobufWriter()
    .writeMessage(1, name)
    .writeMessage(2, attribute('IS_META', 'false'));
  for (const [family, options] of schema.families) {
    const column = new ProtobufWriter().writeString(1, family);
    for (const [key, value] of attributesOf(options)) {
      column.writeMessage(2, attribute(key, value));
    }
    message.writeMessage(3, column);
  }
  return Buffer.concat([magic, message.finish()]);
}

function attribute(key: string, value: string): ProtobufWriter {
  return new ProtobufWriter().writeString(1, key).writeString(2, value);
}

const codecs: readonly (readonly [ours: string, theirs: string])[] = [
  ['none', 'NONE'],
  ['gz', 'GZ'],
  ['snappy', 'SNAPPY'],
  ['lz4', 'LZ4'],
  ['zstd', 'ZSTD'],
];

function attributesOf(options: FamilyOptions): [string, string][] {
  const seconds = options.ttlMs === Number.POSITIVE_INFINITY ? forever : options.ttlMs / 1000;
  return [
    ['BLOOMFILTER', options.bloom],
    ['VERSIONS', String(options.versions)],
    ['KEEP_DELETED_CELLS', options.keepDeleted.toUpperCase()],
    ['DATA_BLOCK_ENCODING', options.encoding],
    ['COMPRESSION', codecs.find(([ours]) => ours === options.compression)![1]],
    ['TTL', String(Math.ceil(seconds))],
    // Upstream counts seconds; what is finer stands beside it.
    ['VARVE_TTL_MS', String(options.ttlMs)],
    ['MIN_VERSIONS', String(options.minVersions)],
    ['BLOCKSIZE', String(options.blockBytes)],
    ['IN_MEMORY', 'false'],
    ['BLOCKCACHE', 'true'],
    ['REPLICATION_SCOPE', '0'],
  ];
}

function decodeSchema(bytes: Uint8Array): TableSchema {
  let [namespace, qualifier] = ['default', ''];
  const families: [string, FamilyOptions][] = [];
  const message = new ProtobufReader(bytes, magic.length);
  while (message.next()) {
    if (message.field === 1) {
      const name = message.readMessage();
      while (name.next()) {
        if (name.field === 1) namespace = name.readString();
        else if (name.field === 2) qualifier = name.readString();
        else name.skip();
      }
    } else if (message.field === 3) families.push(decodeFamily(message.readMessage()));
    else message.skip();
  }
  const name = namespace === 'default' ? qualifier : `${namespace}:${qualifier}`;
  return { name, families: new Map(families) };
}

function decodeFamily(message: ProtobufReader): [string, FamilyOptions] {
  let name = '';
  const attributes = new Map<string, string>();
  while (message.next()) {
    if (message.field === 1) name = message.readString();
    else if (message.field === 2) {
      const pair = message.readMessage();
      let [key, value] = ['', ''];
      while (pair.next()) {
        if (pair.field === 1) key = pair.readString();
        else if (pair.field === 2) value = pair.readString();
        else pair.skip();
      }
      attributes.set(key, value);
    } else message.skip();
  }
  return [name, resolveFamily(name, inputOf(attributes))];
}

function inputOf(attributes: ReadonlyMap<string, string>): FamilyInput {
  const number = (key: string): number | undefined => {
    const text = attributes.get(key);
    return text === undefined ? undefined : Number(text);
  };
  const seconds = number('TTL');
  const ttlMs =
    number('VARVE_TTL_MS') ??
    (seconds === undefined || seconds === forever ? undefined : seconds * 1000);
  const codec = attributes.get('COMPRESSION');
  return {
    versions: number('VERSIONS'),
    minVersions: number('MIN_VERSIONS'),
    ttlMs,
    keepDeleted: attributes.get('KEEP_DELETED_CELLS')?.toLowerCase() as KeepDeletedCells,
    compression: codecs.find(([, theirs]) => theirs === codec)?.[0],
    encoding: attributes.get('DATA_BLOCK_ENCODING') as BlockEncoding,
    bloom: attributes.get('BLOOMFILTER') as BloomKind,
    blockBytes: number('BLOCKSIZE'),
  };
}
