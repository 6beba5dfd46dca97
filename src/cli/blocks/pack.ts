/** `varve blocks pack` and `unpack`: many small files in one container. */
import {
  baseName,
  joinPath,
  nodeFileSystem,
  parentPath,
  throwIfAborted,
} from '../../../native-free-io/index.ts';
import { ObjectPack } from '../../blocks/index.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { plural, sizeText } from '../progress.ts';
import { jsonLine, jsonOption, progressOf, quietOption } from './shared.ts';

export const packCommand: Command = {
  name: 'pack',
  summary: 'Put small files into a container: a SequenceFile with an index.',
  usage: 'PACK [PATH…]',
  arity: [1, 10_000],
  details: `
PACK is a directory, made when missing. Of a directory PATH all files below it are taken, under
their paths from it. --rebuild alone mends a pack whose journal is damaged or lost, from its data;
objects that were removed come back.`,
  options: {
    rebuild: { type: 'boolean', help: 'make the journal anew from the data first' },
    json: jsonOption,
    quiet: quietOption,
  },
  run: pack,
};

export const unpackCommand: Command = {
  name: 'unpack',
  summary: 'Write the objects of a container to files, or list them.',
  usage: 'PACK [KEY…]',
  arity: [1, 10_000],
  options: {
    output: { type: 'string', short: 'o', value: 'DIR', help: 'where to (default: here)' },
    list: { type: 'boolean', help: 'print the keys instead' },
    json: jsonOption,
    quiet: quietOption,
  },
  run: unpack,
};

async function pack(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const files = positionals.slice(1).flatMap((path) => filesOf(path));
  const dir = positionals[0]!;
  const rebuild = flags['rebuild'] === true;
  if (positionals.length === 1 && !rebuild) throw new UsageError('expected files to pack');
  await using container = await ObjectPack.open({ dir, rebuild });
  using progress = progressOf(invocation, 'pack', 0);
  let bytes = 0;
  for (const { key, path } of files) {
    throwIfAborted(io.signal);
    const value = readWhole(path);
    await container.put(key, value);
    progress.update((bytes += value.length));
  }
  await container.sync();
  progress.done();
  const objects = container.size;
  const text = `${plural(files.length, 'file')} packed, ${sizeText(bytes)}; ${plural(objects, 'object')} in all\n`;
  await io.write(flags['json'] === true ? jsonLine({ files: files.length, bytes, objects }) : text);
  return exitCode.fine;
}

async function unpack(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const dir = positionals[0]!;
  await using container = await ObjectPack.open({ dir, readOnly: true });
  const keys = positionals.length > 1 ? positionals.slice(1) : container.keys();
  const json = flags['json'] === true;
  if (flags['list'] === true) {
    for (const key of keys) await io.write(json ? jsonLine({ key }) : `${key}\n`);
    return exitCode.fine;
  }
  const output = typeof flags['output'] === 'string' ? flags['output'] : '.';
  using progress = progressOf(invocation, 'unpack', 0);
  let bytes = 0;
  let objects = 0;
  for (const key of keys) {
    throwIfAborted(io.signal);
    const value = container.get(key);
    if (value === undefined) throw new UsageError(`no object '${key}' in ${dir}`);
    writeWhole(targetOf(output, key), value);
    objects++;
    progress.update((bytes += value.length));
  }
  progress.done();
  if (json) await io.write(jsonLine({ objects, bytes }));
  return exitCode.fine;
}

/** A key may not lead out of the directory. */
function targetOf(output: string, key: string): string {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) throw new UsageError(`'${key}' is no file name`);
  return parts.reduce((path, part) => joinPath(path, part), output);
}

function filesOf(path: string, key?: string): { key: string; path: string }[] {
  const stat = nodeFileSystem.statSync(path);
  if (stat === undefined) throw new UsageError(`${path}: no such file`);
  if (stat.kind === 'file') return [{ key: key ?? baseName(path), path }];
  if (stat.kind === 'other') return [];
  return nodeFileSystem
    .listSync(path)
    .flatMap(({ name }) =>
      filesOf(joinPath(path, name), key === undefined ? name : `${key}/${name}`),
    );
}

function readWhole(path: string): Uint8Array {
  const file = nodeFileSystem.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(file.sizeSync());
    return bytes.subarray(0, file.readSync(bytes, 0, bytes.length, 0));
  } finally {
    file.closeSync();
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  nodeFileSystem.makeDirectorySync(parentPath(path));
  const file = nodeFileSystem.openSync(path, 'create');
  try {
    file.truncateSync(0);
    file.writeSync(bytes, 0, bytes.length, 0);
  } finally {
    file.closeSync();
  }
}
