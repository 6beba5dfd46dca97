/**
 * The APIs of groups and offsets: who may ask, then what the coordinator says.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import type { Handler, Handlers } from '../handler.ts';
import type { ApiTypes } from '../protocol/generated/apis.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';
import { errorAnswer } from './error-answers.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import {
  GroupInputKind,
  type GroupApi,
  type GroupRequestInput,
  type RequestOrigin,
} from './messages.ts';
import { topicGuards, type MayUse } from './topic-access.ts';

type Input<Kind extends GroupInputKind> = Extract<GroupRequestInput, { readonly kind: Kind }>;

/** Each API, its input, what it needs on the group, and the groups it names. */
interface Route<Name extends GroupApi> {
  readonly kind: GroupRequestInput['kind'];
  readonly operation: Operation;
  readonly groupsOf: (request: ApiTypes[Name]['request']) => readonly string[];
}

const ofOne = (request: { readonly groupId: string }): string[] => [request.groupId];
const ofMany = (request: { readonly groups: readonly string[] }): readonly string[] =>
  request.groups;

const routes: { readonly [Name in GroupApi]: Route<Name> } = {
  joinGroup: { kind: GroupInputKind.join, operation: Operation.read, groupsOf: ofOne },
  syncGroup: { kind: GroupInputKind.sync, operation: Operation.read, groupsOf: ofOne },
  heartbeat: { kind: GroupInputKind.heartbeat, operation: Operation.read, groupsOf: ofOne },
  leaveGroup: { kind: GroupInputKind.leave, operation: Operation.read, groupsOf: ofOne },
  offsetCommit: { kind: GroupInputKind.commit, operation: Operation.read, groupsOf: ofOne },
  offsetFetch: {
    kind: GroupInputKind.fetchOffsets,
    operation: Operation.describe,
    groupsOf: ({ groupId, groups }) =>
      groups.length > 0 ? groups.map((group) => group.groupId) : [groupId],
  },
  offsetDelete: {
    kind: GroupInputKind.deleteOffsets,
    operation: Operation.delete,
    groupsOf: ofOne,
  },
  txnOffsetCommit: {
    kind: GroupInputKind.commitInTransaction,
    operation: Operation.read,
    groupsOf: ofOne,
  },
  listGroups: { kind: GroupInputKind.list, operation: Operation.describe, groupsOf: () => [] },
  describeGroups: {
    kind: GroupInputKind.describe,
    operation: Operation.describe,
    groupsOf: ofMany,
  },
  deleteGroups: { kind: GroupInputKind.remove, operation: Operation.delete, groupsOf: ofMany },
  consumerGroupHeartbeat: {
    kind: GroupInputKind.consumerHeartbeat,
    operation: Operation.read,
    groupsOf: ofOne,
  },
  consumerGroupDescribe: {
    kind: GroupInputKind.describeConsumer,
    operation: Operation.describe,
    groupsOf: ofMany,
  },
};

/** `join` says whether offsets may be committed in the producer's transaction (KIP-890). */
export function groupHandlers(
  broker: Broker,
  groups: GroupCoordinator,
  join: (request: ApiTypes['txnOffsetCommit']['request'], version: number) => ErrorCode,
): Handlers {
  const handlers: Record<string, unknown> = {};
  for (const name of Object.keys(routes) as GroupApi[])
    handlers[name] = handler(broker, groups, name);
  const commit = handler(broker, groups, 'txnOffsetCommit', (request, { version }) =>
    join(request, version),
  );
  const txnOffsetCommit: Handler<'txnOffsetCommit'> = (request, context) => {
    const { transactionalId: id } = request;
    if (broker.authorizer.allows(context, Operation.write, Resource.transactionalId, id)) {
      return commit(request, context);
    }
    const error = ErrorCode.transactionalIdAuthorizationFailed;
    return refusal('txnOffsetCommit', request, context, error);
  };
  const list = handler(broker, groups, 'listGroups');
  const listGroups: Handler<'listGroups'> = async (request, context) => {
    const answer = await list(request, context);
    if (answer === undefined) return answer;
    if (broker.authorizer.allowsCluster(context, Operation.describe)) return answer;
    const seen = answer.groups.filter(({ groupId }) =>
      broker.authorizer.allowsGroup(context, Operation.describe, groupId),
    );
    return { ...answer, groups: seen };
  };
  return { ...handlers, listGroups, txnOffsetCommit };
}

/** `before` is asked once the rules allow it, and may refuse what is left of the request. */
function handler<Name extends GroupApi>(
  broker: Broker,
  groups: GroupCoordinator,
  name: Name,
  before: (request: ApiTypes[Name]['request'], context: RequestContext) => ErrorCode = () =>
    ErrorCode.none,
): Handler<Name> {
  const { authorizer } = broker;
  const { operation, groupsOf } = routes[name] as Route<Name>;
  return (request, context) => {
    const isRefused = groupsOf(request).some(
      (id) => !authorizer.allowsGroup(context, operation, id),
    );
    if (isRefused) return refusal(name, request, context, ErrorCode.groupAuthorizationFailed);
    const ask = (asked: typeof request): Response<Name> | Promise<Response<Name>> => {
      const error = before(asked, context);
      if (error !== ErrorCode.none) return refusal(name, asked, context, error);
      const seen = name === 'consumerGroupHeartbeat' ? describable(broker, context) : undefined;
      return groups.ask(context, (origin) =>
        inputOf(name, asked, seen === undefined ? origin : { ...origin, describable: seen }),
      );
    };
    const guard = authorizer.isEnabled ? topicGuards[name] : undefined;
    if (guard === undefined) return ask(request);
    const mayUse: MayUse = (needed, topic) => authorizer.allowsTopic(context, needed, topic);
    return guard(mayUse, request, ask);
  };
}

type Response<Name extends GroupApi> = ApiTypes[Name]['response'];

function refusal<Name extends GroupApi>(
  name: Name,
  request: ApiTypes[Name]['request'],
  context: RequestContext,
  error: ErrorCode,
): Response<Name> {
  return errorAnswer(inputOf(name, request, refusedOrigin(context)), error);
}

/** Undefined: whatever there is. */
function describable(
  { authorizer, topics }: Broker,
  context: RequestContext,
): ReadonlySet<string> | undefined {
  if (!authorizer.isEnabled) return undefined;
  const names = topics.all().map(({ name }) => name);
  return new Set(names.filter((name) => authorizer.allowsTopic(context, Operation.describe, name)));
}

/** Of a request that the machine never sees. */
function refusedOrigin({ version, clientId, clientHost }: RequestContext): RequestOrigin {
  return { requestId: 0, version, clientId, clientHost, freshId: '' };
}

/** Requests point into the bytes of their frame: what a group keeps is copied. */
function inputOf<Name extends GroupApi>(
  name: Name,
  request: ApiTypes[Name]['request'],
  origin: RequestOrigin,
): GroupRequestInput {
  const { kind } = routes[name];
  if (kind === GroupInputKind.join) {
    const join = request as ApiTypes['joinGroup']['request'];
    const protocols = join.protocols.map((protocol) => ({
      name: protocol.name,
      metadata: new Uint8Array(protocol.metadata),
    }));
    return { kind, origin, request: { ...join, protocols } };
  }
  if (kind === GroupInputKind.sync) {
    const sync = request as ApiTypes['syncGroup']['request'];
    const assignments = sync.assignments.map(({ memberId, assignment }) => ({
      memberId,
      assignment: new Uint8Array(assignment),
    }));
    return { kind, origin, request: { ...sync, assignments } };
  }
  return { kind, origin, request } as Input<typeof kind>;
}
