/** `varve lsm create`, `drop`, `flush`, `compact`, `split`, `checkpoint`: tables as a whole. */
import { Database, type FamilyInput } from '../../lsm/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, type Command, type ExitCode, type Invocation } from '../command.ts';
import { plural } from '../progress.ts';
import { withDatabase, withTable } from './shared.ts';

export const createCommand: Command = {
  name: 'create',
  summary: 'Make a table, and the database if there is none.',
  usage: 'DIR TABLE FAMILY...',
  arity: [3, 66],
  options: {
    versions: { type: 'string', value: 'N', help: 'versions a column keeps (default 1)' },
    'ttl-ms': { type: 'string', value: 'MS', help: 'how long a cell is seen (default: for ever)' },
    compression: { type: 'string', value: 'NAME', help: 'none, gz, snappy, lz4 or zstd' },
    encoding: { type: 'string', value: 'NAME', help: 'NONE, FAST_DIFF or ROW_INDEX_V1' },
    bloom: { type: 'string', value: 'NAME', help: 'NONE, ROW or ROWCOL' },
    splits: { type: 'string', value: 'ROW,…', help: 'rows at which regions begin' },
  },
  async run(invocation) {
    const [dir, name, ...families] = invocation.positionals;
    const { flags } = invocation;
    const ttlMs = wholeNumber(invocation, 'ttl-ms', { fallback: 0, min: 1 });
    const family = {
      versions: wholeNumber(invocation, 'versions', { fallback: 1, min: 1 }),
      ...(ttlMs > 0 ? { ttlMs } : {}),
      ...pick(flags, ['compression', 'encoding', 'bloom']),
    } as FamilyInput;
    const database = await Database.open(dir!);
    try {
      await database.createTable(name!, {
        families: Object.fromEntries(families.map((one) => [one, family])),
        splits: typeof flags['splits'] === 'string' ? flags['splits'].split(',') : [],
      });
    } finally {
      await database.close();
    }
    return exitCode.fine;
  },
};

export const dropCommand: Command = {
  name: 'drop',
  summary: 'Remove a table and everything in it.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  run: (invocation) =>
    withDatabase(invocation, async (database) => {
      await database.dropTable(invocation.positionals[1]!);
      return exitCode.fine;
    }),
};

export const flushCommand: Command = {
  name: 'flush',
  summary: 'Write what is in memory, or only in the log, to store files.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  run: (invocation) =>
    withTable(invocation, async (table) => {
      await table.flush();
      return exitCode.fine;
    }),
};

export const compactCommand: Command = {
  name: 'compact',
  summary: 'Merge store files, as the policy says or all of them.',
  usage: 'DIR TABLE',
  arity: [2, 2],
  options: { major: { type: 'boolean', help: 'all files into one, deleted cells go' } },
  run: (invocation) =>
    withTable(invocation, async (table) => {
      const files = (): number =>
        table.admin.regions.flatMap((one) => one.families).reduce((sum, one) => sum + one.files, 0);
      const before = files();
      await table.compact({ major: invocation.flags['major'] === true });
      await invocation.io.write(`${plural(before, 'file')} before, ${files()} now\n`);
      return exitCode.fine;
    }),
};

export const splitCommand: Command = {
  name: 'split',
  summary: 'Split a region at a row, or the largest in its middle.',
  usage: 'DIR TABLE [ROW]',
  arity: [2, 3],
  run: (invocation) =>
    withTable(invocation, async (table): Promise<ExitCode> => {
      await table.flush();
      const isSplit = await table.admin.split(invocation.positionals[2]);
      if (!isSplit) {
        invocation.io.writeError('there is no row to split at\n');
        return exitCode.foundWrong;
      }
      await invocation.io.write(`${plural(table.admin.regions.length, 'region')}\n`);
      return exitCode.fine;
    }),
};

export const checkpointCommand: Command = {
  name: 'checkpoint',
  summary: 'Copy the database as it is by hard links into a new directory.',
  usage: 'DIR TARGET',
  arity: [2, 2],
  run: (invocation) =>
    withDatabase(invocation, async (database) => {
      await database.checkpoint(invocation.positionals[1]!);
      return exitCode.fine;
    }),
};

function pick(flags: Invocation['flags'], names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]),
  );
}
