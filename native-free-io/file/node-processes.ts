/** Which processes live, as the platform tells it; for locks left behind by crashed owners. */
import { readFileSync } from 'node:fs';
import type { ProcessTable } from './lock-file.ts';

/**
 * Field of /proc/<pid>/stat, counted after the command's closing parenthesis, that is the start
 * time.
 */
const startTimeField = 19;

export const nodeProcesses: ProcessTable = {
  ownId: process.pid,
  held: new Set(),
  startOf(pid) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      // EPERM: it lives, but belongs to somebody else.
      if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
    }
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[startTimeField] ?? 0);
    } catch {
      return 0;
    }
  },
};
