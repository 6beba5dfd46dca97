/**
 * A group whose partitions the coordinator assigns: the consumer protocol (KIP-848).
 *
 * Everything here comes from records; consumer-apply.ts is the only room that changes it.
 *
 * Invariants: N1 a partition is assigned to, or being revoked from, one member at most; N2 no
 * member epoch is above the assignment epoch, and that not above the group epoch; N3 each instance
 * id maps to a member that carries it.
 * Upstream: apache/kafka: group-coordinator/.../modern/consumer/ConsumerGroup.java,
 * ConsumerGroupMember.java, MemberState.java; behaviour kept.
 */
import { emptyAssignment, type Assignment } from './assignment.ts';
import type { ConsumerMemberValue } from './records.ts';

/** On disk, never renumber. */
export const MemberState = {
  stable: 0,
  unrevokedPartitions: 1,
  unreleasedPartitions: 2,
} as const;
export type MemberState = (typeof MemberState)[keyof typeof MemberState];

/** The states that each state may go to when the member's assignment moves on. */
export const legalMemberMoves: Readonly<Record<MemberState, readonly MemberState[]>> = {
  [MemberState.stable]: [
    MemberState.stable,
    MemberState.unrevokedPartitions,
    MemberState.unreleasedPartitions,
  ],
  [MemberState.unrevokedPartitions]: [
    MemberState.stable,
    MemberState.unrevokedPartitions,
    MemberState.unreleasedPartitions,
  ],
  [MemberState.unreleasedPartitions]: [
    MemberState.stable,
    MemberState.unrevokedPartitions,
    MemberState.unreleasedPartitions,
  ],
};

/** Member epochs that are no epochs. */
export const joiningEpoch = 0;
export const leavingEpoch = -1;
/** A static member that will come back. */
export const leavingStaticEpoch = -2;

export interface ConsumerMember {
  readonly memberId: string;
  readonly subscription: ConsumerMemberValue;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: Assignment;
  /** Still owned by the member, which was told to give them up. */
  readonly revoking: Assignment;
}

export function newConsumerMember(
  memberId: string,
  subscription: ConsumerMemberValue,
): ConsumerMember {
  return {
    memberId,
    subscription,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: MemberState.stable,
    assigned: emptyAssignment,
    revoking: emptyAssignment,
  };
}

export type ConsumerState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

export class ConsumerGroup {
  readonly type = 'consumer';
  epoch = 0;
  assignmentEpoch = 0;
  readonly members: Map<string, ConsumerMember> = new Map<string, ConsumerMember>();
  /** Member id by instance id. */
  readonly staticMembers: Map<string, string> = new Map<string, string>();
  /** The topics subscribed to as the group epoch knows them, by name. */
  topics: ReadonlyMap<string, { readonly topicId: string; readonly partitionCount: number }> =
    new Map();
  readonly targets: Map<string, Assignment> = new Map<string, Assignment>();
  /** Which member holds a partition, by `topicId/partition`. */
  readonly holders: Map<string, string> = new Map<string, string>();
  /** Topics may have changed since `topics` and `matched` were computed. */
  topicsStale = true;
  /** Topics that a member may know of, by its id, as it was last heard of; undefined: all. */
  readonly describable: Map<string, ReadonlySet<string> | undefined> = new Map<
    string,
    ReadonlySet<string> | undefined
  >();
  /** Names of topics by the member whose pattern matches them; see consumer-target.ts. */
  matched: ReadonlyMap<string, readonly string[]> = new Map();

  get state(): ConsumerState {
    if (this.members.size === 0) return 'Empty';
    if (this.epoch > this.assignmentEpoch) return 'Assigning';
    for (const member of this.members.values()) {
      if (!isReconciled(member, this.assignmentEpoch)) return 'Reconciling';
    }
    return 'Stable';
  }

  topicNames(): string[] {
    const names = new Set<string>();
    for (const member of this.members.values()) {
      for (const name of this.namesOf(member)) names.add(name);
    }
    return [...names].toSorted();
  }

  /** What a member subscribed to, by name and by pattern; a name may come twice. */
  namesOf({ memberId, subscription }: ConsumerMember): readonly string[] {
    const { topicNames, topicRegex } = subscription;
    const matched = topicRegex === null ? undefined : this.matched.get(memberId);
    return matched === undefined ? topicNames : [...topicNames, ...matched];
  }

  /** A member was heard of: its pattern matches what it may know of now. */
  hear(memberId: string, now: ReadonlySet<string> | undefined): void {
    const before = this.describable.get(memberId);
    if (!this.describable.has(memberId) || !sameNames(before, now)) this.topicsStale = true;
    this.describable.set(memberId, now);
  }

  holderOf(topicId: string, partition: number): string | undefined {
    return this.holders.get(holderKey(topicId, partition));
  }
}

function sameNames(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.size === b.size && [...a].every((name) => b.has(name));
}

export function holderKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}

export function isReconciled(member: ConsumerMember, assignmentEpoch: number): boolean {
  return member.state === MemberState.stable && member.memberEpoch === assignmentEpoch;
}
