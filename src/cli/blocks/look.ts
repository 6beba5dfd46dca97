/** `varve blocks ls`, `stat`, `verify`, `scan`, `recover`: what a store holds and how it is. */
import type { BlockStore, BlockVerdict, UnfinishedFile } from '../../blocks/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, type Command, type ExitCode, type Invocation } from '../command.ts';
import { plural, sizeText } from '../progress.ts';
import {
  blockId,
  dirsHelp,
  jsonLine,
  jsonOption,
  openForReading,
  openForWriting,
  progressOf,
  quietOption,
} from './shared.ts';

export const listCommand: Command = {
  name: 'ls',
  summary: 'List stored files, or with --blocks every block.',
  usage: 'DIR',
  arity: [1, 1],
  details: dirsHelp,
  options: {
    blocks: { type: 'boolean', help: 'blocks with state, stamp, length and volume' },
    json: { type: 'boolean', help: 'one JSON object per line' },
  },
  run: list,
};

export const statCommand: Command = {
  name: 'stat',
  summary: 'Show the volumes, a stored file with its checksums, or a block.',
  usage: 'DIR [NAME]',
  arity: [1, 2],
  details: dirsHelp,
  options: { block: { type: 'boolean', help: 'NAME is a block id' }, json: jsonOption },
  run: stat,
};

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Check every byte of every block; exit code 1 when something is wrong.',
  usage: 'DIR [BLOCK…]',
  arity: [1, 10_000],
  details: dirsHelp,
  options: { json: jsonOption, quiet: quietOption },
  run: verify,
};

export const scanCommand: Command = {
  name: 'scan',
  summary: 'Check all blocks slowly, going on where the last scan stopped.',
  usage: 'DIR',
  arity: [1, 1],
  details: dirsHelp,
  options: {
    rate: { type: 'string', value: 'N', help: 'bytes per second (default 1048576)' },
    restart: { type: 'boolean', help: 'from the beginning' },
    quarantine: { type: 'boolean', help: 'take damaged blocks out of service' },
    json: jsonOption,
    quiet: quietOption,
  },
  run: scan,
};

export const recoverCommand: Command = {
  name: 'recover',
  summary: 'Finalize blocks that were being written, and compare directories with what is known.',
  usage: 'DIR',
  arity: [1, 1],
  details: `${dirsHelp}
Blocks of files whose upload or deletion was cut are told; --remove-unfinished removes them.`,
  options: {
    'remove-unfinished': { type: 'boolean', help: 'remove blocks whose file is not there' },
    json: jsonOption,
  },
  run: recover,
};

async function list(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  await using store = await openForReading(invocation);
  if (flags['blocks'] === true) {
    const blocks = store.list().sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const block of blocks) {
      const { id, generationStamp, length, state, volume } = block;
      const line = `blk_${id}\t${generationStamp}\t${state}\t${length}\t${volume}\n`;
      await io.write(flags['json'] === true ? jsonLine(block) : line);
    }
    return exitCode.fine;
  }
  for (const file of store.listFiles()) {
    const line = `${file.length}\t${plural(file.blocks.length, 'block')}\t${file.name}\n`;
    await io.write(flags['json'] === true ? jsonLine(file) : line);
  }
  return exitCode.fine;
}

async function stat(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  await using store = await openForReading(invocation);
  const name = positionals[1];
  const found = name === undefined ? storeStat(store) : named(store, name, flags['block'] === true);
  const lines = Object.entries(found).map(([key, value]) =>
    typeof value === 'string' ? `${key}: ${value}\n` : `${key}: ${jsonLine(value)}`,
  );
  await io.write(flags['json'] === true ? jsonLine(found) : lines.join(''));
  return exitCode.fine;
}

function storeStat(store: BlockStore): Record<string, unknown> {
  const { replicas, recovered, aside, repairs } = store.loadReport;
  return {
    blockPool: store.blockPoolId,
    blocks: replicas,
    waitingForRecovery: recovered.length,
    filesToMoveAside: aside.length,
    movesToRepair: repairs.length,
    unfinishedFiles: store.listUnfinishedFiles().length,
    volumes: store.volumes(),
  };
}

function named(store: BlockStore, name: string, isBlock: boolean): Record<string, unknown> {
  if (isBlock) {
    const id = blockId(name);
    const checksum = store.blockChecksum(id, 'composite');
    return { ...store.stat(id), checksum: checksumText(checksum) };
  }
  const { blocks, createdMs, ...file } = store.statFile(name);
  return {
    ...file,
    created: new Date(createdMs).toISOString(),
    checksum: checksumText(store.fileChecksum(name)),
    composite: checksumText(store.fileChecksum(name, 'composite')),
    blocks,
  };
}

