/** The real process as a command sees it: standard streams, terminal, Ctrl-C. */
import type { CliIo } from './command.ts';

export function processIo(): CliIo {
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // A reader that goes away is reported by the failing write, not as an uncaught event.
  process.stdout.on('error', () => undefined);
  return {
    stdin: process.stdin,
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    writeError: (text) => {
      process.stderr.write(text);
    },
    isTerminal: process.stderr.isTTY,
    signal: interrupt.signal,
  };
}
