/**
 * Which partitions the members of a group shall have in the end: the group epoch and the target
 * assignment that belongs to it.
 *
 * Upstream: apache/kafka: group-coordinator/.../modern/TargetAssignmentBuilder.java.
 */
import { assignRange } from './assign-range.ts';
import { assignUniform } from './assign-uniform.ts';
import { emptyAssignment, sameAssignment } from './assignment.ts';
import type { Assignor } from './assignor.ts';
import type { ConsumerChange } from './consumer-change.ts';
import { epochRecord, targetEpochRecord, targetRecord, topicsRecord } from './consumer-records.ts';
import type { ConsumerGroup } from './consumer-state.ts';
import type { SubscribedTopic } from './records.ts';
import { isInternalTopic } from '../topics/topic.ts';
import { PatternError } from './pattern/pattern-text.ts';
import { TopicPattern } from './pattern/topic-pattern.ts';
import type { CoordinatorState } from './state.ts';

export const defaultAssignor = 'uniform';

export const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniform],
  ['range', assignRange],
]);

/** Looks again at the topics; a group epoch follows from a change of them or of subscriptions. */
export function refreshTopics(change: ConsumerChange, subscriptionChanged: boolean): void {
  const { members, groupId } = change;
  let bump = subscriptionChanged;
  if (bump || members.topicsStale) {
    const before = members.matched;
    members.matched = matchedTopics(change.turn.state, members);
    bump ||= matchesElse(before, members.matched);
    const topics = topicsNow(change.turn.state, members);
    if (!sameTopics(members, topics)) {
      change.emit(topicsRecord(groupId, topics));
      bump = true;
    }
    members.topicsStale = false;
  }
  if (bump) change.emit(epochRecord(groupId, members.epoch + 1));
}

/** Internal topics match no pattern: they are read by who names them. */
function matchedTopics(
  state: CoordinatorState,
  members: ConsumerGroup,
): ReadonlyMap<string, readonly string[]> {
  const names = [...state.topics.keys()].filter((name) => !isInternalTopic(name));
  const ofPattern = new Map<string, readonly string[]>();
  const matched = new Map<string, readonly string[]>();
  for (const { memberId, subscription } of members.members.values()) {
    const text = subscription.topicRegex;
    if (text === null) continue;
    const all = ofPattern.get(text) ?? matchesOf(text, names);
    ofPattern.set(text, all);
    matched.set(memberId, knownTo(members, memberId, all));
  }
  return matched;
}

/** A member not heard of since its group was read from the log keeps to what the group had. */
function knownTo(
  { describable, topics }: ConsumerGroup,
  memberId: string,
  names: readonly string[],
): readonly string[] {
  const known = describable.has(memberId) ? describable.get(memberId) : topics;
  return known === undefined ? names : names.filter((name) => known.has(name));
}

/** A member's share changes also where another still subscribes to the topic. */
function matchesElse(
  before: ReadonlyMap<string, readonly string[]>,
  now: ReadonlyMap<string, readonly string[]>,
): boolean {
  return [...now].some(([memberId, names]) => {
    const known = before.get(memberId);
    return known !== undefined && known.join('\0') !== names.join('\0');
  });
}

/** A record of another broker may hold a pattern that is none here: it matches nothing. */
function matchesOf(text: string, names: readonly string[]): readonly string[] {
  try {
    const pattern = TopicPattern.parse(text);
    return names.filter((name) => pattern.matches(name));
  } catch (error) {
    if (error instanceof PatternError) return [];
    throw error;
  }
}

function topicsNow(state: CoordinatorState, members: ConsumerGroup): SubscribedTopic[] {
  return members.topicNames().flatMap((name) => {
    const topic = state.topics.get(name);
    if (topic === undefined) return [];
    return [{ topicId: topic.id, name, partitionCount: topic.partitionCount }];
  });
}

function sameTopics(members: ConsumerGroup, topics: readonly SubscribedTopic[]): boolean {
  return (
    topics.length === members.topics.size &&
    topics.every(({ name, topicId, partitionCount }) => {
      const known = members.topics.get(name);
      return known?.topicId === topicId && known.partitionCount === partitionCount;
    })
  );
}

/** Brings the target assignment to the group epoch. */
export function assignTargets(change: ConsumerChange): void {
  const { members, groupId } = change;
  if (members.epoch <= members.assignmentEpoch) return;
  const counts = new Map(
    [...members.topics.values()].map((topic) => [topic.topicId, topic.partitionCount]),
  );
  const targets = assignors.get(preferredAssignor(members))!({
    members: [...members.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.subscription.instanceId,
      topicIds: [...new Set(members.namesOf(member))]
        .flatMap((name) => members.topics.get(name)?.topicId ?? [])
        .toSorted(),
      target: members.targets.get(member.memberId) ?? emptyAssignment,
    })),
    partitionCount: (topicId) => counts.get(topicId) ?? 0,
  });
  for (const memberId of members.members.keys()) {
    const before = members.targets.get(memberId);
    const now = targets.get(memberId) ?? emptyAssignment;
    if (before === undefined || !sameAssignment(before, now)) {
      change.emit(targetRecord(groupId, memberId, now));
    }
  }
  change.emit(targetEpochRecord(groupId, members.epoch));
}

/** The assignor most members ask for; the first of equals. */
export function preferredAssignor(members: ConsumerGroup): string {
  const votes = new Map<string, number>();
  for (const { subscription } of members.members.values()) {
    const { assignor } = subscription;
    if (assignor !== null && assignors.has(assignor)) {
      votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
    }
  }
  return [...votes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? defaultAssignor;
}
