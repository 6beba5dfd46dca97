/** The combiner of a job, for the spills and merges of one task. */
import { writableNamed, type RawComparator } from '../../hadoop/index.ts';
import type { ReduceFunction, TaskIdentity } from '../functions/context.ts';
import { runCombiner } from '../functions/reducer.ts';
import { functionOf } from '../functions/resolve.ts';
import { taskContext } from '../functions/task-context.ts';
import type { Counters } from '../job/counters.ts';
import type { JobPlan } from '../job/plan.ts';
import { Pulse } from '../job/pulse.ts';
import { reduceFunctions } from '../jobs/builtins.ts';
import { Groups } from '../reduce/groups.ts';
import { commandCombiner } from '../streaming/command-reducer.ts';
import type { CombineStep } from './combining-collector.ts';
import { RecordEncoder } from './record-encoder.ts';
import type { Combiner } from './sort-collector.ts';

export interface CombinerParts {
  readonly plan: JobPlan;
  readonly task: TaskIdentity;
  readonly pulse: SharedArrayBuffer;
  readonly counters: Counters;
  readonly compare: RawComparator;
}

/** Undefined when the job has none. */
export async function combinerOf(parts: CombinerParts): Promise<Combiner | undefined> {
  const { plan, task, pulse, counters, compare } = parts;
  const ref = plan.functions.combine;
  if (ref?.kind === 'command')
    return commandCombiner({ command: ref.command, plan, task, counters });
  const step = await combineStepOf(parts);
  if (step === undefined) return undefined;
  const key = writableNamed(plan.types.mapKey);
  const value = writableNamed(plan.types.mapValue);
  const encoder = new RecordEncoder(key, value);
  const beating = new Pulse(pulse);
  return (source, writer) => {
    let records = 0;
    const context = step.contextOf((outKey, outValue) => {
      encoder.encode(outKey, outValue);
      writer.appendFrames(encoder.bytes, encoder.frameStart, encoder.valueEnd);
      records++;
    });
    const groups = new Groups(source, { key, value, group: compare });
    runCombiner(step.combine, groups, context);
    counters.addTask('COMBINE_INPUT_RECORDS', groups.records);
    counters.addTask('COMBINE_OUTPUT_RECORDS', records);
    beating.beat();
    return records;
  };
}

/** Of a combiner that is a function; undefined for a command, too. */
export async function combineStepOf(
  parts: Omit<CombinerParts, 'compare'>,
): Promise<CombineStep | undefined> {
  const { plan, task, counters } = parts;
  const ref = plan.functions.combine;
  if (ref === undefined || ref.kind === 'command') return undefined;
  const combine = (await functionOf(ref, reduceFunctions)) as ReduceFunction;
  const pulse = new Pulse(parts.pulse);
  const { settings } = plan;
  return {
    combine,
    contextOf: (emit) => taskContext({ task, settings, counters, pulse, emit }),
  };
}
