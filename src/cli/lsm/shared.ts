/** What the lsm commands have in common: opening, names of columns, how cells are written down. */
import { AbortedError } from '../../../native-free-io/index.ts';
import { Database, type Bytes, type Cell, type Row, type Table } from '../../lsm/index.ts';
import { UsageError, type Invocation, type OptionSpec } from '../command.ts';

export const jsonFlag: OptionSpec = { type: 'boolean', help: 'print JSON, one object a line' };

/** Runs with the database in the first positional, which must exist, and closes it. */
export async function withDatabase<T>(
  invocation: Invocation,
  run: (database: Database) => Promise<T>,
): Promise<T> {
  const dir = invocation.positionals[0]!;
  if (!Database.exists(dir))
    throw new UsageError(`no database in '${dir}'; 'lsm create' makes one`);
  const database = await Database.open(dir);
  try {
    return await run(database);
  } finally {
    await database.close();
  }
}

/** As `withDatabase`, with the table in the second positional. */
export function withTable<T>(
  invocation: Invocation,
  run: (table: Table) => Promise<T>,
): Promise<T> {
  return withDatabase(invocation, (database) => run(database.table(invocation.positionals[1]!)));
}

/** `family:qualifier`, the qualifier may be empty; `family` alone when `qualifier` is optional. */
export function parseColumn(text: string): { family: string; qualifier: string } {
  const at = text.indexOf(':');
  if (at < 1) throw new UsageError(`expected FAMILY:QUALIFIER, got '${text}'`);
  return { family: text.slice(0, at), qualifier: text.slice(at + 1) };
}

/** Text where the bytes are UTF-8, else `{ base64 }`. */
export type JsonBytes = string | { readonly base64: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

export function jsonBytes(bytes: Uint8Array): JsonBytes {
  try {
    return decoder.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

export function bytesOfJson(value: unknown, what: string): Bytes {
  if (typeof value === 'string') return value;
  const base64 = (value as { readonly base64?: unknown } | null)?.base64;
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  throw new UsageError(`${what}: expected text or { "base64": … }`);
}

export function cellJson(cell: Cell): string {
  const column = jsonBytes(
    Buffer.concat([Buffer.from(`${cell.family}:`), Buffer.from(cell.qualifier)]),
  );
  return JSON.stringify({
    row: jsonBytes(cell.row),
    column,
    timestamp: cell.timestamp,
    value: jsonBytes(cell.value),
  });
}

/** `row<TAB>family:qualifier<TAB>value`; undefined when a part would tear the line. */
export function cellLine(cell: Cell): string | undefined {
  const parts = [
    Buffer.from(cell.row).toString(),
    `${cell.family}:${Buffer.from(cell.qualifier).toString()}`,
    Buffer.from(cell.value).toString(),
  ];
  if (parts.some((part) => /[\t\n\uFFFD]/.test(part))) return undefined;
  return parts.join('\t');
}

/** What a person reads: parts that would tear the line are quoted. */
export function cellText(cell: Cell): string {
  return cellLine(cell) ?? cellJson(cell);
}

export function rowText(row: Row, isJson: boolean): string {
  let text = '';
  for (const cell of row.cells()) text += `${isJson ? cellJson(cell) : cellText(cell)}\n`;
  return text;
}

export function assertGoesOn(invocation: Invocation): void {
  if (invocation.io.signal.aborted) throw new AbortedError();
}
