/** A program in a process of its own that tells what it did, line by line, until it is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';

/**
 * For the head of such a program: `tell(line)`, which has handed the line over when it returns,
 * also while the pipe is full because the reader has no time.
 */
export const tellSource = `
import { writeSync } from 'node:fs';
function tell(line) {
  let rest = Buffer.from(line + '\\n');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
`;

/**
 * Runs the text of a module until it has printed more than `lines` lines, then kills it with -9.
 * Returns every whole line it got out; fails when it ended by itself or complained.
 */
export async function linesUntilKilled(
  program: string,
  args: readonly string[],
  lines: number,
): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect([signal, errors]).toEqual(['SIGKILL', '']);
  return text.split('\n').slice(0, -1);
}
