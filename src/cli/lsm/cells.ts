/** `varve lsm put`, `get`, `scan`, `delete`: single cells and rows. */
import type { ReadOptions, Table } from '../../lsm/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { assertGoesOn, jsonFlag, parseColumn, rowText, withTable } from './shared.ts';

const versionsFlag = {
  type: 'string',
  value: 'N',
  help: 'versions per column (default 1)',
} as const;
const columnsFlag = {
  type: 'string',
  value: 'F[:Q],…',
  help: 'only these families or columns',
} as const;

export const putCommand: Command = {
  name: 'put',
  summary: 'Store one cell, durably.',
  usage: 'DIR TABLE ROW FAMILY:QUALIFIER VALUE',
  arity: [5, 5],
  options: {
    timestamp: { type: 'string', value: 'MS', help: 'of the cell (default: now)' },
  },
  run: (invocation) =>
    withTable(invocation, async (table) => {
      const [, , row, column, value] = invocation.positionals;
      const { family, qualifier } = parseColumn(column!);
      const timestamp = wholeNumber(invocation, 'timestamp', { fallback: -1 });
      const cells = { [family]: { [qualifier]: value! } };
      await table.put(row!, cells, timestamp < 0 ? {} : { timestamp });
      return exitCode.fine;
    }),
};

export const getCommand: Command = {
  name: 'get',
  summary: 'Print a row; exit code 1 when there is none.',
  usage: 'DIR TABLE ROW',
  arity: [3, 3],
  options: { versions: versionsFlag, columns: columnsFlag, json: jsonFlag },
  run: (invocation) =>
    withTable(invocation, async (table): Promise<ExitCode> => {
      const row = await table.get(invocation.positionals[2]!, readOptions(invocation));
      if (row === undefined) {
        invocation.io.writeError('no such row\n');
        return exitCode.foundWrong;
      }
      await invocation.io.write(rowText(row, invocation.flags['json'] === true));
      return exitCode.fine;
    }),
};

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'Delete a row, a family of it, or a column.',
  usage: 'DIR TABLE ROW [FAMILY[:QUALIFIER]]',
  arity: [3, 4],
  run: (invocation) =>
    withTable(invocation, async (table) => {
      const [, , row, what] = invocation.positionals;
      if (what === undefined) await table.delete(row!);
      else if (what.includes(':')) await table.delete(row!, parseColumn(what));
      else await table.delete(row!, { family: what });
      return exitCode.fine;
    }),
};

export const scanCommand: Command = {
  name: 'scan',
  summary: 'Print the rows of a range, in the order of their keys.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  options: {
    start: { type: 'string', value: 'ROW', help: 'first row' },
    stop: { type: 'string', value: 'ROW', help: 'end before this row' },
    prefix: { type: 'string', value: 'TEXT', help: 'only rows that begin so' },
    limit: { type: 'string', value: 'N', help: 'rows at most' },
    reverse: { type: 'boolean', help: 'from the end; --start is then the largest row' },
    count: { type: 'boolean', help: 'print how many rows and cells, not the cells' },
    versions: versionsFlag,
    columns: columnsFlag,
    json: jsonFlag,
  },
  run: (invocation) => withTable(invocation, (table) => scan(invocation, table)),
};

async function scan(invocation: Invocation, table: Table): Promise<ExitCode> {
  const { flags, io } = invocation;
  const text = (name: string): string | undefined => flags[name] as string | undefined;
  const [start, stop, prefix] = [text('start'), text('stop'), text('prefix')];
  const isJson = flags['json'] === true;
  let [rows, cells] = [0, 0];
  for await (const batch of table.scan({
    ...readOptions(invocation),
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    ...(prefix === undefined ? {} : { prefix }),
    reverse: flags['reverse'] === true,
    limit: wholeNumber(invocation, 'limit', { fallback: Number.MAX_SAFE_INTEGER }),
  })) {
    assertGoesOn(invocation);
    rows += batch.rowCount;
    cells += batch.cellCount;
    if (flags['count'] === true) continue;
    let output = '';
    for (const row of batch) output += rowText(row, isJson);
    await io.write(output);
  }
  if (flags['count'] === true) {
    await io.write(
      isJson ? `${JSON.stringify({ rows, cells })}\n` : `${rows} rows, ${cells} cells\n`,
    );
  }
  return exitCode.fine;
}

function readOptions(invocation: Invocation): ReadOptions {
  const versions = wholeNumber(invocation, 'versions', { fallback: 1, min: 1 });
  const columns = invocation.flags['columns'];
  if (typeof columns !== 'string') return { versions };
  const families: Record<string, string[] | true> = {};
  for (const one of columns.split(',')) {
    if (one === '') throw new UsageError('--columns: an empty name');
    if (!one.includes(':')) {
      families[one] = true;
      continue;
    }
    const { family, qualifier } = parseColumn(one);
    const known = families[family];
    if (known !== true) families[family] = [...(known ?? []), qualifier];
  }
  return { versions, families };
}
