/** The context that functions of a task are called with. */
import type { Counters } from '../job/counters.ts';
import type { Pulse } from '../job/pulse.ts';
import type { TaskContext, TaskIdentity } from './context.ts';

export interface ContextParts {
  readonly task: TaskIdentity;
  readonly settings: Readonly<Record<string, string>>;
  readonly counters: Counters;
  readonly pulse: Pulse;
  readonly emit: (key: unknown, value: unknown) => void;
}

export function taskContext({ task, settings, counters, pulse, emit }: ContextParts): TaskContext {
  return {
    emit,
    count(group, name, by = 1) {
      counters.add(group, name, by);
      pulse.beat();
    },
    status: (text) => pulse.say(text),
    alive: () => pulse.beat(),
    settings,
    task,
  };
}
