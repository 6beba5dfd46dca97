/**
 * A fetch that waits: until enough new bytes are visible, something about its partitions changed,
 * its time is over, its client has gone, or the broker stops.
 */
import type { Timers } from '../../../env/index.ts';
import type { Partition } from '../topics/partition.ts';

export interface Watched {
  readonly partition: Partition;
  readonly fetchOffset: number;
  readonly maxBytes: number;
}

export interface ParkOptions {
  readonly timers: Timers;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly isolation: 'read_uncommitted' | 'read_committed';
  readonly signals: readonly AbortSignal[];
}

/** Resolves when it is time to read again. */
export function park(watched: readonly Watched[], options: ParkOptions): Promise<void> {
  return new Promise((resolve) => {
    const ends: (() => void)[] = [];
    const finish = (): void => {
      for (const end of ends) end();
      ends.length = 0;
      resolve();
    };
    const sizesThen = watched.map(({ partition }) => partition.log.sizeBytes);
    const look = (): void => {
      let bytes = 0;
      for (let index = 0; index < watched.length; index++) {
        const { partition, fetchOffset, maxBytes } = watched[index]!;
        const { log } = partition;
        if (partition.isGone || fetchOffset < log.logStartOffset) return finish();
        const visible =
          options.isolation === 'read_committed' ? log.lastStableOffset : log.highWatermark;
        if (visible <= fetchOffset) continue;
        bytes += Math.min(maxBytes, Math.max(1, log.sizeBytes - sizesThen[index]!));
      }
      if (bytes >= options.minBytes) finish();
    };
    for (const { partition } of watched) ends.push(partition.onChange(look));
    ends.push(options.timers.after(options.maxWaitMs, finish));
    for (const signal of options.signals) {
      signal.addEventListener('abort', finish, { once: true });
      ends.push(() => signal.removeEventListener('abort', finish));
    }
  });
}
