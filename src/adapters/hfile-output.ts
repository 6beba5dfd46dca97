/**
 * A job's records as store files for the bulk load of a table: a row and a value each, in one
 * column.
 *
 *    <output>/<family>/part-r-00000
 *
 * Keys and values are Text or BytesWritable; their bytes are row and value. Rows must ascend within
 * a part, which the order of Text and BytesWritable sees to; so parts are loaded as they are.
 */
import { joinPath } from '../../native-free-io/index.ts';
import type { Env } from '../env/index.ts';
import { writableOfClass, writables } from '../hadoop/index.ts';
import { CellType, CellView, HFileWriter, keyValueBytes, writeKeyValue } from '../lsm/index.ts';
import {
  moduleOutput,
  type OutputSpec,
  type RecordWriter,
  type WriterFactory,
  type WrittenRecord,
} from '../mapreduce/index.ts';

export interface HFileOutputOptions {
  readonly family: string;
  readonly qualifier: string;
  /** Of every cell. Milliseconds. */
  readonly timestamp: number;
}

/** Length and key length come before a KeyValue's key. */
const keyPosition = 8;

export function HFileOutput(dir: string, options: HFileOutputOptions): OutputSpec {
  const module = new URL('./hfile-output.js', import.meta.url);
  return moduleOutput(dir, { module, name: 'openHFilePart', detail: options });
}

/** The writer of a part; tasks call it by name. */
export const openHFilePart: WriterFactory = async (request, env: Env): Promise<RecordWriter> => {
  const { dir, name, detail } = request;
  const options = detail as HFileOutputOptions;
  const family = joinPath(dir, options.family);
  await env.fs.makeDirectory(family);
  const writer = HFileWriter.create(env.fs, joinPath(family, name));
  return new HFilePart(writer, options, [
    contentStart(request.keyClass),
    contentStart(request.valueClass),
  ]);
};

type ContentOf = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** Bytes of a Text or BytesWritable without their length. */
function contentStart(className: string): ContentOf {
  const isText = writableOfClass(className) === writables.text;
  const type = isText ? writables.textBytes : writables.bytes;
  return (bytes, start, end) => type.read(bytes, start, end);
}

class HFilePart implements RecordWriter {
  readonly #writer: HFileWriter;
  readonly #options: HFileOutputOptions;
  readonly #contents: readonly [ContentOf, ContentOf];
  readonly #family: Uint8Array;
  readonly #qualifier: Uint8Array;
  #isDone = false;

  constructor(
    writer: HFileWriter,
    options: HFileOutputOptions,
    contents: readonly [ContentOf, ContentOf],
  ) {
    this.#writer = writer;
    this.#options = options;
    this.#contents = contents;
    this.#family = new TextEncoder().encode(options.family);
    this.#qualifier = new TextEncoder().encode(options.qualifier);
  }

  get bytesWritten(): number {
    return this.#writer.size;
  }

  write({ bytes, keyStart, keyEnd, valueEnd }: WrittenRecord): void {
    const [rowOf, valueOf] = this.#contents;
    const row = rowOf(bytes, keyStart, keyEnd);
    const value = valueOf(bytes, keyEnd, valueEnd);
    const cell = {
      row,
      family: this.#family,
      qualifier: this.#qualifier,
      timestamp: this.#options.timestamp,
      type: CellType.put,
      value,
    };
    const written = new Uint8Array(keyValueBytes(cell));
    const view = new DataView(written.buffer);
    writeKeyValue(written, view, 0, cell);
    const place = new CellView();
    place.bytes = written;
    place.view = view;
    place.keyPosition = keyPosition;
    place.keyLength = written.length - keyPosition - value.length;
    place.valuePosition = written.length - value.length;
    place.valueLength = value.length;
    this.#writer.append(place);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#writer.finish();
    this.#isDone = true;
  }

  async abandon(): Promise<void> {
    if (!this.#isDone) await this.#writer.abort();
    this.#isDone = true;
  }
}
