/**
 * The reduce step: groups in, what the function emits out. A combiner is a reduce step whose output
 * goes back among the records of the map task; it cannot wait, because it runs within a spill.
 */
import { InvalidArgumentError, StoreError } from '../../../native-free-io/index.ts';
import type { Counters } from '../job/counters.ts';
import type { SkipPolicy } from '../job/plan.ts';
import type { Groups } from '../reduce/groups.ts';
import type { ReduceFunction, TaskContext } from './context.ts';

export interface ReduceStep {
  run(groups: Groups, onGroup: () => void | Promise<void>): Promise<void>;
}

export interface ReduceHost {
  readonly context: TaskContext;
  readonly counters: Counters;
  readonly skip: SkipPolicy;
}

export function functionReducer(reduce: ReduceFunction, host: ReduceHost): ReduceStep {
  const { context, counters, skip } = host;
  let skipped = 0;
  return {
    async run(groups, onGroup) {
      while (groups.nextGroup()) {
        counters.addTask('REDUCE_INPUT_GROUPS');
        const key = groups.key;
        try {
          const done = reduce(key as never, groups.values as Iterable<never>, context);
          if (done instanceof Promise) await done;
        } catch (error) {
          if (error instanceof StoreError || skipped >= skip.mostRecords) throw error;
          skipped++;
          counters.addTask('REDUCE_SKIPPED_GROUPS');
        }
        const waited = onGroup();
        if (waited instanceof Promise) await waited;
      }
    },
  };
}

/** A combiner of a user's function; it must not return a promise. */
export function runCombiner(reduce: ReduceFunction, groups: Groups, context: TaskContext): void {
  while (groups.nextGroup()) {
    requireSynchronous(reduce(groups.key as never, groups.values as Iterable<never>, context));
  }
}

/** Takes what a combiner returned. */
export function requireSynchronous(done: void | Promise<void>): void {
  if (!(done instanceof Promise)) return;
  // Told by the error; what the promise does later is of no interest.
  done.catch(() => undefined);
  throw new InvalidArgumentError('OPTION_INVALID', 'a combiner cannot wait: it must be sync');
}
