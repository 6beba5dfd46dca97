/** `varve log cat` and `varve log tail`: values, one per line. */
import { AbortedError, joinPath, nodeFileSystem } from '../../../native-free-io/index.ts';
import type { Isolation, PartitionLog } from '../../log/index.ts';
import { wholeNumber } from '../arguments.ts';
import {
  exitCode,
  UsageError,
  type Command,
  type ExitCode,
  type Invocation,
  type OptionSpec,
} from '../command.ts';
import { listNames, offsetWithin, openForReading, tellDamage } from './partition.ts';
import { RecordOutput } from './record-output.ts';

const keysOption: OptionSpec = {
  type: 'boolean',
  help: 'print the key and a tab before each value',
};
const committedOption: OptionSpec = {
  type: 'boolean',
  help: 'leave out open and aborted transactions',
};
const jsonOption: OptionSpec = {
  type: 'boolean',
  help: 'one JSON object per record; keys and values in base64',
};

export const catCommand: Command = {
  name: 'cat',
  summary: 'Print record values, one per line.',
  usage: 'DIR',
  arity: [1, 1],
  options: {
    from: { type: 'string', value: 'N', help: 'first offset (default: the oldest)' },
    count: { type: 'string', value: 'N', help: 'stop after so many records' },
    keys: keysOption,
    'read-committed': committedOption,
    json: jsonOption,
  },
  run: cat,
};

export const tailCommand: Command = {
  name: 'tail',
  summary: 'Print the last record values; with --follow, go on as new ones arrive.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
--follow looks for records written by other processes twice a second until interrupted.`,
  options: {
    lines: { type: 'string', short: 'n', value: 'N', help: 'how many to begin with (default 10)' },
    from: { type: 'string', value: 'N', help: 'instead: begin at this offset' },
    follow: { type: 'boolean', short: 'f', help: 'wait for new records' },
    count: { type: 'string', value: 'N', help: 'stop after so many records' },
    keys: keysOption,
    'read-committed': committedOption,
    json: jsonOption,
  },
  run: tail,
};

const maxLines = 1_000_000;
const pollMs = 500;

interface Wanted {
  readonly isolation: Isolation;
  readonly signal: AbortSignal;
}

function wantedBy({ flags, io }: Invocation): Wanted {
  const committed = flags['read-committed'] === true;
  return { isolation: committed ? 'read_committed' : 'read_uncommitted', signal: io.signal };
}

async function cat(invocation: Invocation): Promise<ExitCode> {
  const { flags, positionals } = invocation;
  const count = wholeNumber(invocation, 'count', { fallback: Number.MAX_SAFE_INTEGER });
  const from = wholeNumber(invocation, 'from', { fallback: 0 });
  const output = new RecordOutput(invocation);
  await using log = await openForReading(positionals[0]!);
  const first = flags['from'] === undefined ? log.logStartOffset : offsetWithin(log, 'from', from);
  await copy(log, output, { from: first, count, wanted: wantedBy(invocation) });
  await output.flush();
  return await tellDamage(invocation, log);
}

async function tail(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation;
  const wanted = wantedBy(invocation);
  const count = wholeNumber(invocation, 'count', { fallback: Number.MAX_SAFE_INTEGER });
  const lines = wholeNumber(invocation, 'lines', { fallback: 10, max: maxLines });
  const from = wholeNumber(invocation, 'from', { fallback: 0 });
  if (flags['from'] !== undefined && flags['lines'] !== undefined) {
    throw new UsageError('give one of --lines and --from');
  }
  const firstOffset = (opened: PartitionLog): number | Promise<number> =>
    flags['from'] === undefined
      ? startOfLast(opened, lines, wanted)
      : offsetWithin(opened, 'from', from);
  if (flags['follow'] === true) {
    return await follow(invocation, { next: -1, left: count }, firstOffset);
  }
  const output = new RecordOutput(invocation);
  await using log = await openForReading(invocation.positionals[0]!);
  await copy(log, output, { from: await firstOffset(log), count, wanted });
  await output.flush();
  return await tellDamage(invocation, log);
}

/** Opens the log again whenever its files have grown; ends with Ctrl-C, or after `left` records. */
async function follow(
  invocation: Invocation,
  state: { next: number; left: number },
  firstOffset: (log: PartitionLog) => number | Promise<number>,
): Promise<ExitCode> {
  const { io, positionals } = invocation;
  const wanted = wantedBy(invocation);
  const output = new RecordOutput(invocation);
  const dir = positionals[0]!;
  let seen = '';
  try {
    for (;;) {
      const sizes = segmentSizes(dir);
      if (sizes !== seen) {
        seen = sizes;
        await using log = await openForReading(dir);
        // Retention may have overtaken us.
        const next = state.next < 0 ? await firstOffset(log) : state.next;
        state.next = Math.max(next, log.logStartOffset);
        if (state.next < log.logEndOffset) {
          const part = { from: state.next, count: state.left, wanted };
          const done = await copy(log, output, part);
          state.next = done.next;
          state.left -= done.written;
        }
      }
      await output.flush();
      if (state.left === 0) return exitCode.fine;
      await pause(io.signal);
      if (io.signal.aborted) return exitCode.fine;
    }
  } catch (error) {
    if (error instanceof AbortedError) return exitCode.fine;
    throw error;
  }
}

/** Changes whenever somebody appends. */
function segmentSizes(dir: string): string {
  const sizes = (listNames(dir) ?? [])
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}:${nodeFileSystem.statSync(joinPath(dir, name))?.size ?? 0}`);
  return `${dir}\n${sizes.join('\n')}`;
}

async function copy(
  log: PartitionLog,
  output: RecordOutput,
  options: { readonly from: number; readonly count: number; readonly wanted: Wanted },
): Promise<{ written: number; next: number }> {
  const { from, count, wanted } = options;
  let written = 0;
  let next = from;
  for await (const batch of log.read({ from, ...wanted })) {
    if (written === count) break;
    written += await output.add(batch, from, count - written);
    next = Math.max(next, batch.lastOffset + 1);
  }
  return { written, next };
}

/** Offset of the last but `lines` record: offsets alone do not tell, compaction leaves holes. */
async function startOfLast(log: PartitionLog, lines: number, wanted: Wanted): Promise<number> {
  if (lines === 0) return log.logEndOffset;
  for (let span = lines; ; span *= 4) {
    const from = Math.max(log.logStartOffset, log.logEndOffset - span);
    const offsets: number[] = [];
    for await (const batch of log.read({ from, ...wanted })) {
      const cursor = batch.cursor();
      while (cursor.next()) if (cursor.offset >= from) offsets.push(cursor.offset);
      if (offsets.length > 2 * lines) offsets.splice(0, offsets.length - lines);
    }
    if (offsets.length >= lines || from === log.logStartOffset) {
      return offsets.at(-lines) ?? offsets[0] ?? log.logEndOffset;
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, pollMs);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
