/** Cells between our tests and the Java program. */
import type { TestCell } from '../../helpers/lsm-cells.ts';

/** Row, family, qualifier, timestamp, type, value, tags, sequence id; bytes as Latin-1. */
export type JavaCell = readonly [string, string, string, string, number, string, string, number];

const longMax = '9223372036854775807';

export function toJava(cell: TestCell): JavaCell {
  const timestamp = cell.timestamp >= 2 ** 63 ? longMax : String(cell.timestamp);
  const { row, family, qualifier, type, value, tags, sequenceId } = cell;
  return [row, family, qualifier, timestamp, type, value, tags, sequenceId];
}

export function fromJava(cell: JavaCell): TestCell {
  const [row, family, qualifier, timestamp, type, value, tags, sequenceId] = cell;
  return { row, family, qualifier, timestamp: Number(timestamp), type, value, tags, sequenceId };
}

/** What HBase's reader tells of a store file. */
export interface HFileRead {
  readonly cells: readonly JavaCell[];
  readonly midRow?: string;
  readonly trailer: string;
  readonly info: Readonly<Record<string, string>>;
}
