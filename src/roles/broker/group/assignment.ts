/**
 * Sets of partitions by topic id, and how they relate. An empty set of a topic does not exist.
 */
import type { TopicIdPartitions } from './records.ts';

export type Assignment = ReadonlyMap<string, ReadonlySet<number>>;

export const emptyAssignment: Assignment = new Map();

export function toAssignment(lists: readonly TopicIdPartitions[]): Assignment {
  const assignment = new Map<string, Set<number>>();
  for (const { topicId, partitions } of lists) {
    for (const partition of partitions) addTo(assignment, topicId, partition);
  }
  return assignment;
}

/** Topics and partitions in ascending order. */
export function toLists(assignment: Assignment): { topicId: string; partitions: number[] }[] {
  return [...assignment]
    .map(([topicId, set]) => ({ topicId, partitions: [...set].toSorted((a, b) => a - b) }))
    .toSorted((a, b) => (a.topicId < b.topicId ? -1 : 1));
}

export function addTo(
  assignment: Map<string, Set<number>>,
  topicId: string,
  partition: number,
): void {
  let set = assignment.get(topicId);
  if (set === undefined) assignment.set(topicId, (set = new Set()));
  set.add(partition);
}

export function holds(assignment: Assignment, topicId: string, partition: number): boolean {
  return assignment.get(topicId)?.has(partition) === true;
}

export function* partitionsOf(assignment: Assignment): Generator<readonly [string, number]> {
  for (const [topicId, set] of assignment) for (const partition of set) yield [topicId, partition];
}

/** The partitions for which `keep` says so. */
export function filtered(
  assignment: Assignment,
  keep: (topicId: string, partition: number) => boolean,
): Map<string, Set<number>> {
  const kept = new Map<string, Set<number>>();
  for (const [topicId, partition] of partitionsOf(assignment)) {
    if (keep(topicId, partition)) addTo(kept, topicId, partition);
  }
  return kept;
}

export function isSubset(part: Assignment, whole: Assignment): boolean {
  for (const [topicId, partition] of partitionsOf(part)) {
    if (!holds(whole, topicId, partition)) return false;
  }
  return true;
}

export function overlap(a: Assignment, b: Assignment): boolean {
  for (const [topicId, partition] of partitionsOf(a)) if (holds(b, topicId, partition)) return true;
  return false;
}

export function sameAssignment(a: Assignment, b: Assignment): boolean {
  return isSubset(a, b) && isSubset(b, a);
}

export function sizeOf(assignment: Assignment): number {
  let size = 0;
  for (const set of assignment.values()) size += set.size;
  return size;
}
