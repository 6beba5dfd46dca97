/**
 * Well-formed requests with arbitrary contents, in any order, with time passing and writes failing:
 * the group machine answers, parks or refuses, and never breaks an invariant of its own.
 */
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/roles/shared/error-code.ts';
import { GroupInputKind } from '../../../src/roles/broker/group/messages.ts';
import { GroupDriver } from '../../helpers/machine-driver.ts';
import { Seeded, seedFor } from '../../helpers/seeded.ts';

const runs = Number(process.env['VARVE_FUZZ_RUNS'] ?? 60);
const stepsPerRun = 150;
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ';

class Fuzzer {
  readonly #random: Seeded;
  readonly #driver: GroupDriver;
  /** Member ids the machine gave out, good or stale. */
  readonly #ids: string[] = ['', 'stranger'];
  #offsetsMoved = 0;

  constructor(random: Seeded) {
    this.#random = random;
    this.#driver = new GroupDriver({
      'group.min.session.timeout.ms': 1,
      'group.max.size': random.pick([2, 0x7fff_ffff]),
    });
  }

  run(): number {
    for (let step = 0; step < stepsPerRun; step++) this.#step();
    return this.#offsetsMoved;
  }

  #step(): void {
    const random = this.#random;
    switch (random.between(0, 13)) {
      case 0:
      case 1:
      case 2:
        return this.#join();
      case 3:
      case 4:
        return this.#sync();
      case 5:
        this.#driver.ask('heartbeat', 4, { ...this.#claim(), generation: this.#generation() });
        return;
      case 6: {
        const { memberId, instanceId, groupId } = this.#claim();
        const members = [{ memberId, instanceId, reason: null }];
        this.#driver.ask('leaveGroup', random.pick([2, 5]), { groupId, memberId, members });
        return;
      }
      case 7:
        return this.#commit();
      case 8:
      case 9:
        return this.#consumerHeartbeat();
      case 10:
        this.#driver.wait(random.pick([0, 1, 50, 6000, 60_000]));
        return;
      case 11:
        return this.#storage();
      case 12:
        return this.#ask();
      default:
        this.#driver.feed({
          kind: GroupInputKind.transactionEnded,
          partition: 0,
          producerId: 5,
          committed: random.chance(0.5),
        });
    }
  }

  #group(): string {
    return this.#random.pick(['g', 'g', 'g', 'h', '']);
  }

  #claim() {
    return {
      groupId: this.#group(),
      memberId: this.#random.pick(this.#ids),
      instanceId: this.#random.pick([null, null, 'i', 'j']),
    };
  }

  #generation(): number {
    const { members } = this.#driver.machine.state.group('g') ?? {};
    const right = members?.type === 'classic' ? members.generation : 1;
    return this.#random.pick([right, right, right, -1, 0, 99]);
  }

  #join(): void {
    const random = this.#random;
    const asked = this.#driver.ask('joinGroup', random.pick([0, 3, 4, 9]), {
      ...this.#claim(),
      sessionTimeoutMs: random.pick([0, 100, 10_000]),
      rebalanceTimeoutMs: random.pick([-1, 0, 100, 10_000]),
      protocolType: random.pick(['consumer', 'consumer', 'consumer', 'connect', '']),
      protocols: random.pick([
        [],
        [{ name: 'range', metadata: new Uint8Array([1]) }],
        [
          { name: 'range', metadata: new Uint8Array([2]) },
          { name: 'sticky', metadata: new Uint8Array() },
        ],
      ]),
      reason: null,
    });
    this.#driver.wait(0);
    if (asked.answer !== undefined) this.#ids.push(asked.answer.memberId);
  }

  #sync(): void {
    const claim = this.#claim();
    const generation = this.#generation();
    this.#driver.ask('syncGroup', 5, {
      ...claim,
      generation,
      protocolType: this.#random.pick([null, 'consumer']),
      protocolName: this.#random.pick([null, 'range', 'sticky']),
      assignments: this.#random.pick([
        [],
        this.#ids.map((memberId) => ({ memberId, assignment: new Uint8Array([3]) })),
      ]),
    });
  }

  #commit(): void {
    const random = this.#random;
    const { groupId, memberId, instanceId } = this.#claim();
    const partitions = [
      {
        index: random.between(-1, 5),
        offset: random.between(-1, 9),
        leaderEpoch: 0,
        metadata: null,
      },
    ];
    const topics = [{ name: random.pick(['orders', 'nowhere']), partitions }];
    if (random.chance(0.4)) {
      this.#driver.ask('txnOffsetCommit', 3, {
        transactionalId: 't',
        groupId,
        producerId: 5,
        producerEpoch: 0,
        generation: this.#generation(),
        memberId,
        instanceId,
        topics,
      });
      return;
    }
    const asked = this.#driver.ask('offsetCommit', random.pick([2, 9]), {
      groupId,
      generationOrEpoch: this.#generation(),
      memberId,
      instanceId,
      retentionMs: random.pick([-1, 0, 5000]),
      topics,
    });
    const error = asked.answer?.topics[0]?.partitions[0]?.error;
    if (error === ErrorCode.none) this.#offsetsMoved += 1;
  }

  #consumerHeartbeat(): void {
    const random = this.#random;
    const full = random.chance(0.5);
    const asked = this.#driver.ask('consumerGroupHeartbeat', 1, {
      ...this.#claim(),
      groupId: random.pick(['g', 'h']),
      memberEpoch: random.pick([0, 0, 1, 2, 3, -1, -2, -3]),
      rackId: null,
      rebalanceTimeoutMs: full ? 1000 : -1,
      topicNames: full ? random.pick([['orders'], ['nowhere'], []]) : null,
      topicRegex: random.pick([null, null, '.*']),
      serverAssignor: random.pick([null, 'range', 'nonsense']),
      owned: random.pick([null, [], [{ topicId, partitions: [0, 1, 7] }]]),
    });
    const memberId = asked.answer?.memberId ?? null;
    if (memberId !== null) this.#ids.push(memberId);
  }

  /** A write that fails: what is known of the partition goes, and is loaded as it was written. */
  #storage(): void {
    const driver = this.#driver;
    if (driver.machine.state.partitions.has(0) && this.#random.chance(0.7)) return;
    driver.feed({ kind: GroupInputKind.loadBegin, partition: 0 });
    for (const { records, producer } of driver.writes) {
      const batch = { producerId: producer?.producerId ?? -1, ended: undefined, records };
      driver.feed({ kind: GroupInputKind.loadBatch, partition: 0, batch });
    }
    driver.feed({ kind: GroupInputKind.loadEnd, partition: 0 });
  }

  #ask(): void {
    const groups = [this.#group(), 'h'];
    const asked = groups.map((groupId) => {
      return { groupId, memberId: null, memberEpoch: -1, topics: null };
    });
    this.#driver.now('offsetFetch', 9, {
      groupId: '',
      topics: null,
      groups: asked,
      requireStable: true,
    });
    this.#driver.now('describeGroups', 5, { groups, includeOps: false });
    this.#driver.now('consumerGroupDescribe', 1, { groups, includeOps: false });
    this.#driver.now('listGroups', 5, { states: ['stable'], types: [] });
    if (this.#random.chance(0.2)) this.#driver.now('deleteGroups', 2, { groups });
    if (this.#random.chance(0.3)) {
      const topics = [{ name: 'orders', partitions: [{ index: 0 }] }];
      this.#driver.now('offsetDelete', 0, { groupId: 'g', topics });
    }
  }
}

test('arbitrary requests to groups are answered or refused, and break nothing', () => {
  const first = seedFor('coordinator requests');
  let moved = 0;
  for (let run = 0; run < runs; run++) {
    try {
      moved += new Fuzzer(new Seeded(first + run)).run();
    } catch (error) {
      throw new Error(`with VARVE_SEED=${first + run}: ${String(error)}`, { cause: error });
    }
  }
  expect(moved).toBeGreaterThan(0);
});
