/** `varve blocks put`, `get`, `cat`, `rm`: files in a block store. */
import { nodeFileSystem, regionChunks, type FileHandle } from '../../../native-free-io/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type Command, type ExitCode, type Invocation } from '../command.ts';
import { plural, sizeText } from '../progress.ts';
import {
  blockId,
  dirsHelp,
  jsonLine,
  jsonOption,
  nameOf,
  openForReading,
  openForWriting,
  progressOf,
  quietOption,
} from './shared.ts';

export const putCommand: Command = {
  name: 'put',
  summary: 'Store a file, cut into blocks with a checksum per chunk.',
  usage: 'DIR FILE',
  arity: [2, 2],
  details: `${dirsHelp}
FILE may be - for standard input; --name is needed then.`,
  options: {
    name: { type: 'string', value: 'NAME', help: "name in the store (default: the file's)" },
    'block-bytes': {
      type: 'string',
      value: 'N',
      help: 'cut after so many bytes (default 128 MiB)',
    },
    json: jsonOption,
    quiet: quietOption,
  },
  run: put,
};

export const getCommand: Command = {
  name: 'get',
  summary: 'Write a stored file to a file, verified.',
  usage: 'DIR NAME',
  arity: [2, 2],
  details: dirsHelp,
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      help: 'where to (default: its name, here)',
    },
    json: jsonOption,
    quiet: quietOption,
  },
  run: get,
};

export const catCommand: Command = {
  name: 'cat',
  summary: 'Print a stored file, or a block with --block, verified.',
  usage: 'DIR NAME',
  arity: [2, 2],
  details: dirsHelp,
  options: {
    block: { type: 'boolean', help: 'NAME is a block id' },
    start: { type: 'string', value: 'N', help: 'first byte (default 0)' },
    end: { type: 'string', value: 'N', help: 'byte after the last (default: the end)' },
  },
  run: cat,
};

export const removeCommand: Command = {
  name: 'rm',
  summary: 'Remove a stored file and its blocks.',
  usage: 'DIR NAME',
  arity: [2, 2],
  details: dirsHelp,
  options: { json: jsonOption },
  run: remove,
};

async function put(invocation: Invocation): Promise<ExitCode> {
  const { io, flags, positionals } = invocation;
  const path = positionals[1]!;
  const name = typeof flags['name'] === 'string' ? flags['name'] : nameOf(path);
  if (path === '-' && flags['name'] === undefined) throw new UsageError('--name is needed for -');
  const blockBytes = wholeNumber(invocation, 'block-bytes', { fallback: 128 << 20, min: 1 });
  const file = path === '-' ? undefined : nodeFileSystem.openSync(path, 'read');
  try {
    await using store = await openForWriting(invocation);
    const total = file?.sizeSync() ?? 0;
    using progress = progressOf(invocation, 'put', total);
    let done = 0;
    const manifest = await store.putFile(
      name,
      file === undefined ? io.stdin : pieces(file, total),
      {
        blockBytes,
        signal: io.signal,
        onProgress: (bytes) => progress.update((done += bytes)),
      },
    );
    progress.done();
    const said = `${name}: ${sizeText(manifest.length)} in ${plural(manifest.blocks.length, 'block')}\n`;
    await io.write(flags['json'] === true ? jsonLine(manifest) : said);
    return exitCode.fine;
  } finally {
    file?.closeSync();
  }
}

function pieces(file: FileHandle, length: number): AsyncIterable<Uint8Array> {
  return regionChunks({ file, position: 0, length });
}

async function get(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  const name = positionals[1]!;
  const target = typeof flags['output'] === 'string' ? flags['output'] : nameOf(name);
  await using store = await openForReading(invocation);
  const { length } = store.statFile(name);
  using progress = progressOf(invocation, 'get', length);
  // Under another name until it is whole: what stood there before survives a damaged block.
  // A device or a pipe is written as it is.
  const there = nodeFileSystem.statSync(target);
  const whole = there === undefined || there.kind === 'file';
  const path = whole ? `${target}.part` : target;
  try {
    const bytes = store.getFile(name, { signal: io.signal });
    await writePieces(path, bytes, (at) => progress.update(at));
  } catch (error) {
    if (whole) nodeFileSystem.removeFileSync(path);
    throw error;
  }
  if (whole) nodeFileSystem.renameSync(path, target);
  if (flags['json'] === true) await io.write(jsonLine({ name, length, output: target }));
  return exitCode.fine;
}

/** Replaces what the file held and syncs it; `onPiece` gets the bytes written so far. */
async function writePieces(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  onPiece: (at: number) => void,
): Promise<void> {
  const file = nodeFileSystem.openSync(path, 'create');
  try {
    file.truncateSync(0);
    let at = 0;
    for await (const piece of bytes) {
      file.writeSync(piece, 0, piece.length, at);
      at += piece.length;
      onPiece(at);
    }
    await file.sync();
  } finally {
    file.closeSync();
  }
}

async function cat(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  await using store = await openForReading(invocation);
  const start = wholeNumber(invocation, 'start', { fallback: 0 });
  const end = wholeNumber(invocation, 'end', { fallback: -1 });
  const range = { start, ...(end < 0 ? {} : { end }), signal: io.signal };
  const bytes =
    flags['block'] === true
      ? store.read(blockId(positionals[1]!), range)
      : store.getFile(positionals[1]!, range);
  // A piece is valid until the next pull, and the output may keep it longer.
  for await (const piece of bytes) await io.write(new Uint8Array(piece));
  return exitCode.fine;
}

async function remove(invocation: Invocation): Promise<ExitCode> {
  await using store = await openForWriting(invocation);
  const name = invocation.positionals[1]!;
  const { length, blocks } = store.statFile(name);
  await store.deleteFile(name);
  if (invocation.flags['json'] === true) {
    await invocation.io.write(jsonLine({ name, length, blocks: blocks.length }));
  }
  return exitCode.fine;
}