/** As `hadoop fs -checksum` prints it, four bytes of zero behind an MD5 included. */
function checksumText({ algorithm, bytes }: { algorithm: string; bytes: Uint8Array }): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${algorithm} ${algorithm.startsWith('MD5') ? hex.padEnd(64, '0') : hex}`;
}

async function verify(invocation: Invocation): Promise<ExitCode> {
  const { flags, io, positionals } = invocation;
  await using store = await openForReading(invocation);
  const wanted = positionals.slice(1).map(blockId);
  const ids = wanted.length > 0 ? wanted : store.list().map(({ id }) => id);
  const total = ids.reduce((sum, id) => sum + (store.stat(id)?.length ?? 0), 0);
  using progress = progressOf(invocation, 'verify', total);
  let bytes = 0;
  const pace = async (length: number): Promise<void> => progress.update((bytes += length));
  const damaged: BlockVerdict[] = [];
  let unchecked = 0;
  for (const id of ids) {
    const verdict = await store.verify(id, { signal: io.signal, pace });
    if (verdict === undefined) unchecked++;
    else if (verdict.problems.length > 0) damaged.push(verdict);
  }
  progress.done();
  const { aside } = store.loadReport;
  const report = { blocks: ids.length, bytes, unchecked, damaged, strangeFiles: aside };
  const strange = aside.map(({ path, reason }) => `${path}: ${reason}\n`).join('');
  const verdict = `${plural(ids.length, 'block')}, ${sizeText(bytes)}: ${damaged.length === 0 ? 'sound' : plural(damaged.length, 'damaged block')}`;
  const waiting = unchecked > 0 ? `, ${unchecked} not finalized` : '';
  const text = `${damaged.map(problemLines).join('')}${strange}${verdict}${waiting}\n`;
  await io.write(flags['json'] === true ? jsonLine(report) : text);
  return damaged.length + aside.length > 0 ? exitCode.foundWrong : exitCode.fine;
}

function problemLines({ id, volume, problems }: BlockVerdict): string {
  return problems
    .map(({ code, message }) => `blk_${id} on ${volume}: ${message} [${code}]\n`)
    .join('');
}

async function scan(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  const bytesPerSecond = wholeNumber(invocation, 'rate', { fallback: 1 << 20, min: 1 });
  await using store = await openForWriting(invocation);
  const total = store.list().reduce((sum, { length }) => sum + length, 0);
  using progress = progressOf(invocation, 'scan', total);
  const resume = flags['restart'] !== true;
  let bytes = 0;
  let blocks = 0;
  const damaged: BlockVerdict[] = [];
  // The pauses of a scan keep no process alive, but here it is all there is to wait for.
  const alive = setInterval(() => undefined, 1 << 30);
  try {
    for await (const verdict of store.scan({ bytesPerSecond, resume, signal: io.signal })) {
      progress.update((bytes += verdict.bytes));
      blocks++;
      if (verdict.problems.length === 0) continue;
      damaged.push(verdict);
      if (flags['quarantine'] === true) await store.quarantine(verdict.id);
    }
  } finally {
    clearInterval(alive);
  }
  progress.done();
  const text = `${damaged.map(problemLines).join('')}${plural(blocks, 'block')} scanned, ${sizeText(bytes)}, ${plural(damaged.length, 'damaged block')}\n`;
  await io.write(flags['json'] === true ? jsonLine({ blocks, bytes, damaged }) : text);
  return damaged.length > 0 ? exitCode.foundWrong : exitCode.fine;
}

function unfinishedLines(files: readonly UnfinishedFile[], isRemoved: boolean): string {
  const done = isRemoved ? ', removed' : '';
  return files
    .map(({ name, blocks }) => `${name}: not finished, ${plural(blocks.length, 'block')}${done}\n`)
    .join('');
}

async function recover(invocation: Invocation): Promise<ExitCode> {
  const { flags, io } = invocation;
  await using store = await openForWriting(invocation);
  const { recovered, repairs, aside } = store.loadReport;
  const blocks = [];
  for (const { state, id } of store.list()) {
    if (state === 'rwr' || state === 'rur') blocks.push(await store.recover(id));
  }
  const reconciled = await store.reconcile();
  const removes = flags['remove-unfinished'] === true;
  const unfinished = removes ? await store.removeUnfinishedFiles() : store.listUnfinishedFiles();
  const report = { blocks, recovered, repairs, aside, reconciled, unfinished };
  const dropped = recovered.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0);
  const text =
    repairs.map((repair) => `${repair}\n`).join('') +
    unfinishedLines(unfinished, removes) +
    `${plural(blocks.length, 'block')} finalized, ${plural(dropped, 'byte')} behind the last good chunk dropped, ` +
    `${plural(aside.length + reconciled.aside.length, 'file')} moved aside\n`;
  await io.write(flags['json'] === true ? jsonLine(report) : text);
  return exitCode.fine;
}
