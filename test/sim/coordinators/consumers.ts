/**
 * Clients that read and commit, and clients that copy in transactions, until they die.
 */
import { ErrorCode } from '../../../src/roles/shared/error-code.ts';
import { GroupInputKind } from '../../../src/roles/broker/group/messages.ts';
import type { Checks } from './checks.ts';
import { joinClassic, joinConsumer, type Membership } from './members.ts';
import type { SimClient } from './sim-client.ts';

export interface Work {
  readonly groupId: string;
  readonly protocol: 'classic' | 'consumer';
  readonly instanceId: string | null;
  /** Records in each partition of `source`. */
  readonly length: number;
  readonly checks: Checks;
  /** Clients of KIP-890: writes enrol their partitions, every end gives a new epoch. */
  readonly bumps: boolean;
}

interface FetchAnswer {
  readonly groups: readonly {
    readonly error: number;
    readonly topics: readonly {
      readonly partitions: readonly { index: number; offset: number; error: number }[];
    }[];
  }[];
}

/** Where to go on in each partition; undefined when that is not known now. */
async function positions(
  client: SimClient,
  { groupId, checks }: Work,
  member: Membership,
): Promise<Map<number, number> | undefined> {
  const isConsumer = member.memberId.startsWith('consumer');
  const answer = await client.call<FetchAnswer>(GroupInputKind.fetchOffsets, 9, {
    groupId: '',
    topics: null,
    groups: [
      {
        groupId,
        memberId: isConsumer ? member.memberId : null,
        memberEpoch: isConsumer ? member.epoch : -1,
        topics: [{ name: 'source', partitions: [...member.owned] }],
      },
    ],
    requireStable: true,
  });
  const group = answer?.groups[0];
  if (group?.error !== ErrorCode.none) return undefined;
  const found = new Map<number, number>();
  for (const { index, offset, error } of group.topics.flatMap(({ partitions }) => partitions)) {
    if (error !== ErrorCode.none) return undefined;
    checks.fetched(groupId, index, offset);
    found.set(index, Math.max(0, offset));
  }
  return found;
}

/** Goes in and out of the group for as long as it lives; `work` is one stay. */
async function stays(
  client: SimClient,
  work: Work,
  stay: (member: Membership, at: Map<number, number>) => Promise<boolean>,
): Promise<void> {
  const known = { memberId: '', instanceId: work.instanceId };
  for (let life = 0; ; life++) {
    const member =
      work.protocol === 'classic'
        ? await joinClassic(client, work.groupId, known)
        : await joinConsumer(client, work.groupId, `consumer-${client.id}-${life}`);
    if (member === undefined) {
      await client.sleep(20);
      continue;
    }
    await stayIn(client, work, member, stay);
    if (client.world.random.chance(0.2)) await member.leave();
    await client.sleep(client.world.random.between(0, 50));
  }
}

/** Now and then a client is stopped for longer than the group waits for it, and does not know. */
async function maybeStall(client: SimClient): Promise<void> {
  if (client.world.random.chance(0.02)) await client.sleep(client.world.random.between(1500, 4000));
}

async function stayIn(
  client: SimClient,
  work: Work,
  member: Membership,
  stay: (member: Membership, at: Map<number, number>) => Promise<boolean>,
): Promise<void> {
  let owned = '';
  let at: Map<number, number> | undefined;
  for (;;) {
    if (!(await member.beat())) return;
    if (member.owned.join() !== owned || at === undefined) {
      at = await positions(client, work, member);
      owned = member.owned.join();
    }
    await maybeStall(client);
    if (at !== undefined && at.size > 0 && !(await stay(member, at))) return;
    if (client.world.random.chance(0.02)) return;
    await client.sleep(client.world.random.between(5, 80));
  }
}

/** Reads a few records and commits how far it came. */
export function consume(client: SimClient, work: Work): Promise<void> {
  const { groupId, length, checks } = work;
  return stays(client, work, async (member, at) => {
    const next = new Map<number, number>();
    for (const [index, position] of at) {
      next.set(index, Math.min(length, position + client.world.random.between(0, 3)));
    }
    const answer = await client.call<TopicsAnswer>(GroupInputKind.commit, 9, {
      groupId,
      generationOrEpoch: member.epoch,
      memberId: member.memberId,
      instanceId: work.instanceId,
      retentionMs: -1,
      topics: [topicOf(next)],
    });
    if (firstError(answer) !== ErrorCode.none) return false;
    for (const [index, offset] of next) {
      checks.committed(groupId, index, offset);
      at.set(index, offset);
    }
    return true;
  });
}

interface TopicsAnswer {
  readonly topics: readonly { readonly partitions: readonly { readonly error: number }[] }[];
}

/** -2 when no answer came. */
function firstError(answer: TopicsAnswer | undefined): number {
  if (answer === undefined) return noAnswer;
  const errors = answer.topics.flatMap(({ partitions }) => partitions.map(({ error }) => error));
  return errors.find((error) => error !== ErrorCode.none) ?? ErrorCode.none;
}
const noAnswer = -2;

function topicOf(offsets: ReadonlyMap<number, number>) {
  const partitions = [...offsets].map(([index, offset]) => ({
    index,
    offset,
    leaderEpoch: -1,
    metadata: '',
  }));
  return { name: 'source', partitions };
}

interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Consume, transform, produce: `source` to `target`, each record once. */
export async function copy(
  client: SimClient,
  work: Work & { readonly transactionalId: string },
): Promise<void> {
  let producer: (Producer & { sequences: Map<number, number> }) | undefined;
  let attempts = 0;
  await stays(client, work, async (member, at) => {
    producer ??= await initProducer(client, work.transactionalId);
    if (producer === undefined) return true;
    const attempt = `${client.id}/${attempts++}`;
    const transaction = new CopyTransaction(client, work, { ...producer, attempt });
    const done = await transaction.run(member, at, producer.sequences);
    if (transaction.next !== undefined) {
      producer = { ...transaction.next, sequences: new Map<number, number>() };
    }
    if (done === 'failed') {
      producer = undefined;
      return false;
    }
    if (done === 'aborted') return false;
    return true;
  });
}

async function initProducer(client: SimClient, transactionalId: string) {
  const answer = await client.call<Producer & { error: number }>('init', 4, {
    transactionalId,
    timeoutMs: 2000,
    producerId: -1,
    producerEpoch: -1,
  });
  if (answer?.error !== ErrorCode.none) return undefined;
  const { producerId, producerEpoch } = answer;
  return { producerId, producerEpoch, sequences: new Map<number, number>() };
}

class CopyTransaction {
  /** What a bumping client goes on with. */
  next: Producer | undefined = undefined;
  readonly #client: SimClient;
  readonly #work: Work & { readonly transactionalId: string };
  readonly #producer: Producer & { readonly attempt: string };

  constructor(
    client: SimClient,
    work: Work & { readonly transactionalId: string },
    producer: Producer & { readonly attempt: string },
  ) {
    this.#client = client;
    this.#work = work;
    this.#producer = producer;
  }

  get #identity() {
    const { producerId, producerEpoch } = this.#producer;
    return { transactionalId: this.#work.transactionalId, producerId, producerEpoch };
  }

  async run(
    member: Membership,
    at: Map<number, number>,
    sequences: Map<number, number>,
  ): Promise<'committed' | 'aborted' | 'failed'> {
    const { random } = this.#client.world;
    const picked = [...at].filter(([, position]) => position < this.#work.length);
    if (picked.length === 0) return 'committed';
    const [index, position] = random.pick(picked);
    const count = Math.min(random.between(1, 3), this.#work.length - position);
    if (!(await this.#addPartition(index))) return 'failed';
    for (let record = 0; record < count; record++) {
      const sequence = (sequences.get(index) ?? -1) + 1;
      const value = `${this.#producer.attempt} ${index}:${position + record}`;
      if (!(await this.#produce({ partition: index, sequence, value }))) return 'failed';
      sequences.set(index, sequence);
    }
    await maybeStall(this.#client);
    const offsets = new Map([[index, position + count]]);
    const sent = await this.#sendOffsets(member, offsets);
    const commits = sent && !random.chance(0.15);
    await maybeStall(this.#client);
    this.#work.checks.decided(this.#producer.attempt, commits ? 'asked to commit' : 'aborted');
    if (!(await this.#end(commits))) return 'failed';
    if (!commits) return 'aborted';
    this.#work.checks.decided(this.#producer.attempt, 'committed');
    this.#work.checks.committed(this.#work.groupId, index, position + count);
    at.set(index, position + count);
    return 'committed';
  }

  /** Asks until there is an answer that is not to try again; true for no error. */
  async #insist(ask: () => Promise<number>): Promise<boolean> {
    for (let tries = 0; tries < 40; tries++) {
      const error = await ask();
      if (error === ErrorCode.none) return true;
      const retriable =
        error === noAnswer ||
        error === ErrorCode.concurrentTransactions ||
        error === ErrorCode.coordinatorLoadInProgress ||
        error === ErrorCode.notCoordinator;
      if (!retriable) return false;
      await this.#client.sleep(20);
    }
    return false;
  }

  async #addPartition(partition: number): Promise<boolean> {
    if (this.#work.bumps) return true;
    return this.#insist(async () => {
      const topics = [{ name: 'target', partitions: [partition] }];
      return firstError(await this.#client.call('addPartitions', 3, { ...this.#identity, topics }));
    });
  }

  #produce(record: { partition: number; sequence: number; value: string }): Promise<boolean> {
    return this.#insist(async () => {
      const body = { ...this.#identity, ...record, isImplicit: this.#work.bumps };
      return errorOf(await this.#client.call('produce', 9, body));
    });
  }

  async #sendOffsets(member: Membership, offsets: Map<number, number>): Promise<boolean> {
    const { groupId, instanceId } = this.#work;
    const { bumps } = this.#work;
    const added =
      bumps ||
      (await this.#insist(async () =>
        errorOf(await this.#client.call('addOffsets', 3, { ...this.#identity, groupId })),
      ));
    if (!added) return false;
    return this.#insist(async () =>
      firstError(
        await this.#client.call(GroupInputKind.commitInTransaction, bumps ? 5 : 3, {
          ...this.#identity,
          groupId,
          generation: member.epoch,
          memberId: member.memberId,
          instanceId,
          topics: [topicOf(offsets)],
        }),
      ),
    );
  }

  #end(committed: boolean): Promise<boolean> {
    const { bumps } = this.#work;
    return this.#insist(async () => {
      const body = { ...this.#identity, committed };
      const answer = await this.#client.call<Producer>('end', bumps ? 5 : 3, body);
      const error = errorOf(answer);
      if (bumps && error === ErrorCode.none) this.next = answer;
      return error;
    });
  }
}

function errorOf(answer: unknown): number {
  return (answer as { error: number } | undefined)?.error ?? noAnswer;
}
