/**
 * Whether a second attempt of a running task would end sooner than the first.
 *
 * The estimate for what runs is its time divided by its progress; a new attempt takes the mean of
 * those that are done. Needs one task done and a twentieth of all; gives the task that gains most.
 *
 * Upstream: apache/hadoop: mapreduce/v2/app/speculate/DefaultSpeculator.java (Apache-2.0); rule
 * kept, code our own.
 */
import type { TaskState } from './task-state.ts';

const leastDoneShare = 0.05;

export function taskToSpeculate(tasks: readonly TaskState[], nowMs: number): TaskState | undefined {
  const done = tasks.filter((task) => task.isDone);
  if (done.length === 0 || done.length < tasks.length * leastDoneShare) return undefined;
  const meanMs = done.reduce((sum, task) => sum + task.tookMs, 0) / done.length;
  let best: TaskState | undefined;
  let bestGainMs = 0;
  for (const task of tasks) {
    const [attempt, second] = task.running;
    if (task.isDone || attempt === undefined || second !== undefined) continue;
    const elapsedMs = nowMs - attempt.startedMs;
    const { progress } = attempt.pulse;
    // Without any progress there is no estimate but the time that went by.
    const totalMs = progress > 0 ? elapsedMs / progress : elapsedMs * 2;
    const gainMs = totalMs - elapsedMs - meanMs;
    if (elapsedMs <= meanMs || gainMs <= bestGainMs) continue;
    best = task;
    bestGainMs = gainMs;
  }
  return best;
}
