/**
 * Fetch: regions of log files, handed to the connection as they are.
 *
 * Partitions are read in the order of the request; all together stay within the limits, except that
 * the first batch is always given. A fetch without enough to tell is parked.
 */
import type { Broker } from '../broker.ts';
import { release } from '../connection/output.ts';
import type { FetchPlan, WantedPartition } from '../fetching/fetch-cache.ts';
import { park, type Watched } from '../fetching/parked-fetch.ts';
import { emptyAnswer, readPartition, type PartitionAnswer } from '../fetching/read-partition.ts';
import type { Handler } from '../handler.ts';
import type {
  FetchRequest,
  FetchResponse,
  FetchResponseTopic,
} from '../protocol/generated/fetch.ts';
import { zeroUuid } from '../protocol/wire.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation } from '../security/acl-rules.ts';
import type { Partition } from '../topics/partition.ts';
import { ErrorCode } from '../../shared/error-code.ts';

interface ReadOne {
  readonly wanted: WantedPartition;
  readonly partition: Partition | undefined;
  readonly answer: PartitionAnswer;
}

interface ReadAll {
  readonly parts: ReadOne[];
  readonly bytes: number;
  /** Something besides records has to be told at once. */
  readonly isUrgent: boolean;
}

const maxFetchWaitMs = 0x7fffffff;

export function fetch(broker: Broker): Handler<'fetch'> {
  return (request, context) => {
    const plan = broker.fetchCache.plan(request, context.version);
    if (plan.error !== ErrorCode.none) return refused(plan.error);
    const first = readAll(broker, plan, request, context);
    const isEnough =
      request.maxWaitMs <= 0 ||
      plan.partitions.length === 0 ||
      first.isUrgent ||
      first.bytes >= request.minBytes;
    if (isEnough) return finish(broker, plan, first, context);
    releaseAll(first);
    return parked(broker, plan, request, { context, bytes: first.bytes });
  };
}

async function parked(
  broker: Broker,
  plan: FetchPlan,
  request: FetchRequest,
  { context, bytes }: { readonly context: RequestContext; readonly bytes: number },
): Promise<FetchResponse> {
  const watched: Watched[] = [];
  for (const wanted of plan.partitions) {
    const partition = findPartition(broker, wanted, context.version);
    if (partition === undefined) continue;
    const { fetchOffset, maxBytes } = wanted;
    watched.push({ partition, fetchOffset, maxBytes });
  }
  await park(watched, {
    timers: broker.env.timers,
    maxWaitMs: Math.min(request.maxWaitMs, maxFetchWaitMs),
    minBytes: request.minBytes - bytes,
    isolation: isolationOf(request),
    signals: [context.signal, broker.stopping],
  });
  return finish(broker, plan, readAll(broker, plan, request, context), context);
}

function isolationOf({ isolation }: FetchRequest): 'read_uncommitted' | 'read_committed' {
  return isolation === 1 ? 'read_committed' : 'read_uncommitted';
}

function findPartition(
  broker: Broker,
  wanted: WantedPartition,
  version: number,
): Partition | undefined {
  if (version < 13) return broker.topics.partition(wanted.topicName, wanted.index);
  return broker.topics.byId(wanted.topicId)?.partitions[wanted.index];
}

function readAll(
  broker: Broker,
  plan: FetchPlan,
  request: FetchRequest,
  context: RequestContext,
): ReadAll {
  const isolation = isolationOf(request);
  let left = Math.min(request.maxBytes, broker.config.number('fetch.max.bytes'));
  const parts: ReadOne[] = [];
  let bytes = 0;
  let isUrgent = false;
  for (const wanted of plan.partitions) {
    const partition = findPartition(broker, wanted, context.version);
    const refusal = refusalOf(broker, wanted, partition, context);
    let answer: PartitionAnswer;
    if (refusal === ErrorCode.none) {
      const maxBytes = Math.max(0, Math.min(wanted.maxBytes, left));
      answer = readPartition(partition, wanted, { isolation, maxBytes, minOneBatch: bytes === 0 });
    } else {
      answer = emptyAnswer(wanted.index);
      answer.error = refusal;
    }
    const length = answer.records?.length ?? 0;
    bytes += length;
    left -= length;
    if (answer.error !== ErrorCode.none || answer.divergingEpoch.epoch >= 0) isUrgent = true;
    parts.push({ wanted, partition, answer });
  }
  return { parts, bytes, isUrgent };
}

function refusalOf(
  broker: Broker,
  wanted: WantedPartition,
  partition: Partition | undefined,
  context: RequestContext,
): ErrorCode {
  const isById = context.version >= 13;
  const topic = isById ? broker.topics.byId(wanted.topicId) : undefined;
  if (isById && topic === undefined) return ErrorCode.unknownTopicId;
  const name = topic?.name ?? wanted.topicName;
  if (!broker.authorizer.allowsTopic(context, Operation.read, name)) {
    return ErrorCode.topicAuthorizationFailed;
  }
  return partition === undefined ? ErrorCode.unknownTopicOrPartition : ErrorCode.none;
}

function finish(
  broker: Broker,
  plan: FetchPlan,
  read: ReadAll,
  context: RequestContext,
): FetchResponse {
  const { quotas, metrics } = broker;
  const who = { user: context.principal.name, clientId: context.clientId };
  const throttleMs = quotas.record('consumer_byte_rate', who, read.bytes);
  if (throttleMs > 0) context.throttle(throttleMs);
  metrics.fetchedBytes += read.bytes;
  const told = plan.isIncremental ? read.parts.filter(isNews) : read.parts;
  for (const { wanted, answer } of told) {
    const isFine = answer.error === ErrorCode.none;
    wanted.sentHighWatermark = isFine ? answer.highWatermark : -1;
    wanted.sentLogStart = answer.logStart;
    if ((answer.records?.length ?? 0) > 0) plan.rotate(wanted);
  }
  return {
    throttleMs,
    error: ErrorCode.none,
    fetchId: plan.id,
    topics: byTopic(told, context.version),
    nodes: [],
  };
}

function isNews({ wanted, answer }: ReadOne): boolean {
  return (
    (answer.records?.length ?? 0) > 0 ||
    answer.error !== ErrorCode.none ||
    answer.highWatermark !== wanted.sentHighWatermark ||
    answer.logStart !== wanted.sentLogStart ||
    answer.divergingEpoch.epoch >= 0
  );
}

/** Partitions of one topic that follow one another share its entry. */
function byTopic(parts: readonly ReadOne[], version: number): FetchResponseTopic[] {
  const topics: FetchResponseTopic[] = [];
  for (const { wanted, answer } of parts) {
    const name = version >= 13 ? '' : wanted.topicName;
    const topicId = version >= 13 ? wanted.topicId : zeroUuid;
    const last = topics.at(-1);
    if (last !== undefined && last.name === name && last.topicId === topicId) {
      last.partitions.push(answer);
    } else {
      topics.push({ name, topicId, partitions: [answer] });
    }
  }
  return topics;
}

function releaseAll({ parts }: ReadAll): void {
  for (const { answer } of parts) release(answer.records);
}

function refused(error: ErrorCode): FetchResponse {
  return { throttleMs: 0, error, fetchId: 0, topics: [], nodes: [] };
}
