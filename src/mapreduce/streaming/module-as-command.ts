/**
 * A module of a job as mapper or reducer of a real Hadoop Streaming job: lines in, lines out, the
 * other way round than `command-steps.ts`.
 *
 *     map        a line is the value; the key is the byte at which it begins in what comes in
 *     reduce     key TAB value, sorted by key; a change of key begins a group
 *     out        key TAB value LF, as text output has it
 *
 * On the cluster keys are Text: they sort and fall into partitions as Text, whatever their type is
 * here. Counters and status go to standard error as Hadoop reads them.
 */
import { ByteSink, InvalidArgumentError, throwIfAborted } from '../../../native-free-io/index.ts';
import { textStart, writableNamed, writables, type WritableType } from '../../hadoop/index.ts';
import type {
  CompareFunction,
  MapFunction,
  PartitionFunction,
  ReduceFunction,
  TaskContext,
  TaskIdentity,
} from '../functions/context.ts';
import { loadModule } from '../functions/function-ref.ts';
import { mapFunctions, reduceFunctions } from '../jobs/builtins.ts';
import type { JobTypes } from '../job/plan.ts';
import { cutAtTab, LineCutter } from './lines.ts';

export interface ModuleCommandOptions {
  readonly functions: JobModule;
  readonly input: AsyncIterable<Uint8Array>;
  /** Standard output; resolves when more may be written. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Standard error. */
  readonly report: (line: string) => void;
  /** Environment: `context.settings.a_b` and `context.settings['a.b']` are the variable `a_b`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What a job module exports. */
export interface JobModule {
  readonly map?: MapFunction;
  readonly reduce?: ReduceFunction;
  readonly combine?: ReduceFunction;
  readonly partition?: PartitionFunction;
  readonly compare?: CompareFunction;
  readonly group?: CompareFunction;
  readonly types: JobTypes;
}

const texts: JobTypes = { mapKey: 'text', mapValue: 'text', key: 'text', value: 'text' };
const chunkBytes = 64 << 10;
const [tab, lf] = [9, 10];
const decoder = new TextDecoder();

/** Functions and types that a module exports. */
export async function loadJobModule(href: string): Promise<JobModule> {
  const exported = await loadModule(href);
  const roles = ['map', 'reduce', 'combine', 'partition', 'compare', 'group'];
  const there = roles.filter((role) => exported[role] !== undefined);
  const odd = there.find((role) => typeof exported[role] !== 'function');
  if (odd !== undefined) {
    throw new InvalidArgumentError('OPTION_INVALID', `${href}: ${odd} is no function`);
  }
  return {
    ...(Object.fromEntries(there.map((role) => [role, exported[role]])) as Omit<
      JobModule,
      'types'
    >),
    types: { ...texts, ...(exported['types'] as Partial<JobTypes> | undefined) },
  };
}

export async function runModuleMapper(options: ModuleCommandOptions): Promise<void> {
  const { functions, input, signal } = options;
  const map = functions.map ?? mapFunctions['identity']!;
  const { mapKey, mapValue } = functions.types;
  const out = new LineOutput(options, [writableNamed(mapKey), writableNamed(mapValue)]);
  const context = contextOf(options, 'map', (key, value) => out.put(key, value));
  let position = 0;
  const waiting: Promise<void>[] = [];
  const lines = new LineCutter((line) => {
    const done = map(position as never, decoder.decode(line) as never, context);
    position += line.length + 1;
    if (done instanceof Promise) waiting.push(done);
  });
  for await (const piece of input) {
    throwIfAborted(signal);
    lines.push(piece);
    await Promise.all(waiting.splice(0));
    await out.drain();
  }
  lines.end();
  await Promise.all(waiting);
  await out.end();
}

/** `role` is 'combine' for a combiner, whose output has the types of the map's. */
export async function runModuleReducer(
  options: ModuleCommandOptions,
  role: 'reduce' | 'combine',
): Promise<void> {
  const { functions, signal } = options;
  const { mapKey, mapValue, key, value } = functions.types;
  const reduce = functions[role] ?? reduceFunctions['identity']!;
  const types = role === 'reduce' ? [key, value] : [mapKey, mapValue];
  const out = new LineOutput(options, [writableNamed(types[0]!), writableNamed(types[1]!)]);
  const context = contextOf(options, 'reduce', (outKey, outValue) => out.put(outKey, outValue));
  const [readKey, readValue] = [parserOf(mapKey), parserOf(mapValue)];
  for await (const { key: text, values } of groupsOf(options.input)) {
    throwIfAborted(signal);
    await reduce(readKey(text) as never, values.map(readValue) as Iterable<never>, context);
    await out.drain();
  }
  await out.end();
}

interface LineGroup {
  readonly key: string;
  readonly values: string[];
}

/** Groups of lines; the values of one are held at a time. */
async function* groupsOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<LineGroup> {
  const ready: LineGroup[] = [];
  let group: LineGroup | undefined;
  const lines = new LineCutter((line) => {
    const [keyBytes, valueBytes] = cutAtTab(line);
    const key = decoder.decode(keyBytes);
    if (group === undefined || group.key !== key) {
      if (group !== undefined) ready.push(group);
      group = { key, values: [] };
    }
    group.values.push(decoder.decode(valueBytes));
  });
  for await (const piece of input) {
    lines.push(piece);
    yield* ready.splice(0);
  }
  lines.end();
  yield* ready;
  if (group !== undefined) yield group;
}

const textNames = new Set(['text', 'textBytes']);

/** From the text of a value to the value of its type. */
function parserOf(type: string): (text: string) => unknown {
  if (type === 'null') return () => null;
  if (type === 'boolean') return (text) => text === 'true';
  if (textNames.has(type)) return (text) => text;
  return (text) => {
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
    throw new InvalidArgumentError('OPTION_INVALID', `'${text}' is no value of the type ${type}`);
  };
}

class LineOutput {
  readonly #write: ModuleCommandOptions['write'];
  readonly #types: readonly [WritableType, WritableType];
  readonly #held = ByteSink.growing({ initialBytes: chunkBytes * 2 });
  readonly #value = ByteSink.growing();

