/**
 * Commands of Hadoop Streaming: how their words are cut and what environment they get.
 *
 * Upstream: apache/hadoop: streaming/PipeMapRed.java (Apache-2.0); rules kept, code our own. Words
 * are cut at spaces; '…' and "…" keep them together; there is no shell and there are no escapes. A
 * quote also ends the word before it, as upstream: `-d' '` is two words.
 */
import { InvalidArgumentError } from '../../../native-free-io/index.ts';
import { attemptId, taskId, type TaskIdentity } from '../functions/context.ts';

export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let quote = '';
  let start = 0;
  for (let at = 0; at <= command.length; at++) {
    const character = command[at] ?? '';
    const isQuote = character === "'" || character === '"';
    const turns = isQuote && (quote === '' || quote === character);
    const endsWord = at === command.length || turns || (character === ' ' && quote === '');
    if (turns) quote = quote === '' ? character : '';
    if (!endsWord) continue;
    if (at > start) words.push(command.slice(start, at));
    start = at + 1;
  }
  if (quote !== '') throw unusable(command, `a ${quote} is not closed`);
  if (words.length === 0) throw unusable(command, 'it is empty');
  return words;
}

/**
 * Settings of the job and facts of the task, as variables with `_` for what is no letter or digit,
 * and what `stream.addenvironment` adds: `A=1 B=2`.
 */
export function commandVariables(
  task: TaskIdentity,
  settings: Readonly<Record<string, string>>,
  outputDir?: string,
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
  if (outputDir !== undefined) facts['mapreduce.task.output.dir'] = outputDir;
  const most = Number(settings['stream.jobconf.truncate.limit'] ?? -1);
  const variables = Object.entries(facts).map(([name, value]) => [
    name.replaceAll(/[^A-Za-z0-9]/g, '_'),
    most >= 0 ? value.slice(0, most) : value,
  ]);
  const added = (settings['stream.addenvironment'] ?? '')
    .split(' ')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries([...variables, ...added]) as Record<string, string>;
}

function unusable(command: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError('OPTION_INVALID', `command '${command}': ${reason}`);
}
