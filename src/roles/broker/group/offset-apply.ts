/**
 * How records of offsets change what a group has committed, while running and while loading.
 *
 * Invariant: O1 of two records of one partition the later one counts, also when it waited for the
 * end of a transaction.
 */
import { OffsetTable } from './offset-table.ts';
import type { OffsetRecord } from './records.ts';
import type { Group, OffsetsPartition } from './state.ts';
import { groupOrNew, type Turn } from './turn.ts';

/** Takes effect at once; a tombstone also takes offsets that wait for a transaction. */
export function applyOffset(turn: Turn, partition: OffsetsPartition, record: OffsetRecord): void {
  const sequence = ++partition.sequence;
  const { topic, partition: index, value } = record;
  if (value === null) {
    const group = partition.groups.get(record.groupId);
    group?.offsets.delete(topic, index);
    for (const producerId of group?.pending.keys() ?? []) {
      group!.pending.get(producerId)!.delete(topic, index);
      forgetIfEmpty(partition, group!, producerId);
    }
    return;
  }
  const group = groupOrNew(turn, partition, record.groupId);
  group.offsets.set(topic, index, { value, sequence });
}

/** Waits for the end of the producer's transaction. */
export function applyPendingOffset(
  turn: Turn,
  partition: OffsetsPartition,
  producerId: number,
  record: OffsetRecord,
): void {
  const sequence = ++partition.sequence;
  if (record.value === null) return;
  const group = groupOrNew(turn, partition, record.groupId);
  let table = group.pending.get(producerId);
  if (table === undefined) group.pending.set(producerId, (table = new OffsetTable()));
  table.set(record.topic, record.partition, { value: record.value, sequence });
  let groups = partition.transactions.get(producerId);
  if (groups === undefined) partition.transactions.set(producerId, (groups = new Set()));
  groups.add(group);
}

/** The marker is in the log: what waited takes effect or is forgotten. */
export function endTransaction(
  partition: OffsetsPartition,
  producerId: number,
  committed: boolean,
): void {
  for (const group of partition.transactions.get(producerId) ?? []) {
    const table = group.pending.get(producerId);
    group.pending.delete(producerId);
    if (!committed || table === undefined) continue;
    for (const topic of table.topics()) {
      for (const [index, offset] of table.partitionsOf(topic)) {
        const known = group.offsets.get(topic, index);
        if (known === undefined || known.sequence < offset.sequence) {
          group.offsets.set(topic, index, offset);
        }
      }
    }
  }
  partition.transactions.delete(producerId);
}

function forgetIfEmpty(partition: OffsetsPartition, group: Group, producerId: number): void {
  if (group.pending.get(producerId)?.isEmpty !== true) return;
  group.pending.delete(producerId);
  const groups = partition.transactions.get(producerId);
  groups?.delete(group);
  if (groups?.size === 0) partition.transactions.delete(producerId);
}
