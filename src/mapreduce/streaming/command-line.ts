/**
 * Commands of Hadoop Streaming: how their words are cut and what environment they get.
 *
 * Upstream: apache/hadoop: streaming/PipeMapRed.java (Apache-2.0); rules kept, code our own. Words
 * are cut at spaces; '…' and "…" keep them together; there is no shell and there are no escapes.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { attemptId, taskId, type TaskIdentity } from '../functions/context.ts';

export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let isWord = false;
  for (const character of command) {
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      isWord = true;
    } else if (character === ' ') {
      if (isWord) words.push(word);
      word = '';
      isWord = false;
    } else {
      word += character;
      isWord = true;
    }
  }
  if (quote !== '') throw unusable(command, `a ${quote} is not closed`);
  if (isWord) words.push(word);
  if (words.length === 0) throw unusable(command, 'it is empty');
  return words;
}

/**
 * Settings of the job and facts of the task, as variables with `_` for what is no letter or digit.
 */
export function commandVariables(
  task: TaskIdentity,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const facts: Record<string, string> = {
    ...settings,
    'mapreduce.job.id': task.jobId,
    'mapreduce.job.reduces': String(task.reducers),
    'mapreduce.task.id': taskId(task),
    'mapreduce.task.attempt.id': attemptId(task),
    'mapreduce.task.partition': String(task.index),
    'mapreduce.task.ismap': String(task.kind === 'map'),
  };
  if (task.input !== undefined) {
    facts['mapreduce.map.input.file'] = task.input.path;
    facts['mapreduce.map.input.start'] = String(task.input.start);
    facts['mapreduce.map.input.length'] = String(task.input.length);
    facts['map.input.file'] = task.input.path;
  }
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name.replaceAll(/[^A-Za-z0-9]/g, '_'), value]),
  );
}

function unusable(command: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `command '${command}': ${reason}`);
}
