/**
 * Membership in a group as a client sees it, by either protocol: which partitions it may read now,
 * and with what it must prove that.
 */
import { ErrorCode } from '../../../src/roles/shared/error-code.ts';
import { GroupInputKind } from '../../../src/roles/broker/group/messages.ts';
import type { SimClient } from './sim-client.ts';
import { simTopics, partitionCount } from './sim-broker.ts';

export interface Membership {
  readonly memberId: string;
  /** Generation or member epoch. */
  readonly epoch: number;
  /** Partitions of `source`. */
  readonly owned: readonly number[];
  /** Stays in the group; false when the membership is over and must be begun anew. */
  beat(): Promise<boolean>;
  leave(): Promise<void>;
}

interface JoinAnswer {
  readonly error: number;
  readonly memberId: string;
  readonly generation: number;
  readonly leader: string;
  readonly members: readonly { readonly memberId: string }[];
}

const sourceId = simTopics[0]!.id;

/** Joins and syncs; undefined when it did not work out this time. */
export async function joinClassic(
  client: SimClient,
  groupId: string,
  known: { memberId: string; instanceId: string | null },
): Promise<Membership | undefined> {
  const joined = await client.call<JoinAnswer>(GroupInputKind.join, 9, {
    groupId,
    sessionTimeoutMs: 1500,
    rebalanceTimeoutMs: 1500,
    memberId: known.memberId,
    instanceId: known.instanceId,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: new Uint8Array([0, 1]) }],
    reason: null,
  });
  if (joined === undefined) return undefined;
  if (joined.error === ErrorCode.memberIdRequired) known.memberId = joined.memberId;
  else if (joined.error !== ErrorCode.none) known.memberId = '';
  if (joined.error !== ErrorCode.none) return undefined;
  const { memberId, generation } = joined;
  known.memberId = memberId;
  const assignments =
    joined.leader === memberId
      ? joined.members.map(({ memberId: id }, index, { length }) => ({
          memberId: id,
          assignment: new Uint8Array(shareOf(index, length)),
        }))
      : [];
  const identity = { groupId, generation, memberId, instanceId: known.instanceId };
  const synced = await client.call<{ error: number; assignment: Uint8Array }>(
    GroupInputKind.sync,
    5,
    { ...identity, protocolType: 'consumer', protocolName: 'range', assignments },
  );
  if (synced?.error !== ErrorCode.none) return undefined;
  return {
    memberId,
    epoch: generation,
    owned: [...synced.assignment],
    beat: async () => {
      const answer = await client.call<{ error: number }>(GroupInputKind.heartbeat, 4, identity);
      if (answer === undefined) return true;
      const over = answer.error === ErrorCode.unknownMemberId;
      if (over || answer.error === ErrorCode.fencedInstanceId) known.memberId = '';
      return answer.error === ErrorCode.none;
    },
    leave: async () => {
      const members = [{ memberId, instanceId: known.instanceId, reason: null }];
      await client.call(GroupInputKind.leave, 5, { groupId, memberId: '', members });
      known.memberId = '';
    },
  };
}

function shareOf(index: number, members: number): number[] {
  return Array.from({ length: partitionCount }, (_, partition) => partition).filter(
    (partition) => partition % members === index,
  );
}

interface HeartbeatAnswer {
  readonly error: number;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly assignment: {
    readonly partitions: readonly { topicId: string; partitions: readonly number[] }[];
  } | null;
}

/** Joins by the consumer protocol. What it owns changes with its heartbeats. */
export async function joinConsumer(
  client: SimClient,
  groupId: string,
  memberId: string,
): Promise<Membership | undefined> {
  const state = { epoch: 0, owned: [] as readonly number[], told: [] as readonly number[] };
  const heartbeat = async (full: boolean): Promise<boolean> => {
    const owned = { topicId: sourceId, partitions: [...state.owned] };
    const answer = await client.call<HeartbeatAnswer>(GroupInputKind.consumerHeartbeat, 1, {
      groupId,
      memberId,
      memberEpoch: state.epoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: full ? 1000 : -1,
      topicNames: full ? ['source'] : null,
      topicRegex: null,
      serverAssignor: null,
      owned: state.owned.length === 0 ? [] : [owned],
    });
    if (answer === undefined) return true;
    if (answer.error !== ErrorCode.none) {
      return (
        answer.error === ErrorCode.coordinatorLoadInProgress ||
        answer.error === ErrorCode.notCoordinator
      );
    }
    state.epoch = answer.memberEpoch;
    if (answer.assignment !== null) {
      state.owned = answer.assignment.partitions.flatMap(({ partitions }) => [...partitions]);
    }
    return true;
  };
  if (!(await heartbeat(true)) || state.epoch === 0) return undefined;
  return {
    memberId,
    get epoch() {
      return state.epoch;
    },
    get owned() {
      return state.owned;
    },
    beat: () => heartbeat(false),
    leave: async () => {
      await client.call(GroupInputKind.consumerHeartbeat, 1, {
        groupId,
        memberId,
        memberEpoch: -1,
        instanceId: null,
        rackId: null,
        rebalanceTimeoutMs: -1,
        topicNames: null,
        topicRegex: null,
        serverAssignor: null,
        owned: null,
      });
    },
  };
}
