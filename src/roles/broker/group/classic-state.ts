/**
 * A group whose members assign the partitions among themselves: the classic protocol.
 *
 * Invariants: C1 the leader is a member; C2 members with a parked join exist only in
 * PreparingRebalance, those with a parked sync only in CompletingRebalance; C3 each instance id
 * maps to a member that carries it.
 * Upstream: apache/kafka: group-coordinator/.../classic/ClassicGroup.java; behaviour kept.
 */
import { invariant } from '../../../base/index.ts';

export type ClassicState =
  'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** The states that each state may follow. */
export const legalClassicMoves: Readonly<Record<ClassicState, readonly ClassicState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
};

export interface GroupProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** A request that waits for the group to get on. */
export interface ParkedRequest {
  readonly requestId: number;
  readonly version: number;
}

export class ClassicMember {
  memberId: string;
  readonly instanceId: string | null;
  clientId: string;
  clientHost: string;
  rebalanceTimeoutMs = 0;
  sessionTimeoutMs = 0;
  protocols: readonly GroupProtocol[] = [];
  assignment: Uint8Array = noBytes;
  join: ParkedRequest | undefined = undefined;
  sync: ParkedRequest | undefined = undefined;
  /** Its first join is not answered yet: it knows no id to send heartbeats with. */
  isNew = false;

  constructor(memberId: string, instanceId: string | null, client: { id: string; host: string }) {
    this.memberId = memberId;
    this.instanceId = instanceId;
    this.clientId = client.id;
    this.clientHost = client.host;
  }

  metadataFor(protocol: string | null): Uint8Array {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? noBytes;
  }

  hasProtocols(protocols: readonly GroupProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const mine = this.protocols[index]!;
        return mine.name === name && sameBytes(mine.metadata, metadata);
      })
    );
  }
}

export const noBytes: Uint8Array = new Uint8Array(0);

export class ClassicGroup {
  readonly type = 'classic';
  state: ClassicState = 'Empty';
  previousState: ClassicState = 'Empty';
  stateTimestampMs: number;
  generation = 0;
  protocolType: string | null = null;
  protocolName: string | null = null;
  leaderId: string | null = null;
  readonly members: Map<string, ClassicMember> = new Map<string, ClassicMember>();
  /** Member id by instance id. */
  readonly staticMembers: Map<string, string> = new Map<string, string>();
  /** Ids given out that did not come back with a join yet. */
  readonly pendingMembers: Set<string> = new Set<string>();
  /** Members of this generation that did not send their sync yet. */
  readonly pendingSync: Set<string> = new Set<string>();
  /** Somebody joined during the initial delay. */
  newMemberAdded = false;

  constructor(nowMs: number) {
    this.stateTimestampMs = nowMs;
  }

  moveTo(state: ClassicState, nowMs: number): void {
    invariant(
      legalClassicMoves[state].includes(this.state),
      `a group must not go from ${this.state} to ${state}`,
    );
    this.previousState = this.state;
    this.state = state;
    this.stateTimestampMs = nowMs;
  }

  get rebalanceTimeoutMs(): number {
    let most = 0;
    for (const member of this.members.values()) most = Math.max(most, member.rebalanceTimeoutMs);
    return most;
  }

  get joinCount(): number {
    let count = 0;
    for (const { join } of this.members.values()) if (join !== undefined) count += 1;
    return count;
  }

  get allJoined(): boolean {
    return this.pendingMembers.size === 0 && this.joinCount === this.members.size;
  }

  add(member: ClassicMember): void {
    invariant(!this.members.has(member.memberId), `member ${member.memberId} is there already`);
    this.members.set(member.memberId, member);
    this.leaderId ??= member.memberId;
    this.pendingMembers.delete(member.memberId);
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.memberId);
  }

  /** Also of an id that is only pending. */
  remove(memberId: string): void {
    this.pendingMembers.delete(memberId);
    this.pendingSync.delete(memberId);
    const member = this.members.get(memberId);
    if (member === undefined) return;
    this.members.delete(memberId);
    if (member.instanceId !== null) this.staticMembers.delete(member.instanceId);
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value ?? null;
  }

  /** The member's place goes to a new member id, the old one is fenced. */
  replaceStatic(member: ClassicMember, memberId: string): void {
    const wasLeader = this.leaderId === member.memberId;
    this.remove(member.memberId);
    member.memberId = memberId;
    member.sync = undefined;
    this.add(member);
    if (wasLeader) this.leaderId = memberId;
  }

  supports(protocolType: string, protocols: readonly GroupProtocol[]): boolean {
    if (this.members.size === 0) return protocolType !== '' && protocols.length > 0;
    if (protocolType !== this.protocolType) return false;
    const common = new Set(this.commonProtocols());
    return protocols.some(({ name }) => common.has(name));
  }

  /** Names that every member lists, in the order of the first member. */
  commonProtocols(): string[] {
    const [first, ...rest] = this.members.values();
    const names = first?.protocols.map(({ name }) => name) ?? [];
    return names.filter((name) =>
      rest.every(({ protocols }) => protocols.some((other) => other.name === name)),
    );
  }

  /** Each member votes for the first of its list that all have; most votes win, first of equals. */
  chooseProtocol(): string {
    const common = this.commonProtocols();
    const votes = new Map(common.map((name) => [name, 0]));
    for (const { protocols } of this.members.values()) {
      const vote = protocols.find(({ name }) => votes.has(name));
      if (vote !== undefined) votes.set(vote.name, votes.get(vote.name)! + 1);
    }
    const [winner] = [...votes].toSorted(([, a], [, b]) => b - a);
    invariant(winner !== undefined, 'members of a group have no protocol in common');
    return winner[0];
  }

  /** Members have rejoined: the next generation, or an empty one. */
  beginGeneration(nowMs: number): void {
    this.generation += 1;
    if (this.members.size === 0) {
      this.protocolName = null;
      this.moveTo('Empty', nowMs);
    } else {
      this.protocolName = this.chooseProtocol();
      this.moveTo('CompletingRebalance', nowMs);
    }
    this.pendingSync.clear();
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
