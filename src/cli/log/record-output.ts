/** Records as lines of output, collected so that a write goes out per quarter megabyte. */
import type { LogBatch, RecordCursor } from '../../log/index.ts';
import type { Invocation } from '../command.ts';

const outputBytes = 256 << 10;
const tab = Uint8Array.of(0x09);
const lineEnd = Uint8Array.of(0x0a);

export class RecordOutput {
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
      if (this.#json) await this.#putText(recordJson(cursor));
      else await this.#putLine(cursor);
    }
    return written;
  }

  async flush(): Promise<void> {
    if (this.#used === 0) return;
    const used = this.#used;
    this.#used = 0;
    await this.#invocation.io.write(new Uint8Array(this.#bytes.subarray(0, used)));
  }

  async #putLine(cursor: RecordCursor): Promise<void> {
    const { bytes } = cursor;
    if (this.#keys) {
      if (cursor.keyStart >= 0) await this.#put(bytes, cursor.keyStart, cursor.keyEnd);
      await this.#put(tab, 0, 1);
    }
    if (cursor.valueStart >= 0) await this.#put(bytes, cursor.valueStart, cursor.valueEnd);
    await this.#put(lineEnd, 0, 1);
  }

  async #putText(text: string): Promise<void> {
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

function recordJson(cursor: RecordCursor): string {
  const { offset, timestamp, key, value, headers } = cursor.record();
  return `${JSON.stringify({
    offset,
    timestamp,
    key: base64(key),
    value: base64(value),
    headers: headers.map((header) => ({ key: header.key, value: base64(header.value) })),
  })}\n`;
}

function base64(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
