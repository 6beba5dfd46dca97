/**
 * Runs the contenders of a workload in turn, several rounds, and reduces them to medians. A round
 * before the counted ones warms caches and compilers.
 */
import type { Contender, Sample, Workload } from './workload.ts';

export interface Result {
  readonly contender: string;
  readonly samples: readonly Sample[];
  /** In the workload's unit; for times and bytes per byte lower is better. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** CPU seconds per GB moved, where bytes are counted. */
  readonly cpuPerGb: number | undefined;
  /** MiB of memory at the most, where a sample says so. */
  readonly peakMib: number | undefined;
}

export async function measure(
  workload: Workload,
  onRound: (round: number, rounds: number) => void,
): Promise<Result[]> {
  const rounds = workload.rounds ?? 5;
  const samples = new Map(workload.contenders.map(({ name }) => [name, [] as Sample[]]));
  for (const { contender, round } of schedule(workload, rounds)) {
    onRound(round, rounds);
    const sample = await runOnce(contender);
    if (round > 0) samples.get(contender.name)!.push(sample);
  }
  return workload.contenders.map(({ name }) => reduce(name, samples.get(name)!, workload.unit));
}

function* schedule(
  { contenders, order }: Workload,
  rounds: number,
): Generator<{ contender: Contender; round: number }> {
  if (order === 'by contender') {
    for (const contender of contenders) {
      for (let round = 0; round <= rounds; round++) yield { contender, round };
    }
    return;
  }
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) yield { contender, round };
  }
}

async function runOnce(contender: Contender): Promise<Sample> {
  await contender.prepare?.();
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const done = await contender.run();
  const elapsed = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  await contender.finish?.();
  const { bytes, operations, peakBytes } = done;
  const { seconds = elapsed, cpuSeconds = (used.user + used.system) / 1e6 } = done;
  return {
    seconds,
    bytes,
    operations,
    cpuSeconds,
    ...(peakBytes === undefined ? {} : { peakBytes }),
  };
}

function reduce(contender: string, samples: readonly Sample[], unit: Workload['unit']): Result {
  const values = samples.map((sample) => valueOf(sample, unit)).sort((a, b) => a - b);
  const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
  const cpu = samples.reduce((sum, sample) => sum + sample.cpuSeconds, 0);
  const peak = Math.max(...samples.map((sample) => sample.peakBytes ?? 0));
  return {
    contender,
    samples,
    median: values[Math.floor(values.length / 2)]!,
    min: values[0]!,
    max: values.at(-1)!,
    cpuPerGb: bytes === 0 ? undefined : cpu / (bytes / 1e9),
    peakMib: peak === 0 ? undefined : peak / 2 ** 20,
  };
}

function valueOf(sample: Sample, unit: Workload['unit']): number {
  switch (unit) {
    case 'MB/s':
      return sample.bytes / sample.seconds / 1e6;
    case 'GB/s':
      return sample.bytes / sample.seconds / 1e9;
    case 'records/s':
    case 'operations/s':
      return sample.operations / sample.seconds;
    case 'bytes/byte':
      return sample.bytes / sample.operations;
    case 'us':
      return (sample.seconds / sample.operations) * 1e6;
    case 's':
      return sample.seconds;
  }
}
