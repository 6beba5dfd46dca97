/**
 * Topics of a request to the group coordinator that who asks may not use: they are refused one by
 * one, as Kafka does, and the coordinator is asked for the rest.
 *
 * Upstream: apache/kafka: core/.../server/KafkaApis.scala (handleOffsetCommit, handleOffsetFetch,
 * handleOffsetDelete, handleTxnOffsetCommit, handleConsumerGroupHeartbeat and -Describe).
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { ApiTypes } from '../protocol/generated/apis.ts';
import type { OffsetFetchRequestGroup } from '../protocol/generated/offset-fetch.ts';
import { Operation } from '../security/acl-rules.ts';
import type { GroupApi } from './messages.ts';
import { failedTopics } from './offset-fetch.ts';

type Request<Name extends GroupApi> = ApiTypes[Name]['request'];
type Answer<Name extends GroupApi> = ApiTypes[Name]['response'];
type Later<Value> = Value | Promise<Value>;

export type MayUse = (operation: Operation, topic: string) => boolean;

type Guard<Name extends GroupApi> = (
  mayUse: MayUse,
  request: Request<Name>,
  ask: (request: Request<Name>) => Later<Answer<Name>>,
) => Later<Answer<Name>>;

/** APIs without a guard name no topics. */
export const topicGuards: { readonly [Name in GroupApi]?: Guard<Name> } = {
  offsetCommit: (mayUse, request, ask) =>
    readable(mayUse, request, ask, { throttleMs: 0, topics: [] }),
  txnOffsetCommit: (mayUse, request, ask) =>
    readable(mayUse, request, ask, { throttleMs: 0, topics: [] }),
  offsetDelete: (mayUse, request, ask) =>
    readable(mayUse, request, ask, { throttleMs: 0, error: ErrorCode.none, topics: [] }),
  offsetFetch: fetchGuard,
  consumerGroupHeartbeat: (mayUse, request, ask) => {
    const { topicNames, memberEpoch } = request;
    if ((topicNames ?? []).every((name) => mayUse(Operation.describe, name))) return ask(request);
    return {
      throttleMs: 0,
      error: ErrorCode.topicAuthorizationFailed,
      message: null,
      memberId: null,
      memberEpoch,
      heartbeatIntervalMs: 0,
      assignment: null,
    };
  },
  consumerGroupDescribe: (mayUse, request, ask) =>
    then(ask(request), (answer) => ({
      ...answer,
      groups: answer.groups.map((group) => {
        const isKnown = group.members
          .flatMap(({ assignment, targetAssignment }) => [assignment, targetAssignment])
          .flatMap(({ partitions }) => partitions)
          .every(({ topicName }) => mayUse(Operation.describe, topicName));
        if (isKnown) return group;
        const message = 'The group has topics that the client is not authorized to describe.';
        return { ...group, error: ErrorCode.topicAuthorizationFailed, message, members: [] };
      }),
    })),
};

/** Nothing is awaited where the coordinator answers at once. */
function then<From, To>(value: Later<From>, change: (value: From) => To): Later<To> {
  return value instanceof Promise ? value.then(change) : change(value);
}

function split<Topic extends { readonly name: string }>(
  mayUse: MayUse,
  operation: Operation,
  topics: readonly Topic[],
): { readonly allowed: Topic[]; readonly refused: Topic[] } {
  const allowed: Topic[] = [];
  const refused: Topic[] = [];
  for (const topic of topics) (mayUse(operation, topic.name) ? allowed : refused).push(topic);
  return { allowed, refused };
}

interface AskedTopic {
  readonly name: string;
  readonly partitions: readonly { readonly index: number }[];
}
interface AnsweredTopic {
  name: string;
  partitions: { index: number; error: number }[];
}

/** `nothing` is the answer to a request of which nothing is left. */
function readable<
  Asked extends { readonly topics: readonly AskedTopic[] },
  Answered extends { readonly error?: number; readonly topics: AnsweredTopic[] },
>(
  mayUse: MayUse,
  request: Asked,
  ask: (request: Asked) => Later<Answered>,
  nothing: Answered,
): Later<Answered> {
  const { allowed, refused } = split(mayUse, Operation.read, request.topics);
  if (refused.length === 0) return ask(request);
  const error = ErrorCode.topicAuthorizationFailed;
  const failed = refused.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index }) => ({ index, error })),
  }));
  const answer = allowed.length === 0 ? nothing : ask({ ...request, topics: allowed });
  return then(answer, (told) => {
    // An error of the whole request stands alone.
    const isRefused = (told.error ?? ErrorCode.none) !== ErrorCode.none;
    return isRefused ? told : { ...told, topics: [...failed, ...told.topics] };
  });
}

type FetchedTopics = Answer<'offsetFetch'>['topics'];

/** Topics asked for by name are refused by name; of all topics the hidden ones are left out. */
function fetchGuard(
  mayUse: MayUse,
  request: Request<'offsetFetch'>,
  ask: (request: Request<'offsetFetch'>) => Later<Answer<'offsetFetch'>>,
): Later<Answer<'offsetFetch'>> {
  const one = splitFetch(mayUse, request.topics);
  const several = request.groups.map(({ topics }) => splitFetch(mayUse, topics));
  const asked: Request<'offsetFetch'> = {
    ...request,
    topics: one.asked,
    groups: request.groups.map((group, index): OffsetFetchRequestGroup => ({
      ...group,
      topics: several[index]!.asked,
    })),
  };
  return then(ask(asked), (answer) => ({
    ...answer,
    topics: answer.error === ErrorCode.none ? one.complete(answer.topics) : answer.topics,
    groups: answer.groups.map((group, index) =>
      group.error === ErrorCode.none
        ? { ...group, topics: several[index]!.complete(group.topics) }
        : group,
    ),
  }));
}

function splitFetch(
  mayUse: MayUse,
  topics: Request<'offsetFetch'>['topics'],
): {
  readonly asked: Request<'offsetFetch'>['topics'];
  readonly complete: (topics: FetchedTopics) => FetchedTopics;
} {
  if (topics === null) {
    const isKnown = ({ name }: { readonly name: string }) => mayUse(Operation.describe, name);
    return { asked: null, complete: (found) => found.filter(isKnown) };
  }
  const { allowed, refused } = split(mayUse, Operation.describe, topics);
  const failed = failedTopics(refused, ErrorCode.topicAuthorizationFailed);
  return { asked: allowed, complete: (found) => [...found, ...failed] };
}
