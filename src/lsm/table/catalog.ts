/**
 * Which tables and regions there are: `hbase:meta`, kept in a region of its own.
 *
 *    row <table>           table:state = TableState{1 enabled 0}
 *    row <region name>     info:regioninfo = 'PBUF' | RegionInfo; info:state: OPEN, SPLIT, MERGED
 *
 * A split, merge or new table is one write of several rows: one log entry, so all or nothing.
 * Differs from upstream: rows are sorted as bytes, not by upstream's own order of meta, which only
 * matters to who seeks in these files; here they are read as a whole at the opening.
 */
import { CorruptionError } from '../../../native-free-io/index.ts';
import { ProtobufWriter } from '../../base/index.ts';
import type { Region } from '../region/region.ts';
import { decodeRegionInfo, encodeRegionInfo, type RegionInfo } from '../region/region-info.ts';
import { RegionScan } from '../region/region-scan.ts';
import { RowBatchBuilder } from '../read/row-batch.ts';
import { FamilyNames } from './family-names.ts';
import { RegionMap } from './region-map.ts';
import { scanSpec } from './scan-options.ts';
import type { TableSchema } from './schema.ts';
import { resolveFamily } from '../family-options.ts';
import { TableWriter, type WriteHost } from './table-writer.ts';
import { WriteBatch } from './write-batch.ts';

export const metaTable = 'hbase:meta';
const tableState = { family: 'table', qualifier: 'state' };
const regionInfo = { family: 'info', qualifier: 'regioninfo' };
const regionState = { family: 'info', qualifier: 'state' };
const magic = Buffer.from('PBUF');
const metaFamily = resolveFamily('info', { versions: 3, blockBytes: 8192 });

export const metaSchema: TableSchema = {
  name: metaTable,
  families: new Map([
    ['info', metaFamily],
    ['table', metaFamily],
  ]),
};

/** Encoded as upstream names it, whatever its parts. */
export const metaRegion: RegionInfo = {
  table: metaTable,
  startKey: new Uint8Array(0),
  endKey: new Uint8Array(0),
  regionId: 1,
  name: 'hbase:meta,,1',
  encodedName: '1588230740',
};

/** OPEN regions serve; the others wait until nothing refers to their files any more. */
export type RegionState = 'OPEN' | 'SPLIT' | 'MERGED';

export interface CatalogEntry {
  readonly info: RegionInfo;
  readonly state: RegionState;
}

export class Catalog {
  readonly region: Region;
  readonly #names = new FamilyNames(metaTable, metaSchema.families.keys());
  readonly #writer: TableWriter;

  constructor(region: Region, host: WriteHost) {
    this.region = region;
    this.#writer = new TableWriter(new RegionMap([region]), host);
  }

  /** Everything there is. */
  read(): { readonly tables: string[]; readonly regions: CatalogEntry[] } {
    const scan = new RegionScan(
      this.region.core,
      scanSpec(this.#names, {}),
      this.region.core.mvcc.readPoint,
    );
    const builder = new RowBatchBuilder();
    scan.read(builder, { rows: Infinity, bytes: Infinity });
    scan.close();
    const tables: string[] = [];
    const regions: CatalogEntry[] = [];
    for (const row of builder.build(false)) {
      if (row.value('table', 'state') !== undefined) tables.push(Buffer.from(row.key).toString());
      const info = row.value('info', 'regioninfo');
      if (info === undefined) continue;
      const state = Buffer.from(row.value('info', 'state') ?? []).toString() as RegionState;
      regions.push({ info: readInfo(info), state });
    }
    return { tables, regions };
  }

  /** Durable and all at once. */
  async change(change: {
    readonly addTables?: readonly string[];
    readonly removeTables?: readonly string[];
    readonly set?: readonly CatalogEntry[];
    readonly remove?: readonly RegionInfo[];
  }): Promise<void> {
    const batch = new WriteBatch(this.#names);
    const enabled = new ProtobufWriter().writeInteger(1, 0).finish();
    for (const table of change.addTables ?? []) batch.putCell(table, tableState, enabled);
    for (const table of change.removeTables ?? []) batch.delete(table);
    for (const { info, state } of change.set ?? []) {
      const row = Buffer.from(info.name, 'latin1');
      const value = Buffer.concat([magic, encodeRegionInfo(info)]);
      batch.putCell(row, regionInfo, value).putCell(row, regionState, state);
    }
    for (const info of change.remove ?? []) batch.delete(Buffer.from(info.name, 'latin1'));
    await this.#writer.write(batch.cells, 'SYNC_WAL');
  }
}

function readInfo(bytes: Uint8Array): RegionInfo {
  if (!Buffer.from(bytes.subarray(0, magic.length)).equals(magic)) {
    throw new CorruptionError('LSM_CORRUPT_META', 'a region of the catalog has no magic');
  }
  return decodeRegionInfo(bytes.subarray(magic.length));
}
