/** Random families and store files: few coordinates, so that puts and markers meet all the time. */
import { join } from 'node:path';
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import { HFileWriter, type FamilyInput } from '../../../src/lsm/index.ts';
import { CellType } from '../../../src/lsm/format/kv-layout.ts';
import { inCellOrder, testCell, viewOf, type TestCell } from '../../helpers/lsm-cells.ts';
import type { Seeded } from '../../helpers/seeded.ts';

export const nowMs = 1_700_000_000_000;
const rows = ['r1', 'r2', 'r22', 'r3'];
export const qualifiers: readonly string[] = ['', 'a', 'ab', 'b'];

export interface Family {
  readonly name: string;
  readonly options: FamilyInput;
}

export interface FilledFile {
  readonly family: string;
  readonly name: string;
  readonly path: string;
  readonly maxSequenceId: number;
}

export function drawFamilies(seeded: Seeded): Family[] {
  return ['f', 'g'].slice(0, seeded.between(1, 2)).map((name) => {
    const versions = seeded.pick([1, 1, 2, 3, 100]);
    const hasTtl = seeded.chance(0.5);
    return {
      name,
      options: {
        versions,
        ttlMs: hasTtl ? seeded.pick([2000, 4000]) : Number.POSITIVE_INFINITY,
        minVersions: hasTtl && seeded.chance(0.5) ? seeded.between(0, Math.min(versions, 3)) : 0,
        keepDeleted: seeded.pick(['false', 'false', 'true', 'ttl'] as const),
        bloom: seeded.pick(['NONE', 'ROW', 'ROWCOL'] as const),
        blockBytes: seeded.pick([100, 65536]),
      },
    };
  });
}

/** A tag that ends the cell's life after so many milliseconds. */
function ttlTag(ms: number): string {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(9, 0);
  bytes[2] = 8;
  bytes.writeBigInt64BE(BigInt(ms), 3);
  return bytes.toString('latin1');
}

/**
 * Without a qualifier, cells of neighbouring types never share a time: leaving a column, HBase
 * 2.6.1 then seeks a key equal to a cell but for its sequence id, and goes round for ever.
 */
const apartMs: Readonly<Record<number, number>> = {
  [CellType.delete]: 1,
  [CellType.deleteColumn]: 2,
};

function drawCell(
  seeded: Seeded,
  columns: readonly string[],
  place: { readonly family: string; readonly sequenceId: number },
): TestCell {
  const { family, sequenceId } = place;
  const draw = seeded.next();
  const type =
    draw < 0.68
      ? CellType.put
      : seeded.pick([
          CellType.delete,
          CellType.deleteColumn,
          CellType.deleteFamily,
          CellType.deleteFamilyVersion,
        ]);
  const isFamily = type === CellType.deleteFamily || type === CellType.deleteFamilyVersion;
  const tags =
    seeded.chance(0.1) && type === CellType.put
      ? seeded.pick([ttlTag(1500), ttlTag(3000), '\0\x04\x40tag'])
      : '';
  const qualifier = isFamily ? '' : seeded.pick(columns);
  const apart = qualifier === '' ? (apartMs[type] ?? 0) : 0;
  return testCell({
    row: seeded.pick(rows),
    family,
    qualifier,
    timestamp: nowMs - seeded.between(-1, 10) * 500 + apart,
    type,
    value: type === CellType.put ? `v${sequenceId}` : '',
    tags,
    sequenceId,
  });
}

/** Files of all families, oldest first; each with later sequence ids than the one before. */
export async function writeFiles(
  seeded: Seeded,
  folder: string,
  input: { readonly families: readonly Family[]; readonly columns: readonly string[] },
): Promise<FilledFile[]> {
  const { families, columns } = input;
  const files: FilledFile[] = [];
  let sequenceId = 0;
  const count = seeded.between(1, 5);
  for (let index = 0; index < count; index++) {
    for (const { name: family, options } of families) {
      const drawn = Array.from({ length: seeded.between(1, 25) }, () =>
        drawCell(seeded, columns, { family, sequenceId: ++sequenceId }),
      );
      const name = Buffer.from(seeded.bytes(16)).toString('hex');
      const path = join(folder, name);
      const writer = HFileWriter.create(nodeFileSystem, path, {
        bloom: options.bloom!,
        blockBytes: options.blockBytes!,
        includesTags: true,
        createTimeMs: nowMs,
      });
      for (const cell of inCellOrder(drawn)) writer.append(viewOf(cell));
      const max = Buffer.alloc(8);
      max.writeBigInt64BE(BigInt(sequenceId));
      writer.setFileInfo('MAX_SEQ_ID_KEY', max);
      writer.setFileInfo('MAJOR_COMPACTION_KEY', Uint8Array.of(0));
      await writer.finish();
      files.push({ family, name, path, maxSequenceId: sequenceId });
    }
  }
  return files;
}
