/**
 * A change to a group of the consumer protocol under way: records take effect as they are made, and
 * are written together at its end.
 */
import { applyConsumerRecord } from './consumer-apply.ts';
import { memberTombstones } from './consumer-records.ts';
import type { ConsumerGroup } from './consumer-state.ts';
import type { ConsumerRecord } from './records.ts';
import type { Group } from './state.ts';
import { cancel, persist, timerKey, type Turn } from './turn.ts';

export class ConsumerChange {
  readonly turn: Turn;
  readonly group: Group;
  readonly members: ConsumerGroup;
  readonly #records: ConsumerRecord[] = [];

  constructor(turn: Turn, group: Group, members: ConsumerGroup) {
    this.turn = turn;
    this.group = group;
    this.members = members;
  }

  get groupId(): string {
    return this.group.id;
  }

  emit(...records: readonly ConsumerRecord[]): void {
    for (const record of records) applyConsumerRecord(this.members, record);
    this.#records.push(...records);
  }

  removeMember(memberId: string): void {
    this.emit(...memberTombstones(this.groupId, memberId));
    cancel(this.turn, timerKey.silence(this.groupId, memberId));
    cancel(this.turn, timerKey.revocation(this.groupId, memberId));
  }

  finish(): void {
    if (this.#records.length > 0) persist(this.turn, this.group.partition, this.#records);
  }
}
