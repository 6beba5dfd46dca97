/**
 * Runs a workload on a simulated disk, cuts the power at each of its operations in turn, and hands
 * what would survive to a check.
 *
 * A cut right after an operation leaves what a cut right before the next one leaves, and there the
 * workload has gone further; so the moments tried are before each operation, halfway through those
 * that can be torn, and after the last. `VARVE_CRASH_SEEDS` sets how many random survivors each cut
 * is tried with (default 2, beside losing and keeping everything that was not synced); `VARVE_SEED`
 * repeats a run.
 */
import { CrashFileSystem, type CrashMoment, type CrashPolicy } from '../../native-free-io/index.ts';
import { seedFor } from '../helpers/seeded.ts';

export interface Workload<Trace> {
  /**
   * Does the work on a disk; notes in the trace what was begun and what was acknowledged. Cuts are
   * tried from where it first calls `begin`, or from its first operation when it never does.
   */
  readonly run: (fs: CrashFileSystem, trace: Trace, begin: () => void) => Promise<void>;
  /** A new trace, for each run. */
  readonly trace: () => Trace;
  /** Looks at what survived; throws when that breaks a promise. */
  readonly check: (survivor: CrashFileSystem, trace: Trace) => Promise<void>;
  /** What the disk holds, durably, before. */
  readonly prepare?: (fs: CrashFileSystem) => Promise<void>;
}

export interface CutReport {
  /** Operations at which the power was cut. */
  readonly operations: number;
  readonly cuts: number;
  readonly survivors: number;
}

interface Cut {
  readonly index: number;
  readonly moment: CrashMoment;
}

const randomSurvivors = Number(process.env['VARVE_CRASH_SEEDS'] ?? 2);
/** For one test. */
export const cutTimeoutMs: number = 30_000 + randomSurvivors * 15_000;
const torn = /^#\d+ (write|writeVector|sync) /;

export async function cutEverywhere<Trace>(
  name: string,
  workload: Workload<Trace>,
): Promise<CutReport> {
  const seed = seedFor(name);
  const start = await preparedDisk(workload);
  const whole = start.clone();
  let from: number | undefined;
  await workload.run(whole, workload.trace(), () => (from ??= whole.operations));
  const report = { operations: whole.operations - (from ?? 0), cuts: 0, survivors: 0 };
  for (const cut of cutsOf(whole.trace)) {
    if (cut.index < (from ?? 0)) continue;
    report.cuts++;
    const trace = workload.trace();
    const fs = await runUntil(start, workload, cut, trace);
    for (const { policy, seed: chosen } of policiesOf(seed + report.cuts)) {
      report.survivors++;
      try {
        await workload.check(fs.afterCrash(policy, chosen), trace);
      } catch (error) {
        const line = whole.trace[cut.index];
        const place = `power cut ${cut.moment} ${line}, survivors ${policy} ${chosen}`;
        throw new Error(`${place}: ${String(error)}`, { cause: error });
      }
    }
  }
  const { operations, cuts, survivors } = report;
  if (randomSurvivors > 2) {
    const counts = `${operations} operations, ${cuts} cuts, ${survivors} survivors`;
    process.stdout.write(`${name}: ${counts}\n`);
  }
  return report;
}

async function preparedDisk<Trace>({ prepare }: Workload<Trace>): Promise<CrashFileSystem> {
  const fs = new CrashFileSystem({ trace: true });
  fs.makeDirectorySync('/data');
  await prepare?.(fs);
  return fs.afterCrash('keep-all');
}

/** Every run is the same up to the cut, because nothing in it depends on the time of day. */
async function runUntil<Trace>(
  start: CrashFileSystem,
  workload: Workload<Trace>,
  cut: Cut,
  trace: Trace,
): Promise<CrashFileSystem> {
  const fs = start.clone();
  fs.crashAt(cut.index, cut.moment);
  try {
    await workload.run(fs, trace, () => undefined);
  } catch (error) {
    if (!fs.hasCrashed) throw error;
  }
  if (!fs.hasCrashed) throw new Error(`a run did not come to operation ${cut.index}`);
  return fs;
}

function cutsOf(lines: readonly string[]): Cut[] {
  const cuts = lines.flatMap((line, index): Cut[] => {
    const before: Cut = { index, moment: 'before' };
    return torn.test(line) ? [before, { index, moment: 'halfway' }] : [before];
  });
  return [...cuts, { index: lines.length - 1, moment: 'after' }];
}

function policiesOf(seed: number): { policy: CrashPolicy; seed: number }[] {
  const random = Array.from({ length: randomSurvivors }, (_, at) => ({
    policy: 'random' as const,
    seed: (seed * 31 + at * 7919) >>> 0,
  }));
  return [{ policy: 'lose-all', seed: 0 }, { policy: 'keep-all', seed: 0 }, ...random];
}
