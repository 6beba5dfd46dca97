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
  const commit = handlers['txnOffsetCommit'] as Handler<'txnOffsetCommit'>;
  const txnOffsetCommit: Handler<'txnOffsetCommit'> = (request, context) => {
    const error = mayCommit(broker, context, request) ?? join(request, context.version);
    if (error === ErrorCode.none) return commit(request, context);
    const input = inputOf('txnOffsetCommit', request, refusedOrigin(context));
    return errorAnswer(input, error) as ApiTypes['txnOffsetCommit']['response'];
  };
  return { ...handlers, txnOffsetCommit };
}

/** Undefined: who asks may; to be known before a transaction is changed by it. */
function mayCommit(
  { authorizer }: Broker,
  context: RequestContext,
  { transactionalId, groupId }: ApiTypes['txnOffsetCommit']['request'],
): ErrorCode | undefined {
  if (!authorizer.allows(context, Operation.write, Resource.transactionalId, transactionalId)) {
    return ErrorCode.transactionalIdAuthorizationFailed;
  }
  const isReader = authorizer.allowsGroup(context, Operation.read, groupId);
  return isReader ? undefined : ErrorCode.groupAuthorizationFailed;
}

function handler<Name extends GroupApi>(
  broker: Broker,
  groups: GroupCoordinator,
  name: Name,
): Handler<Name> {
  const { operation, groupsOf } = routes[name] as Route<Name>;
  return (request, context) => {
    const named = groupsOf(request);
    const refused = named.some((id) => !broker.authorizer.allowsGroup(context, operation, id));
    if (refused) {
      const input = inputOf(name, request, refusedOrigin(context));
      return errorAnswer(input, ErrorCode.groupAuthorizationFailed);
    }
    return groups.ask(context, (origin) => inputOf(name, request, origin));
  };
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
