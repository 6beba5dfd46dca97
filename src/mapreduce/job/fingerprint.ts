/** Tells whether two runs are of the same job: same plan, same splits. Not a matter of security. */
import { crc32, crc32c } from '../../../native-free-io/index.ts';
import type { InputSplit } from '../input/record-reader.ts';
import type { JobPlan } from './plan.ts';

export function fingerprintOf(plan: JobPlan, splits: readonly InputSplit[]): string {
  const { jobId: _, tuning: __, ...same } = plan;
  const bytes = new TextEncoder().encode(JSON.stringify([same, splits]));
  const sums = [crc32(bytes, 0, bytes.length), crc32c(bytes, 0, bytes.length)];
  return `${bytes.length}-${sums.map((sum) => sum.toString(16)).join('-')}`;
}
