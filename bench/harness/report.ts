/** Ratios, targets and the table a person reads. */
import type { Result } from './measure.ts';
import type { CpuTarget, MemoryTarget, Workload } from './workload.ts';

export interface Verdict {
  readonly text: string;
  readonly ratio: number;
  readonly target: number;
  readonly met: boolean;
}

/** How the workload's targets came out. For times, a ratio above 1 still means faster. */
export function verdicts(workload: Workload, results: readonly Result[]): Verdict[] {
  const isCost = ['us', 's', 'bytes/byte'].includes(workload.unit);
  const median = (name: string): number =>
    results.find((result) => result.contender === name)?.median ?? Number.NaN;
  return workload.targets.map((aim) => {
    if ('cpuAtMost' in aim) return cpuVerdict(aim, results);
    if ('memoryAtMost' in aim) return memoryVerdict(aim, results);
    const { contender, over, atLeast } = aim;
    const value = median(contender);
    const base = over === undefined ? 1 : median(over);
    if (over === undefined && isCost) {
      const met = value <= atLeast;
      const text = `${contender} ${figure(value)} ${workload.unit}, target at most ${figure(atLeast)}`;
      return { text, ratio: value, target: atLeast, met };
    }
    const ratio = isCost ? base / value : value / base;
    const unit = over === undefined ? ` ${workload.unit}` : ` x ${over}`;
    const text = `${contender} ${figure(ratio)}${unit}, target ${figure(atLeast)}`;
    return { text, ratio, target: atLeast, met: ratio >= atLeast };
  });
}

function cpuVerdict(aim: CpuTarget, results: readonly Result[]): Verdict {
  const cpu = (name: string): number =>
    results.find((result) => result.contender === name)?.cpuPerGb ?? Number.NaN;
  const ratio = cpu(aim.contender) / cpu(aim.over);
  const text = `${aim.contender} ${figure(ratio)} x the CPU time of ${aim.over}, target at most ${figure(aim.cpuAtMost)}`;
  return { text, ratio, target: aim.cpuAtMost, met: ratio <= aim.cpuAtMost };
}

function memoryVerdict(aim: MemoryTarget, results: readonly Result[]): Verdict {
  const peak = (name: string): number =>
    results.find((result) => result.contender === name)?.peakMib ?? Number.NaN;
  const ratio = peak(aim.contender) / peak(aim.over);
  const text = `${aim.contender} ${figure(ratio)} x the peak memory of ${aim.over}, target at most ${figure(aim.memoryAtMost)}`;
  return { text, ratio, target: aim.memoryAtMost, met: ratio <= aim.memoryAtMost };
}

export function table(workload: Workload, results: readonly Result[]): string {
  const width = Math.max(...results.map((result) => result.contender.length), 12);
  const rows = results.map(({ contender, median, min, max, cpuPerGb, peakMib }) => {
    const cpu = cpuPerGb === undefined ? '' : `  ${cpuPerGb.toFixed(2)} CPU s/GB`;
    const peak = peakMib === undefined ? '' : `  ${figure(peakMib)} MiB`;
    return `  ${contender.padEnd(width)} ${figure(median).padStart(12)} (${figure(min)}..${figure(max)})${cpu}${peak}`;
  });
  const judged = verdicts(workload, results).map(
    ({ text, met }) => `  ${met ? 'met   ' : 'MISSED'} ${text}`,
  );
  return [`${workload.name}, ${workload.unit}`, ...rows, ...judged, ''].join('\n');
}

/** Three significant digits, thousands grouped. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
