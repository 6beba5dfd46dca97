/** Where the description of a file is gathered, and what was asked for. */
import type { FileSystem } from '../../../native-free-io/index.ts';
import type { FileProblem } from '../../base/index.ts';

export interface DescribeOptions {
  readonly fs: FileSystem;
  readonly parts: readonly string[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

export class Description {
  readonly lines: string[] = [];
  readonly meta: Record<string, string | number> = {};
  readonly problems: FileProblem[] = [];
  /** There was more than the limit. */
  truncated = false;

  /** Shows what a file says of itself. */
  showMeta(): void {
    for (const [name, value] of Object.entries(this.meta)) this.lines.push(`${name}: ${value}`);
  }
}
