/**
 * One step of the machine as its rooms see it: the state, the time, and where effects go.
 */
import { EffectKind, noTicket, type PersistTicket } from '../../shared/effect.ts';
import type { EffectSink } from '../../shared/outbox.ts';
import { ClassicGroup } from './classic-state.ts';
import type { GroupEffect, GroupResponse, TransactionalProducer } from './messages.ts';
import type { GroupRecord } from './records.ts';
import { Group, type CoordinatorState, type GroupTimer, type OffsetsPartition } from './state.ts';

export interface Turn {
  readonly state: CoordinatorState;
  readonly nowMs: number;
  readonly out: EffectSink<GroupEffect>;
}

export function persist(
  turn: Turn,
  partition: OffsetsPartition,
  records: readonly GroupRecord[],
  producer?: TransactionalProducer,
): PersistTicket {
  const ticket = turn.state.nextTicket++;
  partition.lastTicket = ticket;
  turn.state.tickets.set(ticket, partition);
  turn.out.push({
    kind: EffectKind.persist,
    ticket,
    partition: partition.index,
    records,
    producer,
  });
  return ticket;
}

/**
 * Answers once everything asked of the partition so far is durable, so that no answer tells of what
 * a crash could take back.
 */
export function reply(
  turn: Turn,
  to: { readonly requestId: number },
  response: GroupResponse,
  partition?: OffsetsPartition,
): void {
  const after =
    partition === undefined || partition.lastTicket === partition.durableTicket
      ? noTicket
      : partition.lastTicket;
  turn.out.push({ kind: EffectKind.reply, requestId: to.requestId, response, after });
}

export function schedule(turn: Turn, key: string, delayMs: number, timer: GroupTimer): void {
  turn.state.timers.schedule(key, turn.nowMs + delayMs, timer, turn.out);
}

export function cancel(turn: Turn, key: string): void {
  turn.state.timers.cancel(key, turn.out);
}

export const timerKey = {
  silence: (groupId: string, memberId: string): string => `silence\0${groupId}\0${memberId}`,
  revocation: (groupId: string, memberId: string): string => `revocation\0${groupId}\0${memberId}`,
  join: (groupId: string): string => `join\0${groupId}`,
  sync: (groupId: string): string => `sync\0${groupId}`,
  expiry: 'expiry',
} as const;

/** The group, made as an empty classic one if there is none. */
export function groupOrNew(turn: Turn, partition: OffsetsPartition, groupId: string): Group {
  let group = partition.groups.get(groupId);
  if (group === undefined) {
    group = new Group(groupId, partition, new ClassicGroup(turn.nowMs));
    partition.groups.set(groupId, group);
  }
  return group;
}
