/**
 * Any executable as mapper, as Hadoop Streaming runs it: records in on standard input, in the form
 * of `stream-settings.ts`, what it prints is the map's output.
 *
 * Of text input a text mapper gets the lines alone, of others also the keys;
 * `stream.map.input.ignoreKey` says otherwise.
 *
 * Upstream: apache/hadoop: streaming/PipeMapper.java (Apache-2.0); rules kept, code our own.
 */
import { ByteSink } from '../../../native-free-io/index.ts';
import { writableNamed } from '../../hadoop/index.ts';
import type { TaskIdentity } from '../functions/context.ts';
import type { MapHost, Mapper } from '../functions/mapper.ts';
import type { RecordBatch, RecordReader } from '../input/record-reader.ts';
import type { JobPlan } from '../job/plan.ts';
import { RecordEncoder } from '../map/record-encoder.ts';
import { commandOutput } from './command-output.ts';
import { PipedCommand } from './piped-command.ts';
import { recordWriter, type RecordToBytes } from './record-writer.ts';
import { streamSettings } from './stream-settings.ts';

const lf = 10;
const chunkBytes = 64 << 10;

export interface CommandMapperOptions {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly host: MapHost;
  readonly reader: Pick<RecordReader, 'keyType' | 'valueType' | 'isText'>;
  readonly outputDir: string;
}

export class CommandMapper implements Mapper {
  readonly #command: PipedCommand;
  readonly #input = ByteSink.growing({ initialBytes: chunkBytes * 2 });
  readonly #encoder: RecordEncoder;
  readonly #write: RecordToBytes;
  /** The input is lines alone: they need not be decoded. */
  readonly #isLines: boolean;

  constructor(options: CommandMapperOptions) {
    const { command, plan, task, host, reader, outputDir } = options;
    const { settings, types } = plan;
    const stream = streamSettings('map', settings);
    const ignored = settings['stream.map.input.ignoreKey'];
    const isKeyLeftOut =
      stream.input === 'text' &&
      (ignored === undefined ? reader.isText === true : ignored === 'true');
    this.#isLines = isKeyLeftOut;
    this.#encoder = new RecordEncoder(
      writableNamed(reader.keyType),
      writableNamed(reader.valueType),
    );
    const { keyType: key, valueType: value } = reader;
    this.#write = recordWriter({ stream, key, value, isKeyLeftOut });
    const collect = commandOutput([types.mapKey, types.mapValue], (outKey, outValue) =>
      host.collector.collect(outKey, outValue),
    );
    const { context } = host;
    this.#command = new PipedCommand({ command, task, context, outputDir, stream, collect });
  }

  async run(batch: RecordBatch): Promise<void> {
    const { lines } = batch;
    for (let index = 0; index < batch.count; index++) {
      if (this.#isLines && lines !== undefined) {
        const start = lines.starts[index]!;
        this.#input.writeBytes(lines.bytes, start, lines.ends[index]! - start);
        this.#input.writeUint8(lf);
      } else {
        this.#putPair(batch.key(index), batch.value(index));
      }
      if (this.#input.length >= chunkBytes) await this.#handOn();
    }
    await this.#handOn();
  }

  async finish(): Promise<void> {
    try {
      await this.#command.finish();
    } finally {
      this.#command[Symbol.dispose]();
    }
  }

  async #handOn(): Promise<void> {
    if (this.#input.length === 0) return;
    const chunk = this.#input.copyWritten();
    this.#input.clear();
    try {
      await this.#command.write(chunk);
    } catch (error) {
      this.#command[Symbol.dispose]();
      throw error;
    }
  }

  #putPair(key: unknown, value: unknown): void {
    this.#encoder.encode(key, value);
    const { bytes, keyStart, keyEnd, valueEnd } = this.#encoder;
    this.#write(
      this.#input,
      { bytes, start: keyStart, end: keyEnd },
      { bytes, start: keyEnd, end: valueEnd },
    );
  }
}
