/** Describes a write-ahead log: its header, how it ends, its entries by region, sizes. */
import { throwIfAborted } from '../../../native-free-io/index.ts';
import { WalReader } from '../wal/wal-reader.ts';
import { cellText } from './cell-text.ts';
import type { DescribeOptions, Description } from './description.ts';
import { Histogram } from './histogram.ts';

interface RegionSum {
  entries: number;
  cells: number;
  first: number;
  last: number;
}

export function describeWal(path: string, options: DescribeOptions, into: Description): void {
  using log = WalReader.openSync(options.fs, path);
  const regions = new Map<string, RegionSum>();
  const sizes = { entry: new Histogram('entry bytes'), cells: new Histogram('cells of an entry') };
  const showsKeys = options.parts.includes('keys');
  let entries = 0;
  try {
    while (log.next()) {
      if ((entries & 0x3ff) === 0) throwIfAborted(options.signal);
      entries++;
      addTo(regions, log);
      sizes.entry.add(log.endPosition - log.position);
      sizes.cells.add(log.cellCount);
      if (!showsKeys) continue;
      if (entries <= options.limit) showEntry(log, into);
      else into.truncated = true;
    }
  } finally {
    const { meta } = into;
    const { header } = log;
    meta['writer'] = header?.writerClass ?? '';
    meta['cellCodec'] = header?.cellCodecClass ?? '';
    meta['compressed'] = String(header?.hasCompression ?? false);
    meta['selfChecking'] = String(header?.isSelfChecking ?? false);
    meta['entries'] = entries;
    meta['ending'] = log.ending ?? 'damaged';
    meta['endPosition'] = log.endPosition;
    if (log.tornReason !== '') meta['torn'] = log.tornReason;
    for (const [region, sum] of regions) {
      meta[`region ${region}`] =
        `${sum.entries} entries, ${sum.cells} cells, sequence ids ${sum.first} to ${sum.last}`;
    }
    if (options.parts.includes('meta')) into.showMeta();
  }
  if (!options.parts.includes('histogram')) return;
  into.lines.push(...sizes.entry.lines(), ...sizes.cells.lines());
}

function addTo(regions: Map<string, RegionSum>, log: WalReader): void {
  const sum = regions.get(log.region);
  if (sum === undefined) {
    const { sequenceId, cellCount } = log;
    regions.set(log.region, { entries: 1, cells: cellCount, first: sequenceId, last: sequenceId });
    return;
  }
  sum.entries++;
  sum.cells += log.cellCount;
  sum.last = log.sequenceId;
}

function showEntry(log: WalReader, into: Description): void {
  into.lines.push(
    `entry ${log.position}: region ${log.region}, table ${log.table}, ` +
      `sequence id ${log.sequenceId}, time ${log.writeTimeMs}, ${log.cellCount} cells`,
  );
  while (log.cells.next()) into.lines.push(`  ${cellText(log.cells.cell)}`);
}
