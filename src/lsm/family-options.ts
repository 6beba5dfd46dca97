/**
 * What a column family is told: how many versions it keeps and for how long, how its files look.
 * Names and defaults are HBase's, in the spelling of this language.
 *
 * Upstream: apache/hbase: hbase-client/.../ColumnFamilyDescriptorBuilder.java.
 */
import { InvalidArgumentError } from '../../native-free-io/index.ts';
import { maxFamilyBytes } from './format/kv-layout.ts';

export type KeepDeletedCells = 'false' | 'true' | 'ttl';
export type BloomKind = 'NONE' | 'ROW' | 'ROWCOL';
export type BlockEncoding = 'NONE' | 'FAST_DIFF' | 'ROW_INDEX_V1';

export interface FamilyOptions {
  /** Versions of a column that are kept, 1 or more. Default 1. */
  readonly versions: number;
  /** So many stay although their time is over; at most `versions`. Default 0. */
  readonly minVersions: number;
  /** How long a cell is seen. Milliseconds; Infinity, the default: forever. */
  readonly ttlMs: number;
  /** Whether deleted cells stay for readers of past times. Default 'false'. */
  readonly keepDeleted: KeepDeletedCells;
  /** Codec of the files: none, gz, snappy, lz4, zstd. Default none. */
  readonly compression: string;
  readonly encoding: BlockEncoding;
  /** Default ROW. */
  readonly bloom: BloomKind;
  /** Unencoded bytes after which a data block ends. Default 65536. */
  readonly blockBytes: number;
}

export type FamilyInput = { readonly [K in keyof FamilyOptions]?: FamilyOptions[K] | undefined };

const defaults: FamilyOptions = {
  versions: 1,
  minVersions: 0,
  ttlMs: Number.POSITIVE_INFINITY,
  keepDeleted: 'false',
  compression: 'none',
  encoding: 'NONE',
  bloom: 'ROW',
  blockBytes: 65536,
};

const choices: Readonly<Record<string, readonly string[]>> = {
  keepDeleted: ['false', 'true', 'ttl'],
  compression: ['none', 'gz', 'snappy', 'lz4', 'zstd'],
  encoding: ['NONE', 'FAST_DIFF', 'ROW_INDEX_V1'],
  bloom: ['NONE', 'ROW', 'ROWCOL'],
};

/** Fills in defaults and checks. OPTION_INVALID names the option. */
export function resolveFamily(name: string, input: FamilyInput = {}): FamilyOptions {
  assertFamilyName(name);
  const options: Record<string, number | string> = { ...defaults };
  for (const [key, value] of Object.entries(input)) {
    if (!Object.hasOwn(defaults, key)) throw invalid(name, key, value, 'a known option');
    if (value === undefined) continue;
    const allowed = choices[key];
    if (allowed !== undefined && !allowed.includes(String(value))) {
      throw invalid(name, key, value, `one of ${allowed.join(', ')}`);
    }
    options[key] = value;
  }
  const family = options as unknown as FamilyOptions;
  assertWhole(name, 'versions', family.versions, 1);
  assertWhole(name, 'minVersions', family.minVersions, 0);
  assertWhole(name, 'blockBytes', family.blockBytes, 64);
  if (!(family.ttlMs > 0)) throw invalid(name, 'ttlMs', family.ttlMs, 'a time above 0');
  if (family.minVersions > family.versions) {
    throw invalid(name, 'minVersions', family.minVersions, 'at most versions');
  }
  return Object.freeze({ ...family });
}

function assertWhole(name: string, key: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0x7fff_ffff) return;
  throw invalid(name, key, value, `a whole number from ${least}`);
}

/** Printable, without ':', not beginning with '.', 1 to 127 bytes. */
export function assertFamilyName(name: string): void {
  const isFit = /^[\x21-\x39\x3b-\x7e]+$/.test(name) && name.length <= maxFamilyBytes;
  if (isFit && !name.startsWith('.') && name !== 'recovered.edits' && !/[/\\]/.test(name)) return;
  throw new InvalidArgumentError('LSM_NAME_INVALID', `'${name}' is no name of a family`);
}

function invalid(name: string, key: string, value: unknown, expects: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'OPTION_INVALID',
    `family ${name}: ${key}: expected ${expects}, got ${String(value)}`,
  );
}
