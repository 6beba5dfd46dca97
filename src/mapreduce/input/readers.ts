/** Readers of the inputs that are built in, made from splits. */
import { InvalidArgumentError, type FileSystem } from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import {
  SequenceFileReader,
  nameOfClass,
  type WritableName,
  writables,
} from '../../hadoop/index.ts';
import { loadModule } from '../functions/function-ref.ts';
import { openSupply, type ByteSupply } from './byte-supply.ts';
import type { TextDetail } from './inputs.ts';
import { LineReader, type LineBatch } from './line-reader.ts';
import type { InputSplit, RecordBatch, RecordReader } from './record-reader.ts';

/** What a module exports that reads splits of its own. */
export type ReaderFactory = (split: InputSplit, env: Env) => RecordReader | Promise<RecordReader>;

export async function openReader(split: InputSplit, env: Env): Promise<RecordReader> {
  const { reader } = split;
  if (typeof reader === 'object') {
    const make = (await loadModule(reader.href))[reader.name];
    if (typeof make === 'function') return (make as ReaderFactory)(split, env);
    throw new InvalidArgumentError('OPTION_INVALID', `${reader.href} exports no ${reader.name}`);
  }
  if (reader === 'text' || reader === 'lines') return new TextReader(env.fs, split);
  if (reader === 'keyValue') return new KeyValueReader(env.fs, split);
  if (reader === 'sequence') return new SequenceReader(env.fs, split);
  throw new InvalidArgumentError('OPTION_INVALID', `no reader is called ${reader}`);
}

class TextReader implements RecordReader {
  readonly keyType: WritableName = 'long';
  readonly valueType: WritableName = 'text';
  /** Not of NLineInput, which is no TextInputFormat: a command gets the keys, too. */
  readonly isText: boolean;
  readonly #split: InputSplit;
  readonly #supply: ByteSupply;
  protected readonly lines: LineReader;

  constructor(fs: FileSystem, split: InputSplit) {
    const { delimiter, maxLineBytes } = split.detail as TextDetail;
    const { path, start, length } = split;
    this.#split = split;
    this.isText = split.reader === 'text';
    this.#supply = openSupply(fs, path, { start });
    // What a compressed file holds is not counted in its own bytes.
    const end = start === 0 && length === fs.statSync(path)?.size ? Infinity : start + length;
    this.lines = new LineReader(this.#supply, { start, end, delimiter, maxLineBytes });
  }

  get progress(): number {
    return Math.min(1, this.#supply.bytesRead / Math.max(1, this.#split.length));
  }
  get bytesRead(): number {
    return this.#supply.bytesRead;
  }
  nextBatch(): Promise<RecordBatch | undefined> {
    return this.lines.nextBatch();
  }
  close(): void | Promise<void> {
    return this.#supply.close();
  }
}

class KeyValueReader extends TextReader {
  override readonly keyType: WritableName = 'text';
  readonly #separator: number;
  readonly #batch = new KeyValueBatch();

  constructor(fs: FileSystem, split: InputSplit) {
    super(fs, split);
    this.#separator = (split.detail as TextDetail).separator;
  }

  override async nextBatch(): Promise<RecordBatch | undefined> {
    const lines = await this.lines.nextBatch();
    return lines === undefined ? undefined : this.#batch.over(lines, this.#separator);
  }
}

class KeyValueBatch implements RecordBatch {
  #lines!: LineBatch;
  #separator = 0;
  #text: Buffer = Buffer.alloc(0);

  over(lines: LineBatch, separator: number): this {
    this.#lines = lines;
    this.#separator = separator;
    const { bytes } = lines;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return this;
  }

  get count(): number {
    return this.#lines.count;
  }
  key(index: number): string {
    const { starts } = this.#lines;
    return this.#text.toString('utf8', starts[index], this.#keyEnd(index));
  }
  value(index: number): string {
    const end = this.#lines.ends[index]!;
    return this.#text.toString('utf8', Math.min(end, this.#keyEnd(index) + 1), end);
  }

  #keyEnd(index: number): number {
    const { bytes, starts, ends } = this.#lines;
    const end = ends[index]!;
    let at = starts[index]!;
    while (at < end && bytes[at] !== this.#separator) at++;
    return at;
  }
}

/** Records per batch; each is read and decoded when it is its turn. */
const recordsPerBatch = 1024;

class SequenceReader implements RecordReader {
  readonly keyType: WritableName;
  readonly valueType: WritableName;
  readonly #reader: SequenceFileReader;
  readonly #split: InputSplit;
  readonly #end: number;
  #isDone = false;

  constructor(fs: FileSystem, split: InputSplit) {
    this.#split = split;
    this.#end = split.start + split.length;
    this.#reader = SequenceFileReader.open(fs, split.path);
    const { keyClass, valueClass } = this.#reader.header;
    this.keyType = nameOfClass(keyClass);
    this.valueType = nameOfClass(valueClass);
    if (split.start > 0) this.#reader.seekSync(split.start);
  }

  get bytesRead(): number {
    return Math.max(0, this.#reader.position - this.#split.start);
  }
  get progress(): number {
    return Math.min(1, this.bytesRead / Math.max(1, this.#split.length));
  }

  nextBatch(): RecordBatch | undefined {
    const reader = this.#reader;
    const [keyType, valueType] = [writables[this.keyType], writables[this.valueType]];
    const keys: unknown[] = [];
    const values: unknown[] = [];
    while (!this.#isDone && keys.length < recordsPerBatch) {
      const { position } = reader;
      this.#isDone = !reader.next() || (reader.syncSeen && position >= this.#end);
      if (this.#isDone) break;
      reader.loadValue();
      keys.push(keyType.read(reader.keyBytes, reader.keyStart, reader.keyEnd));
      values.push(valueType.read(reader.valueBytes, reader.valueStart, reader.valueEnd));
    }
    if (keys.length === 0) return undefined;
    return { count: keys.length, key: (index) => keys[index], value: (index) => values[index] };
  }

  close(): void {
    this.#reader.close();
  }
}
