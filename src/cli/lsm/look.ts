/** `varve lsm stat` and `verify`: what a database holds, and whether all of it can be read. */
import type { Database, RegionFigures } from '../../lsm/index.ts';
import { exitCode, type Command, type ExitCode } from '../command.ts';
import { count, plural, Progress, sizeText } from '../progress.ts';
import { jsonBytes, jsonFlag, withDatabase } from './shared.ts';

export const statCommand: Command = {
  name: 'stat',
  summary: 'Show tables, regions, files and sizes.',
  usage: 'DIR [TABLE]',
  arity: [1, 2],
  options: { json: jsonFlag },
  run: (invocation) =>
    withDatabase(invocation, async (database) => {
      for (const name of tablesOf(database, invocation.positionals[1])) {
        for (const region of database.table(name).admin.regions) {
          const isJson = invocation.flags['json'] === true;
          await invocation.io.write(isJson ? regionJson(name, region) : regionText(name, region));
        }
      }
      return exitCode.fine;
    }),
};

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Read every store file whole: checksums, order, borders; exit code 1 for damage.',
  usage: 'DIR [TABLE]',
  arity: [1, 2],
  options: { json: jsonFlag, quiet: { type: 'boolean', help: 'no progress' } },
  run: (invocation) =>
    withDatabase(invocation, async (database): Promise<ExitCode> => {
      const { io, flags } = invocation;
      let problems = 0;
      let [files, cells] = [0, 0];
      using progress = new Progress(io, {
        label: 'verify',
        total: 0,
        enabled: flags['json'] !== true && flags['quiet'] !== true,
      });
      let bytes = 0;
      for (const name of tablesOf(database, invocation.positionals[1])) {
        for await (const file of database.table(name).admin.verify(io.signal)) {
          files++;
          cells += file.cells;
          bytes += file.bytes;
          progress.update(bytes);
          if (file.problem === undefined) continue;
          problems++;
          const { path, problem } = file;
          await io.write(
            flags['json'] === true
              ? `${JSON.stringify({ table: name, path, problem })}\n`
              : `${path}: ${problem}\n`,
          );
        }
      }
      progress.done();
      await io.write(
        flags['json'] === true
          ? `${JSON.stringify({ files, cells, problems })}\n`
          : `${plural(files, 'file')}, ${plural(cells, 'cell')}, ${plural(problems, 'problem')}\n`,
      );
      return problems === 0 ? exitCode.fine : exitCode.foundWrong;
    }),
};

function tablesOf(database: Database, name: string | undefined): readonly string[] {
  return name === undefined ? database.tableNames : [database.table(name).name];
}

function regionJson(table: string, region: RegionFigures): string {
  const { startKey, endKey, encodedName, families } = region;
  const [start, end] = [jsonBytes(startKey), jsonBytes(endKey)];
  return `${JSON.stringify({ table, region: encodedName, start, end, families })}\n`;
}

function regionText(
  table: string,
  { encodedName, startKey, endKey, families }: RegionFigures,
): string {
  const border = (key: Uint8Array): string => JSON.stringify(jsonBytes(key));
  let text = `${table} ${encodedName} [${border(startKey)}, ${border(endKey)})\n`;
  for (const { name, files, fileBytes, fileCells } of families) {
    text += `  ${name}: ${plural(files, 'file')}, ${sizeText(fileBytes)}, ${count(fileCells)} cells\n`;
  }
  return text;
}
