/**
 * Applies cells to a region: one log entry, one sequence id, visible all at once or not at all.
 *
 * Order: the cells are copied into the arena and stamped there, go from there to the log, and only
 * then into the trees. A log that refuses leaves some bytes of the arena unused and nothing else.
 */
import type { CellBuffer } from '../cell-buffer.ts';
import { CellType } from '../format/kv-layout.ts';
import { readTimestamp } from '../format/timestamp.ts';
import type { Segment } from '../memstore/segment.ts';
import type { RegionCore } from './region-core.ts';

export interface ApplyOptions {
  /** Without a log entry: lost by a crash before the flush. */
  readonly skipsLog: boolean;
  /** Invisible until `mvcc.complete` of the returned sequence id. */
  readonly isDurable: boolean;
}

/** Applies the cells `first..end` of the buffer, which all belong to this region. */
export function applyCells(
  core: RegionCore,
  buffer: CellBuffer,
  range: { readonly first: number; readonly end: number },
  options: ApplyOptions,
): number {
  core.assertWritable();
  const { first, end } = range;
  const { places } = buffer;
  const { active, mvcc, world } = core;
  const start = places[first]! - 4;
  const stop = end < buffer.count ? places[end]! - 4 : buffer.used;
  const at = active.arena.take(stop - start);
  const { bytes } = active.arena;
  bytes.set(buffer.bytes.subarray(start, stop), at);
  const shift = at - start;
  const nowMs = world.env.clock.now();
  stamp(core, buffer, range, { shift, nowMs });
  const sequenceId = mvcc.lastSequenceId + 1;
  if (!options.skipsLog) {
    try {
      world.log.append({
        region: core.info.encodedName,
        table: core.info.table,
        sequenceId,
        writeTimeMs: nowMs,
        bytes,
        start: at,
        end: at + (stop - start),
        cellCount: end - first,
      });
    } catch (error) {
      core.failure ??= error;
      throw error;
    }
  }
  if (options.isDurable) mvcc.begin();
  else mvcc.next();
  insertCells(active, buffer, range, { shift, sequenceId });
  return sequenceId;
}

/** Puts cells back that the log had, under the sequence id they had. */
export function insertReplayed(core: RegionCore, buffer: CellBuffer, sequenceId: number): void {
  const { active } = core;
  const at = active.arena.take(buffer.used);
  active.arena.bytes.set(buffer.bytes.subarray(0, buffer.used), at);
  insertCells(active, buffer, { first: 0, end: buffer.count }, { shift: at, sequenceId });
}

function stamp(
  core: RegionCore,
  buffer: CellBuffer,
  range: { readonly first: number; readonly end: number },
  place: { readonly shift: number; readonly nowMs: number },
): void {
  const { clock, active } = core;
  const { bytes, view } = active.arena;
  let timestamp = clock.begin(place.nowMs);
  let high = Math.floor(timestamp / 0x1_0000_0000);
  for (let index = range.first; index < range.end; index++) {
    const kv = buffer.places[index]! + place.shift;
    const at = kv + 8 + view.getInt32(kv) - 9;
    if (view.getInt32(at) !== 0x7fff_ffff) continue;
    const next = bytes[at + 8] === CellType.put ? clock.ofPut() : clock.ofDelete();
    if (next !== timestamp) {
      timestamp = next;
      high = Math.floor(timestamp / 0x1_0000_0000);
    }
    view.setInt32(at, high);
    view.setInt32(at + 4, timestamp | 0);
  }
}

/** Hangs cells that lie in the arena into the trees. */
function insertCells(
  segment: Segment,
  buffer: CellBuffer,
  range: { readonly first: number; readonly end: number },
  place: { readonly shift: number; readonly sequenceId: number },
): void {
  const { bytes, view } = segment.arena;
  const distance = place.sequenceId - segment.firstSequenceId;
  for (let index = range.first; index < range.end; index++) {
    const kv = buffer.places[index]! + place.shift;
    const family = segment.families[buffer.families[index]!]!;
    const at = kv + 8 + view.getInt32(kv) - 9;
    family.note(readTimestamp(view, at), bytes[at + 8]!);
    if (view.getInt32(kv - 4) > 8 + view.getInt32(kv) + view.getInt32(kv + 4)) {
      family.taggedCells++;
    }
    family.tree.insert(kv, distance);
  }
  segment.cellCount += range.end - range.first;
  segment.maxSequenceId = place.sequenceId;
}
