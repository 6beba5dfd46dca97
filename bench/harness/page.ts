/** docs/benchmarks.md, made from the ledger. */
import type { LedgerLine } from './ledger.ts';
import { figure } from './report.ts';

export function benchmarksPage(lines: readonly LedgerLine[]): string {
  const machine = lines[0];
  const head = [
    '# Benchmarks',
    '',
    'Made by `npm run bench -- --record` from the ledger (`bench/ledger/ledger.ndjson`); do not edit.',
    'All contenders of a workload run in one process, in turn, in several rounds; medians, with the',
    'least and greatest in brackets. Trust ratios within a workload, not single figures: machines and',
    'days differ. Files are in the page cache unless a workload says otherwise.',
    '',
    '![the last run as bars](benchmarks.svg)',
    '',
  ];
  if (machine !== undefined) {
    head.push(
      `Last run on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}, Node ${machine.node}.`,
      '',
    );
  }
  return [...head, ...lines.flatMap(section)].join('\n');
}

function section(line: LedgerLine): string[] {
  const parameters = Object.entries(line.parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const hasPeaks = line.results.some(({ peakMib }) => peakMib !== undefined);
  return [
    `## ${line.workload}`,
    '',
    `${parameters}. Ledger \`${line.id}\`, commit \`${line.commit}\`.`,
    '',
    `| | ${line.unit} | least..greatest | CPU s/GB |${hasPeaks ? ' peak MiB |' : ''}`,
    `| --- | ---: | ---: | ---: |${hasPeaks ? ' ---: |' : ''}`,
    ...line.results.map(({ contender, median, min, max, cpuPerGb, peakMib }) => {
      const cpu = cpuPerGb === undefined ? '' : cpuPerGb.toFixed(2);
      const peak = peakMib === undefined ? '' : ` ${figure(peakMib)} |`;
      return `| ${contender} | ${figure(median)} | ${figure(min)}..${figure(max)} | ${cpu} |${peak}`;
    }),
    '',
    ...line.targets.map(({ text, met }) => `- ${met ? 'met' : '**missed**'}: ${text}`),
    '',
    ...(line.note === undefined ? [] : [line.note, '']),
  ];
}
