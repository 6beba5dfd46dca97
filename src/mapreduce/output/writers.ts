/**
 * Writers of the outputs that are built in.
 *
 * Text: key, separator, value, LF; where one side is NullWritable it and the separator are left
 * out, where both are, nothing is written. Texts are written as their bytes, others as Java prints
 * them.
 *
 * Upstream: apache/hadoop: mapreduce/lib/output/TextOutputFormat.java,
 * SequenceFileOutputFormat.java (Apache-2.0); rules kept, code our own.
 */
import {
  AppendFile,
  InvalidArgumentError,
  joinPath,
  type Codec,
  type FileSystem,
} from '../../../native-free-io/index.ts';
import type { Env } from '../../env/index.ts';
import {
  hadoopCodecs,
  SequenceFileWriter,
  textStart,
  writableNamed,
  writables,
  type WritableType,
} from '../../hadoop/index.ts';
import { loadModule } from '../functions/function-ref.ts';
import type { OutputSpec, RecordWriter, WriterFactory, WrittenRecord } from './output-spec.ts';

export interface WriterRequest {
  readonly spec: OutputSpec;
  /** Directory of the attempt. */
  readonly dir: string;
  /** `part-r-00000`, without suffix. */
  readonly name: string;
  readonly keyType: string;
  readonly valueType: string;
}

export async function openWriter(request: WriterRequest, env: Env): Promise<RecordWriter> {
  const { spec, dir, name } = request;
  const key = writableNamed(request.keyType);
  const value = writableNamed(request.valueType);
  await env.fs.makeDirectory(dir);
  if (spec.format === 'text') {
    const codec = spec.codec === undefined ? undefined : hadoopCodecs[spec.codec];
    const path = joinPath(dir, name + (codec?.suffix ?? ''));
    return new TextWriter(env.fs, path, {
      key,
      value,
      separator: spec.separator,
      codec: codec?.codec,
    });
  }
  if (spec.format === 'sequence') {
    const codec = spec.codec === undefined ? undefined : hadoopCodecs[spec.codec];
    const writer = await SequenceFileWriter.create(env.fs, joinPath(dir, name), {
      keyClass: key.className,
      valueClass: value.className,
      compression: spec.compression,
      ...(codec === undefined ? {} : { codec }),
      syncMarker: env.random.uuid(),
    });
    return new SequenceWriter(writer);
  }
  const make = (await loadModule(spec.href))[spec.name];
  if (typeof make !== 'function') {
    throw new InvalidArgumentError('OPTION_INVALID', `${spec.href} exports no ${spec.name}`);
  }
  const { className: keyClass } = key;
  const { className: valueClass } = value;
  return (make as WriterFactory)({ dir, name, keyClass, valueClass, detail: spec.detail }, env);
}

interface TextForms {
  readonly key: WritableType;
  readonly value: WritableType;
  readonly separator: string;
  readonly codec: Codec | undefined;
}

const encoder = new TextEncoder();
const lineFeed = 10;
const pieceBytes = 256 << 10;

class TextWriter implements RecordWriter {
  readonly #out: AppendFile;
  readonly #forms: TextForms;
  readonly #separator: Uint8Array;
  readonly #isKeyLeftOut: boolean;
  readonly #isValueLeftOut: boolean;
  #line = new Uint8Array(pieceBytes);
  #used = 0;
  /** Pieces on their way through the codec. */
  readonly #pipe: CodecPipe | undefined;

  constructor(fs: FileSystem, path: string, forms: TextForms) {
    this.#out = new AppendFile(fs.openSync(path, 'createNew'), 0);
    this.#forms = forms;
    this.#separator = encoder.encode(forms.separator);
    this.#isKeyLeftOut = forms.key === writables.null;
    this.#isValueLeftOut = forms.value === writables.null;
    if (forms.codec !== undefined) {
      this.#pipe = new CodecPipe(forms.codec, (piece) => this.#out.append(piece));
    }
  }

  get bytesWritten(): number {
    return this.#out.position;
  }

  write({ bytes, keyStart, keyEnd, valueEnd }: WrittenRecord): void {
    const { key, value } = this.#forms;
    if (this.#isKeyLeftOut && this.#isValueLeftOut) return;
    if (!this.#isKeyLeftOut) this.#putText(key, bytes, keyStart, keyEnd);
    if (!this.#isKeyLeftOut && !this.#isValueLeftOut) {
      this.#put(this.#separator, 0, this.#separator.length);
    }
    if (!this.#isValueLeftOut) this.#putText(value, bytes, keyEnd, valueEnd);
    this.#require(1);
    this.#line[this.#used++] = lineFeed;
    if (this.#used >= pieceBytes / 2) this.#handOn();
  }

  async drain(): Promise<void> {
    await this.#pipe?.drain();
  }

  async close(): Promise<void> {
    this.#handOn();
    await this.#pipe?.end();
    await this.#out.sync();
    await this.#out.close();
  }

  async abandon(): Promise<void> {
    this.#pipe?.abandon();
    await this.#out.file.close();
  }

  #putText(type: WritableType, bytes: Uint8Array, start: number, end: number): void {
    if (type === writables.text || type === (writables.textBytes as WritableType)) {
      this.#put(bytes, textStart(bytes, start, end), end);
      return;
    }
    const text = encoder.encode(type.text(bytes, start, end));
    this.#put(text, 0, text.length);
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    this.#require(end - start);
    if (end - start > 32) this.#line.set(bytes.subarray(start, end), this.#used);
    else for (let at = start, to = this.#used; at < end;) this.#line[to++] = bytes[at++]!;
    this.#used += end - start;
  }

  #require(length: number): void {
    if (this.#used + length <= this.#line.length) return;
    const grown = new Uint8Array((this.#used + length) * 2);
    grown.set(this.#line.subarray(0, this.#used));
    this.#line = grown;
  }

  #handOn(): void {
    const piece = this.#line.subarray(0, this.#used);
    if (this.#pipe === undefined) this.#out.append(piece);
    else this.#pipe.push(new Uint8Array(piece));
    this.#used = 0;
  }
}

/** Pieces in, compressed pieces out, as one stream of the codec. */
class CodecPipe {
  readonly #pieces: Uint8Array[] = [];
  readonly #done: Promise<void>;
  #isEnded = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(codec: Codec, write: (piece: Uint8Array) => void) {
    this.#done = this.#pump(codec, write);
    // Told by `end`; a pipe that is abandoned has nobody who asks.
    this.#done.catch(() => undefined);
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#wake?.();
  }

  /** Resolves when the codec took all pieces, or failed. */
  async drain(): Promise<void> {
    if (this.#pieces.length === 0) return;
    const drained = new Promise<void>((resolve) => (this.#drained = resolve));
    await Promise.race([drained, this.#done]);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#wake?.();
    await this.#done;
  }

  abandon(): void {
    this.#pieces.length = 0;
    this.#isEnded = true;
    this.#wake?.();
  }

  async #pump(codec: Codec, write: (piece: Uint8Array) => void): Promise<void> {
    for await (const piece of codec.compress(this.#source())) write(piece);
  }

  async *#source(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) yield piece;
      else if (this.#isEnded) return;
      else {
        this.#drained?.();
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}

class SequenceWriter implements RecordWriter {
  readonly #writer: SequenceFileWriter;

  constructor(writer: SequenceFileWriter) {
    this.#writer = writer;
  }

  get bytesWritten(): number {
    return this.#writer.position;
  }
  write({ bytes, keyStart, keyEnd, valueEnd }: WrittenRecord): void {
    this.#writer.append(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd));
  }
  drain(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return this.#writer.close();
  }
  async abandon(): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }
}
