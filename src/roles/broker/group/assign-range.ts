/**
 * The assignor `range`: of each topic, its subscribers get contiguous ranges of nearly equal size,
 * those with an instance id first, so that equally partitioned topics meet in the same member.
 *
 * Upstream: apache/kafka: group-coordinator/.../assignor/RangeAssignor.java; results kept.
 */
import type { Assignment } from './assignment.ts';
import type { AssignorInput, AssignorMember } from './assignor.ts';

export function assignRange({ members, partitionCount }: AssignorInput): Map<string, Assignment> {
  const sorted = members.toSorted(byInstanceThenId);
  const result = new Map(sorted.map(({ memberId }) => [memberId, new Map<string, Set<number>>()]));
  const subscribers = new Map<string, AssignorMember[]>();
  for (const member of sorted) {
    for (const topicId of member.topicIds) {
      const list = subscribers.get(topicId);
      if (list === undefined) subscribers.set(topicId, [member]);
      else list.push(member);
    }
  }
  for (const [topicId, list] of subscribers) {
    const count = partitionCount(topicId);
    let next = 0;
    for (const [index, { memberId }] of list.entries()) {
      const length = Math.floor(count / list.length) + (index < count % list.length ? 1 : 0);
      if (length > 0) result.get(memberId)!.set(topicId, range(next, next + length));
      next += length;
    }
  }
  return result;
}

function byInstanceThenId(a: AssignorMember, b: AssignorMember): number {
  if ((a.instanceId === null) !== (b.instanceId === null)) return a.instanceId === null ? 1 : -1;
  const [keyA, keyB] =
    a.instanceId === null ? [a.memberId, b.memberId] : [a.instanceId, b.instanceId!];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

function range(start: number, end: number): Set<number> {
  return new Set(Array.from({ length: end - start }, (_, index) => start + index));
}
