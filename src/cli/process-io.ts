/** The real process as a command sees it: standard streams, terminal, Ctrl-C. */
import { availableParallelism, tmpdir } from 'node:os';
import type { CliIo } from './command.ts';

export function processIo(): CliIo {
  const { stdin, stdout, stderr } = process;
  const interrupt = new AbortController();
  const stop = (): void => {
    interrupt.abort();
    // Nobody reads it any more, and an open pipe would keep the process alive.
    stdin.destroy();
  };
  // Once: the second Ctrl-C ends the process the hard way.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // A reader that goes away is reported by the failing write, not as an uncaught event.
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
  return {
    stdin,
    write: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    writeError: (text) => {
      stderr.write(text);
    },
    variables: process.env,
    cores: availableParallelism(),
    isTerminal: stderr.isTTY && process.env['TERM'] !== 'dumb',
    isInputTerminal: stdin.isTTY,
    signal: interrupt.signal,
    temporaryDirectory: tmpdir(),
  };
}
