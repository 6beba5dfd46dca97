/**
 * What must hold after every step of the simulation, whatever was lost, repeated or killed.
 *
 *   K1  a partition has one owner in a generation, one holder at a time in the consumer protocol
 *   K2  a committed offset never goes back, and none that was acknowledged is lost
 *   K3  nothing of an aborted transaction is seen by a reader of committed records
 *   K4  no record is copied twice
 *   K5  what was acknowledged as committed is seen (asked once the world has settled)
 */
import { ClassicGroup } from '../../../src/roles/broker/group/classic-state.ts';
import { partitionsOf } from '../../../src/roles/broker/group/assignment.ts';
import type { ConsumerGroup } from '../../../src/roles/broker/group/consumer-state.ts';
import type { Group } from '../../../src/roles/broker/group/state.ts';
import type { SimBroker } from './sim-broker.ts';

type Decision = 'asked to commit' | 'aborted' | 'committed';

export class Checks {
  readonly #broker: SimBroker;
  readonly #owners = new Map<string, string>();
  /** Greatest offset that somebody was told of, by group and partition. */
  readonly #told = new Map<string, number>();
  readonly #decisions = new Map<string, Decision>();
  /** What readers of committed records saw the last time, and which copies are in it. */
  #seen: readonly (readonly string[])[] = [];
  #copies: Map<string, string> = new Map();

  constructor(broker: SimBroker) {
    this.#broker = broker;
  }

  committed(groupId: string, partition: number, offset: number): void {
    const key = `${groupId} ${partition}`;
    this.#told.set(key, Math.max(offset, this.#told.get(key) ?? -1));
  }

  fetched(groupId: string, partition: number, offset: number): void {
    const told = this.#told.get(`${groupId} ${partition}`) ?? -1;
    if (offset < told) throw new Error(`K2: ${groupId}/${partition} is at ${offset}, was ${told}`);
    this.committed(groupId, partition, offset);
  }

  decided(attempt: string, decision: Decision): void {
    this.#decisions.set(attempt, decision);
  }

  /** After every step. */
  look(): void {
    if (!this.#broker.isUp) return;
    for (const partition of this.#broker.groups.state.partitions.values()) {
      if (partition.loading) continue;
      for (const group of partition.groups.values()) {
        if (group.members.type === 'classic') this.#lookAtClassic(group, group.members);
        else lookAtConsumer(group, group.members);
        this.#lookAtOffsets(group);
      }
    }
    this.#lookAtCopies();
  }

  #lookAtClassic(group: Group, members: ClassicGroup): void {
    if (members.leaderId !== null && !members.members.has(members.leaderId)) {
      throw new Error(`C1: the leader of ${group.id} is no member`);
    }
    for (const [instanceId, memberId] of members.staticMembers) {
      if (members.members.get(memberId)?.instanceId !== instanceId) {
        throw new Error(`C3: ${instanceId} of ${group.id} leads nowhere`);
      }
    }
    for (const { join, sync } of members.members.values()) {
      const wrongJoin = join !== undefined && members.state !== 'PreparingRebalance';
      const wrongSync = sync !== undefined && members.state !== 'CompletingRebalance';
      if (wrongJoin || wrongSync) throw new Error(`C2: a request is parked in ${members.state}`);
    }
    if (members.state !== 'Stable') return;
    for (const { memberId, instanceId, assignment } of members.members.values()) {
      for (const partition of assignment) {
        const key = `${group.id} ${members.generation} ${partition}`;
        const owner = this.#owners.get(key) ?? instanceId ?? memberId;
        if (owner !== (instanceId ?? memberId))
          throw new Error(`K1: ${key}: ${owner}, ${memberId}`);
        this.#owners.set(key, owner);
      }
    }
  }

  #lookAtOffsets(group: Group): void {
    for (let index = 0; index < 4; index++) {
      const told = this.#told.get(`${group.id} ${index}`) ?? -1;
      const stored = group.offsets.get('source', index)?.value.offset ?? -1;
      const waits = [...group.pending.values()].some((table) => table.get('source', index));
      if (stored < told && !waits) {
        throw new Error(`K2: ${group.id}/${index} is at ${stored}, told was ${told}`);
      }
    }
  }

  /** Of each record the copy that is seen; throws for two, and for one of an aborted attempt. */
  #lookAtCopies(): Map<string, string> {
    const seen = this.#broker.data.map((partition) => partition.committed());
    if (seen.every((values, index) => values === this.#seen[index])) return this.#copies;
    const copies = new Map<string, string>();
    for (const values of seen) {
      for (const value of values) {
        const [attempt, record] = value.split(' ') as [string, string];
        if (this.#decisions.get(attempt) === 'aborted') throw new Error(`K3: ${value} was aborted`);
        const other = copies.get(record);
        if (other !== undefined) throw new Error(`K4: ${record} by ${attempt} and ${other}`);
        copies.set(record, attempt);
      }
    }
    this.#seen = seen;
    this.#copies = copies;
    return copies;
  }

  /** How many records are copied. */
  get copied(): number {
    return this.#lookAtCopies().size;
  }

  /** Once nothing is under way. */
  settled(): void {
    const seen = new Set(this.#lookAtCopies().values());
    for (const [attempt, decision] of this.#decisions) {
      if (decision === 'committed' && !seen.has(attempt)) throw new Error(`K5: ${attempt} is lost`);
    }
  }
}

function lookAtConsumer(group: Group, members: ConsumerGroup): void {
  const holders = new Map<string, string>();
  for (const { memberId, memberEpoch, assigned, revoking } of members.members.values()) {
    if (memberEpoch > members.assignmentEpoch || members.assignmentEpoch > members.epoch) {
      throw new Error(`N2: epochs of ${group.id}: ${memberEpoch}, ${members.assignmentEpoch}`);
    }
    for (const assignment of [assigned, revoking]) {
      for (const [topicId, partition] of partitionsOf(assignment)) {
        const key = `${topicId}/${partition}`;
        const other = holders.get(key);
        if (other !== undefined)
          throw new Error(`N1: ${key} of ${group.id}: ${other}, ${memberId}`);
        holders.set(key, memberId);
      }
    }
  }
}
