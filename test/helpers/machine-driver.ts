/**
 * Drives a coordinator's machine by hand: a clock that stands still, writes that are durable at
 * once unless told otherwise, answers by request.
 */
import { EffectKind } from '../../src/roles/shared/effect.ts';
import { ErrorCode } from '../../src/roles/shared/error-code.ts';
import { Outbox } from '../../src/roles/shared/outbox.ts';
import type { GroupConfig } from '../../src/roles/broker/group/config.ts';
import { GroupMachine } from '../../src/roles/broker/group/machine.ts';
import {
  GroupInputKind,
  type GroupApi,
  type GroupEffect,
  type GroupInput,
  type PersistGroupRecords,
  type TopicInfo,
} from '../../src/roles/broker/group/messages.ts';
import type { ApiTypes } from '../../src/roles/broker/protocol/generated/apis.ts';

const kinds: Readonly<Partial<Record<GroupApi, number>>> = {
  joinGroup: GroupInputKind.join,
  syncGroup: GroupInputKind.sync,
  heartbeat: GroupInputKind.heartbeat,
  leaveGroup: GroupInputKind.leave,
  offsetCommit: GroupInputKind.commit,
  offsetFetch: GroupInputKind.fetchOffsets,
  offsetDelete: GroupInputKind.deleteOffsets,
  txnOffsetCommit: GroupInputKind.commitInTransaction,
  listGroups: GroupInputKind.list,
  describeGroups: GroupInputKind.describe,
  deleteGroups: GroupInputKind.remove,
  consumerGroupHeartbeat: GroupInputKind.consumerHeartbeat,
  consumerGroupDescribe: GroupInputKind.describeConsumer,
};

export const oneTopic: readonly TopicInfo[] = [
  { name: 'orders', id: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionCount: 4 },
];

/** An answer that may come later. */
export interface Asked<Name extends GroupApi> {
  answer: ApiTypes[Name]['response'] | undefined;
}

export class GroupDriver {
  readonly machine: GroupMachine;
  nowMs = 1_000_000;
  /** Every write asked for. */
  readonly writes: PersistGroupRecords[] = [];
  /** Partitions that had to be read again. */
  readonly reloads: number[] = [];
  /** What writes end with from now on; undefined holds them back. */
  outcome: ErrorCode | undefined = ErrorCode.none;
  #held: PersistGroupRecords[] = [];
  readonly #timers = new Map<number, number>();
  readonly #asked = new Map<number, (response: unknown) => void>();
  #next = 1;

  constructor(config: Partial<GroupConfig> = {}, topics: readonly TopicInfo[] = oneTopic) {
    this.machine = new GroupMachine({ 'offsets.topic.num.partitions': 1, ...config });
    this.feed({ kind: GroupInputKind.topics, topics, deleted: [] });
    this.feed({ kind: GroupInputKind.loadBegin, partition: 0 });
    this.feed({ kind: GroupInputKind.loadEnd, partition: 0 });
  }

  ask<Name extends GroupApi>(
    api: Name,
    version: number,
    request: ApiTypes[Name]['request'],
  ): Asked<Name> {
    const requestId = this.#next++;
    const asked: Asked<Name> = { answer: undefined };
    this.#asked.set(requestId, (response) => {
      asked.answer = response as ApiTypes[Name]['response'];
    });
    const origin = {
      requestId,
      version,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      freshId: String(requestId),
    };
    this.feed({ kind: kinds[api], origin, request } as GroupInput);
    return asked;
  }

  /** Of a request that is answered at once. */
  now<Name extends GroupApi>(
    api: Name,
    version: number,
    request: ApiTypes[Name]['request'],
  ): ApiTypes[Name]['response'] {
    const { answer } = this.ask(api, version, request);
    if (answer === undefined) throw new Error(`${api} is not answered yet`);
    return answer;
  }

  feed(input: GroupInput): void {
    const out = new Outbox<GroupEffect>();
    this.machine.step(input, this.nowMs, out);
    for (const effect of out.take()) this.#perform(effect);
  }

  /** Lets the writes that were held back end. */
  settle(outcome: ErrorCode): void {
    const held = this.#held;
    this.#held = [];
    for (const { ticket } of held) {
      this.feed({ kind: GroupInputKind.persisted, ticket, error: outcome });
    }
  }

  /** Time passes, timers fire in order. */
  wait(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers]
        .filter(([, atMs]) => atMs <= endMs)
        .toSorted(([, a], [, b]) => a - b)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.nowMs = Math.max(this.nowMs, due[1]);
      this.feed({ kind: GroupInputKind.timer, timer: due[0] });
    }
    this.nowMs = endMs;
  }

  #perform(effect: GroupEffect): void {
    switch (effect.kind) {
      case EffectKind.persist: {
        this.writes.push(effect);
        if (this.outcome === undefined) this.#held.push(effect);
        else {
          const { ticket } = effect;
          this.feed({ kind: GroupInputKind.persisted, ticket, error: this.outcome });
        }
        return;
      }
      case EffectKind.reply:
        this.#asked.get(effect.requestId)?.(effect.response);
        return;
      case EffectKind.setTimer:
        this.#timers.set(effect.timer, effect.atMs);
        return;
      case EffectKind.cancelTimer:
        this.#timers.delete(effect.timer);
        return;
      case EffectKind.reload:
        this.reloads.push(effect.partition);
    }
  }
}
