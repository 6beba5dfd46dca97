/**
 * Any executable as reducer or combiner, as Hadoop Streaming runs it: records sorted by key, groups
 * unmarked, in the form of `stream-settings.ts`.
 *
 * A reducer without input runs, but what it prints is thrown away. A combiner runs once per
 * partition of a spill or merge, each time as a new process, and takes the settings of the reduce
 * side both ways.
 *
 * Upstream: apache/hadoop: streaming/PipeReducer.java, PipeCombiner.java (Apache-2.0); rules kept,
 * code our own.
 */
import { ByteSink } from '../../../native-free-io/index.ts';
import { runCommand } from '../../env/index.ts';
import { writableNamed } from '../../hadoop/index.ts';
import type { TaskContext, TaskIdentity } from '../functions/context.ts';
import type { Counters } from '../job/counters.ts';
import type { JobPlan } from '../job/plan.ts';
import { RecordEncoder } from '../map/record-encoder.ts';
import type { Combiner } from '../map/sort-collector.ts';
import type { SortedSource } from '../shuffle/sorted-source.ts';
import { commandVariables, splitCommand } from './command-line.ts';
import { commandOutput } from './command-output.ts';
import { pairReader } from './pair-reader.ts';
import { commandFailed, isExitFine, PipedCommand } from './piped-command.ts';
import { recordWriter, type RecordToBytes } from './record-writer.ts';
import { streamSettings } from './stream-settings.ts';

const chunkBytes = 64 << 10;

export interface CommandReducerOptions {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly context: TaskContext;
  readonly outputDir: string;
  readonly emit: (key: unknown, value: unknown) => void;
  /** Called between chunks of input. */
  readonly drain: () => Promise<void>;
}

/** Feeds all records to a reducer; returns how many there were. */
export async function runCommandReducer(
  source: SortedSource,
  options: CommandReducerOptions,
): Promise<number> {
  const { command, plan, task, context, outputDir, drain } = options;
  const { settings, types } = plan;
  const stream = streamSettings('reduce', settings);
  let records = 0;
  const held: [Uint8Array, Uint8Array | null][] = [];
  const emit = commandOutput([types.key, types.value], options.emit);
  const collect = (key: Uint8Array, value: Uint8Array | null): void =>
    void held.push([new Uint8Array(key), value && new Uint8Array(value)]);
  using running = new PipedCommand({ command, task, context, outputDir, stream, collect });
  const handOver = (): void => {
    for (const [key, value] of held.splice(0)) {
      if (records > 0) emit(key, value);
    }
  };
  const put = recordWriter({ stream, key: types.mapKey, value: types.mapValue });
  const input = ByteSink.growing({ initialBytes: chunkBytes * 2 });
  while (source.next()) {
    records++;
    putRecord(input, source, put);
    if (input.length < chunkBytes) continue;
    await running.write(input.copyWritten());
    input.clear();
    handOver();
    await drain();
  }
  if (input.length > 0) await running.write(input.copyWritten());
  await running.finish();
  handOver();
  return records;
}

export function commandCombiner(options: {
  readonly command: string;
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly counters: Counters;
}): Combiner {
  const { command, plan, task, counters } = options;
  const { settings, types } = plan;
  const { mapKey, mapValue } = types;
  const argv = splitCommand(command);
  const stream = streamSettings('reduce', settings);
  const put = recordWriter({ stream, key: mapKey, value: mapValue });
  const encoder = new RecordEncoder(writableNamed(mapKey), writableNamed(mapValue));
  return (source, writer) => {
    const input = ByteSink.growing();
    let records = 0;
    let written = 0;
    for (; source.next(); records++) putRecord(input, source, put);
    const variables = commandVariables(task, settings);
    const { exit, stdout, stderr } = runCommand({ argv, variables }, input.written);
    if (!isExitFine(exit, settings)) {
      const words = new TextDecoder().decode(stderr);
      throw commandFailed(command, new Error(`it ended with ${exit}`), words);
    }
    const emit = commandOutput([mapKey, mapValue], (key, value) => {
      encoder.encode(key, value);
      writer.appendFrames(encoder.bytes, encoder.frameStart, encoder.valueEnd);
      written++;
    });
    const reader = pairReader(stream, emit);
    reader.push(stdout);
    reader.end();
    counters.addTask('COMBINE_INPUT_RECORDS', records);
    counters.addTask('COMBINE_OUTPUT_RECORDS', written);
    return written;
  };
}

function putRecord(sink: ByteSink, source: SortedSource, put: RecordToBytes): void {
  const { bytes, keyStart, keyEnd, valueStart, valueEnd } = source;
  put(sink, { bytes, start: keyStart, end: keyEnd }, { bytes, start: valueStart, end: valueEnd });
}