  constructor({ write }: ModuleCommandOptions, types: readonly [WritableType, WritableType]) {
    this.#write = write;
    this.#types = types;
  }

  put(key: unknown, value: unknown): void {
    const [keyType, valueType] = this.#types;
    this.#putText(keyType, key);
    this.#held.writeUint8(tab);
    this.#putText(valueType, value);
    this.#held.writeUint8(lf);
  }

  async drain(): Promise<void> {
    if (this.#held.length >= chunkBytes) await this.end();
  }

  async end(): Promise<void> {
    if (this.#held.length === 0) return;
    const bytes = this.#held.copyWritten();
    this.#held.clear();
    await this.#write(bytes);
  }

  #putText(type: WritableType, value: unknown): void {
    if (type === writables.null) return;
    this.#value.clear();
    type.write(this.#value, value);
    const { written } = this.#value;
    if (type.className === writables.text.className) {
      this.#held.writeBytes(written, textStart(written, 0, written.length));
    } else {
      this.#held.writeBytes(new TextEncoder().encode(type.text(written, 0, written.length)));
    }
  }
}

function contextOf(
  { report, variables }: ModuleCommandOptions,
  kind: 'map' | 'reduce',
  emit: TaskContext['emit'],
): TaskContext {
  const fact = (name: string): string => variables[`mapreduce_${name}`] ?? '';
  const path = fact('map_input_file');
  const task: TaskIdentity = {
    jobId: fact('job_id'),
    kind,
    index: Number(fact('task_partition')),
    attempt: Number(/_(\d+)$/.exec(fact('task_attempt_id'))?.[1] ?? 0),
    reducers: Number(fact('job_reduces')),
    input:
      path === ''
        ? undefined
        : {
            path,
            start: Number(fact('map_input_start')),
            length: Number(fact('map_input_length')),
          },
  };
  return {
    emit,
    count: (group, name, by = 1) => report(`reporter:counter:${group},${name},${by}\n`),
    status: (text) => report(`reporter:status:${text}\n`),
    alive: () => report('reporter:status:alive\n'),
    settings: settingsFrom(variables),
    task,
  };
}

/** Settings by the names that jobs give them, whose dots the environment cannot have. */
function settingsFrom(
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) =>
        typeof name === 'string' ? variables[name.replaceAll(/[^A-Za-z0-9]/g, '_')] : undefined,
    },
  );
}
