/** `varve inspect`: recognises a file by its bytes and name, and prints its structure. */
import { inspectFile } from '../log/index.ts';
import { exitCode, wholeNumber, type Command, type ExitCode, type Invocation } from './command.ts';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Recognise a file by its bytes and print its structure.',
  usage: 'FILE',
  arity: [1, 1],
  details: `
Knows Apache Kafka's segment, index and checkpoint files so far; each core adds its own.`,
  options: {
    limit: { type: 'string', value: 'N', help: 'entries to print at most (default 100)' },
    json: { type: 'boolean', help: 'print as JSON' },
  },
  run: inspect,
};

async function inspect(invocation: Invocation): Promise<ExitCode> {
  const limit = wholeNumber(invocation, 'limit', { fallback: 100, min: 1 });
  const found = inspectFile(invocation.positionals[0]!, { limit });
  const { io, flags } = invocation;
  if (flags['json'] === true) await io.write(`${JSON.stringify(found)}\n`);
  else await io.write(`${[`${found.kind}, ${found.size} bytes`, ...found.lines].join('\n')}\n`);
  return found.problems.length > 0 ? exitCode.foundWrong : exitCode.fine;
}
