/**
 * Any executable as mapper, combiner or reducer, as Hadoop Streaming runs it.
 *
 *     mapper in      the value of a text input alone, else key TAB value; LF
 *     reducer in     key TAB value LF, sorted by key, groups unmarked
 *     out            cut at the first tab; without one the line is the key, the value empty
 *
 * Keys and values are Text. A reducer without input runs, but what it prints is thrown away, as
 * upstream.
 *
 * Upstream: apache/hadoop: streaming/PipeMapper.java, PipeReducer.java, PipeCombiner.java
 * (Apache-2.0); rules kept, code our own.
 */
import { ByteSink } from '../../../native-free-io/index.ts';
import { runCommand } from '../../env/index.ts';
import { textStart, writableNamed, type WritableName } from '../../hadoop/index.ts';
import type { TaskContext, TaskIdentity } from '../functions/context.ts';
import type { MapHost, Mapper } from '../functions/mapper.ts';
import type { RecordBatch } from '../input/record-reader.ts';
import type { Counters } from '../job/counters.ts';
import type { JobPlan } from '../job/plan.ts';
import { RecordEncoder } from '../map/record-encoder.ts';
import type { Combiner } from '../map/sort-collector.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';
import { commandVariables, splitCommand } from './command-line.ts';
import { cutAtTab, LineCutter } from './lines.ts';
import { commandFailed, PipedCommand } from './piped-command.ts';

const tab = 9;
const lf = 10;
const chunkBytes = 64 << 10;

export interface CommandMapperOptions {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly host: MapHost;
  readonly keyType: WritableName;
  readonly valueType: WritableName;
}

export class CommandMapper implements Mapper {
  readonly #command: PipedCommand;
  readonly #input = ByteSink.growing({ initialBytes: chunkBytes * 2 });
  /** Text input gives the line alone. */
  readonly #isKeyLeftOut: boolean;
  readonly #encoder: RecordEncoder;
  readonly #texts: { readonly key: TextOf; readonly value: TextOf };

  private constructor(options: CommandMapperOptions) {
    const { command, task, host, keyType, valueType } = options;
    this.#isKeyLeftOut = keyType === 'long' && valueType === 'text';
    this.#encoder = new RecordEncoder(writableNamed(keyType), writableNamed(valueType));
    this.#texts = { key: writableNamed(keyType), value: writableNamed(valueType) };
    this.#command = new PipedCommand({
      command,
      task,
      context: host.context,
      onLine: (line) => host.collector.collect(...cutAtTab(line)),
    });
  }

  static start(options: CommandMapperOptions): CommandMapper {
    return new CommandMapper(options);
  }

  async run(batch: RecordBatch): Promise<void> {
    const { lines } = batch;
    for (let index = 0; index < batch.count; index++) {
      if (this.#isKeyLeftOut && lines !== undefined) {
        const start = lines.starts[index]!;
        this.#input.writeBytes(lines.bytes, start, lines.ends[index]! - start);
      } else {
        this.#putPair(batch.key(index), batch.value(index));
      }
      this.#input.writeUint8(lf);
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
    if (!this.#isKeyLeftOut) {
      putText(this.#input, this.#texts.key, { bytes, start: keyStart, end: keyEnd });
      this.#input.writeUint8(tab);
    }
    putText(this.#input, this.#texts.value, { bytes, start: keyEnd, end: valueEnd });
  }
}

type TextOf = ReturnType<typeof writableNamed>;

interface Region {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const textClass = writableNamed('text').className;

/** A value as text output has it: a Text as its bytes, others as Java prints them. */
function putText(sink: ByteSink, type: TextOf, { bytes, start, end }: Region): void {
  if (type.className === textClass) {
    const from = textStart(bytes, start, end);
    sink.writeBytes(bytes, from, end - from);
  } else {
    sink.writeBytes(new TextEncoder().encode(type.text(bytes, start, end)));
  }
}

export interface CommandReducerOptions {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly context: TaskContext;
  readonly emit: (key: Uint8Array, value: Uint8Array) => void;
  /** Called between chunks of input. */
  readonly drain: () => Promise<void>;
}

/** Feeds all records to a reducer; returns how many there were. */
export async function runCommandReducer(
  source: SortedSource,
  options: CommandReducerOptions,
): Promise<number> {
  const types = recordTypes(options.plan);
  let records = 0;
  const held: [Uint8Array, Uint8Array][] = [];
  using command = new PipedCommand({
    command: options.command,
    task: options.task,
    context: options.context,
    onLine: (line) => {
      const [key, value] = cutAtTab(line);
      held.push([new Uint8Array(key), new Uint8Array(value)]);
    },
  });
  const handOver = (): void => {
    for (const [key, value] of held.splice(0)) {
      if (records > 0) options.emit(key, value);
    }
  };
  const input = ByteSink.growing({ initialBytes: chunkBytes * 2 });
  while (source.next()) {
    records++;
    putRecord(input, source, types);
    if (input.length < chunkBytes) continue;
    await command.write(input.copyWritten());
    input.clear();
    handOver();
    await options.drain();
  }
  if (input.length > 0) await command.write(input.copyWritten());
  await command.finish();
  handOver();
  return records;
}

/** A combiner runs once per partition of a spill or merge, each time as a new process. */
export function commandCombiner(options: {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly counters: Counters;
}): Combiner {
  const { command, plan, task, counters } = options;
  const argv = splitCommand(command);
  const types = recordTypes(plan);
  const encoder = new RecordEncoder(types.key, types.value);
  return (source, writer) => {
    const input = ByteSink.growing();
    let records = 0;
    let written = 0;
    for (; source.next(); records++) putRecord(input, source, types);
    const variables = commandVariables(task, plan.settings);
    const { exit, stdout, stderr } = runCommand({ argv, variables }, input.written);
    if (exit !== 0) {
      const words = new TextDecoder().decode(stderr);
      throw commandFailed(command, new Error(`it ended with ${exit}`), words);
    }
    const cutter = new LineCutter((line) => {
      encoder.encode(...cutAtTab(line));
      writer.appendFrames(encoder.bytes, encoder.frameStart, encoder.valueEnd);
      written++;
    });
    cutter.push(stdout);
    cutter.end();
    counters.addTask('COMBINE_INPUT_RECORDS', records);
    counters.addTask('COMBINE_OUTPUT_RECORDS', written);
    return written;
  };
}

function recordTypes(plan: JobPlan): { readonly key: TextOf; readonly value: TextOf } {
  return { key: writableNamed(plan.types.mapKey), value: writableNamed(plan.types.mapValue) };
}

function putRecord(
  sink: ByteSink,
  source: SortedSource,
  types: { readonly key: TextOf; readonly value: TextOf },
): void {
  const { bytes, keyStart, keyEnd, valueStart, valueEnd } = source;
  putText(sink, types.key, { bytes, start: keyStart, end: keyEnd });
  sink.writeUint8(tab);
  putText(sink, types.value, { bytes, start: valueStart, end: valueEnd });
  sink.writeUint8(lf);
}
