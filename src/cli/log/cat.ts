/** `varve log cat` and `varve log tail`: values, one per line. */
import { PartitionLog, type LogBatch } from '../../log/index.ts';
import { exitCode, wholeNumber, type Command, type Invocation } from '../command.ts';

const shared = {
  from: { type: 'string', value: 'N', help: 'first offset (default: the oldest)' },
  count: { type: 'string', value: 'N', help: 'stop after so many records' },
  keys: { type: 'boolean', help: 'print the key and a tab before each value' },
  'read-committed': { type: 'boolean', help: 'leave out open and aborted transactions' },
  json: { type: 'boolean', help: 'one JSON object per record; keys and values in base64' },
} as const;

export const catCommand: Command = {
  name: 'cat',
  summary: 'Print record values, one per line.',
  usage: 'DIR',
  arity: [1, 1],
  options: shared,
  run: (invocation) => print(invocation, false),
};

export const tailCommand: Command = {
  name: 'tail',
  summary: 'Print the last record values; with --follow, go on as new ones arrive.',
  usage: 'DIR',
  arity: [1, 1],
  details: `
--follow looks for records written by other processes twice a second until interrupted.`,
  options: {
    ...shared,
    lines: { type: 'string', short: 'n', value: 'N', help: 'how many to begin with (default 10)' },
    follow: { type: 'boolean', short: 'f', help: 'wait for new records' },
  },
  run: (invocation) => print(invocation, true),
};

const outputBytes = 256 << 10;
const pollMs = 500;

async function print(invocation: Invocation, tail: boolean): Promise<0> {
  const { flags, io } = invocation;
  const dir = invocation.positionals[0]!;
  let left = wholeNumber(invocation, 'count', { fallback: Number.MAX_SAFE_INTEGER });
  const lines = wholeNumber(invocation, 'lines', { fallback: 10 });
  let next = flags['from'] === undefined ? -1 : wholeNumber(invocation, 'from', { fallback: 0 });
  const output = new Output(invocation);
  for (;;) {
    const log = await PartitionLog.open({ dir, readOnly: true });
    try {
      if (next < 0) {
        next = tail ? Math.max(log.logStartOffset, log.logEndOffset - lines) : log.logStartOffset;
      }
      if (next < log.logEndOffset || flags['follow'] !== true) {
        const isolation =
          flags['read-committed'] === true ? ('read_committed' as const) : undefined;
        const batches = log.read({
          from: next,
          signal: io.signal,
          ...(isolation === undefined ? {} : { isolation }),
        });
        for await (const batch of batches) {
          if (left === 0) break;
          left -= await output.add(batch, next, left);
          next = Math.max(next, batch.lastOffset + 1);
        }
      }
    } finally {
      await log.close();
    }
    await output.flush();
    if (flags['follow'] !== true || left === 0 || io.signal.aborted) return exitCode.fine;
    await pause(io.signal);
    if (io.signal.aborted) return exitCode.fine;
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
  });
}

/** Collects output so that a write goes out per quarter megabyte, not per record. */
class Output {
  readonly #invocation: Invocation;
  readonly #keys: boolean;
  readonly #json: boolean;
  readonly #bytes = new Uint8Array(outputBytes);
  #used = 0;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#keys = invocation.flags['keys'] === true;
    this.#json = invocation.flags['json'] === true;
  }

  /** Writes the batch's records from offset `from` on, at most `limit`; how many. */
  async add(batch: LogBatch, from: number, limit: number): Promise<number> {
    let written = 0;
    const cursor = batch.cursor();
    while (written < limit && cursor.next()) {
      if (cursor.offset < from) continue;
      written++;
      if (this.#json) {
        const record = cursor.record();
        await this.#text(
          `${JSON.stringify({
            offset: record.offset,
            timestamp: record.timestamp,
            key: base64(record.key),
            value: base64(record.value),
            headers: record.headers.map(({ key, value }) => ({ key, value: base64(value) })),
          })}\n`,
        );
        continue;
      }
      const { bytes } = cursor;
      if (this.#keys) {
        if (cursor.keyStart >= 0) await this.#put(bytes, cursor.keyStart, cursor.keyEnd);
        await this.#put(tab, 0, 1);
      }
      if (cursor.valueStart >= 0) await this.#put(bytes, cursor.valueStart, cursor.valueEnd);
      await this.#put(lineEnd, 0, 1);
    }
    return written;
  }

  async flush(): Promise<void> {
    if (this.#used === 0) return;
    const used = this.#used;
    this.#used = 0;
    await this.#invocation.io.write(this.#bytes.subarray(0, used));
  }

  async #text(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#put(bytes, 0, bytes.length);
  }

  async #put(bytes: Uint8Array, start: number, end: number): Promise<void> {
    const length = end - start;
    if (this.#used + length > outputBytes) await this.flush();
    if (length > outputBytes) {
      await this.#invocation.io.write(new Uint8Array(bytes.subarray(start, end)));
      return;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#used);
    this.#used += length;
  }
}

const tab = Uint8Array.of(0x09);
const lineEnd = Uint8Array.of(0x0a);

function base64(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
