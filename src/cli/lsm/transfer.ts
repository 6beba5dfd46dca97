/** `varve lsm import` and `export`: whole tables as lines of text. */
import type { Table } from '../../lsm/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { lineGroups, untilAborted } from '../lines.ts';
import { plural, Progress } from '../progress.ts';
import {
  assertGoesOn,
  bytesOfJson,
  cellJson,
  cellLine,
  jsonFlag,
  parseColumn,
  withTable,
} from './shared.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Store one cell per line of standard input.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  details: `
A line is row<TAB>family:qualifier<TAB>value, or with --json an object
{"row": …, "column": "family:qualifier", "value": …, "timestamp": MS}, the timestamp being optional
and bytes that are no text written as {"base64": …}: what 'lsm export' prints. Everything is
durable when it ends; Ctrl-C keeps what was stored so far.`,
  options: {
    json: { type: 'boolean', help: 'lines are JSON objects' },
    'batch-cells': { type: 'string', value: 'N', help: 'cells per write (default 1000)' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: (invocation) => withTable(invocation, (table) => importLines(invocation, table)),
};

export const exportCommand: Command = {
  name: 'export',
  summary: 'Print every cell, in the form that import takes.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  options: {
    json: jsonFlag,
    versions: { type: 'string', value: 'N', help: 'versions per column (default 1)' },
    quiet: { type: 'boolean', help: 'no progress' },
  },
  run: (invocation) => withTable(invocation, (table) => exportCells(invocation, table)),
};

async function importLines(invocation: Invocation, table: Table): Promise<ExitCode> {
  const { io, flags } = invocation;
  const batchCells = wholeNumber(invocation, 'batch-cells', { fallback: 1000, min: 1 });
  using progress = progressOf(invocation, 'import');
  const batch = table.batchOf();
  let [line, bytes] = [0, 0];
  for await (const lines of lineGroups(untilAborted(io.stdin, io.signal))) {
    for (const one of lines) {
      line++;
      bytes += one.length;
      if (one.length === 0) continue;
      try {
        if (flags['json'] === true) addObject(batch, one);
        else addLine(batch, one);
      } catch (error) {
        throw new UsageError(`line ${line}: ${(error as Error).message}`);
      }
      if (batch.size < batchCells) continue;
      await table.write(batch, { durability: 'ASYNC_WAL' });
      batch.clear();
      progress.update(bytes);
    }
  }
  await table.write(batch);
  assertGoesOn(invocation);
  await table.flush();
  await io.write(`${plural(line, 'line')} imported\n`);
  return exitCode.fine;
}

function addLine(batch: ReturnType<Table['batchOf']>, line: Uint8Array): void {
  const first = line.indexOf(9);
  const second = line.indexOf(9, first + 1);
  if (first < 0 || second < 0) throw new UsageError('expected row<TAB>family:qualifier<TAB>value');
  const column = parseColumn(Buffer.from(line.subarray(first + 1, second)).toString());
  const value = line.subarray(second + 1);
  batch.putCell(line.subarray(0, first), column, value);
}

function addObject(batch: ReturnType<Table['batchOf']>, line: Uint8Array): void {
  const object = JSON.parse(Buffer.from(line).toString()) as Readonly<Record<string, unknown>>;
  const row = bytesOfJson(object['row'], 'row');
  const column = Buffer.from(bytesOfJson(object['column'], 'column'));
  const at = column.indexOf(':');
  if (at < 1) throw new UsageError('column: expected family:qualifier');
  const { timestamp } = object as { readonly timestamp?: unknown };
  batch.putCell(
    row,
    { family: column.subarray(0, at).toString(), qualifier: column.subarray(at + 1) },
    bytesOfJson(object['value'], 'value'),
    typeof timestamp === 'number' ? timestamp : undefined,
  );
}

async function exportCells(invocation: Invocation, table: Table): Promise<ExitCode> {
  const { io, flags } = invocation;
  const versions = wholeNumber(invocation, 'versions', { fallback: 1, min: 1 });
  using progress = progressOf(invocation, 'export');
  let bytes = 0;
  for await (const batch of table.scan({ versions })) {
    assertGoesOn(invocation);
    let output = '';
    for (const row of batch) {
      for (const cell of row.cells()) {
        const line = flags['json'] === true ? cellJson(cell) : cellLine(cell);
        if (line === undefined) {
          io.writeError('a cell holds a tab, a line end or bytes that are no text: use --json\n');
          return exitCode.foundWrong;
        }
        output += `${line}\n`;
      }
    }
    bytes += output.length;
    progress.update(bytes);
    await io.write(output);
  }
  return exitCode.fine;
}

function progressOf({ io, flags }: Invocation, label: string): Progress {
  return new Progress(io, { label, total: 0, enabled: flags['quiet'] !== true });
}
