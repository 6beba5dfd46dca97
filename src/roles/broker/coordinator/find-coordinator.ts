/**
 * FindCoordinator: every group and transactional id is coordinated here, once the topic for it is
 * there.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type { FindCoordinatorResponseCoordinator } from '../protocol/generated/find-coordinator.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';

const KeyType = { group: 0, transaction: 1 } as const;
/** From here on one request asks for several keys. */
const severalKeysVersion = 4;

interface Ensures {
  ensure(): Promise<void>;
}

export function findCoordinator(
  broker: Broker,
  groups: Ensures,
  transactions: Ensures,
): Handler<'findCoordinator'> {
  return async (request, context) => {
    const { keyType } = request;
    const known = keyType === KeyType.group || keyType === KeyType.transaction;
    if (known) await (keyType === KeyType.group ? groups : transactions).ensure();
    const keys = context.version >= severalKeysVersion ? request.keys : [request.key];
    const coordinators = keys.map((key) => answerFor(broker, context, { key, keyType, known }));
    const first = coordinators[0];
    if (context.version >= severalKeysVersion || first === undefined) {
      return { ...nowhere, error: ErrorCode.none, throttleMs: 0, coordinators };
    }
    return { ...first, throttleMs: 0, coordinators: [] };
  };
}

const nowhere = { nodeId: -1, host: '', port: -1, error: ErrorCode.none, message: null };

function answerFor(
  broker: Broker,
  context: RequestContext,
  asked: { readonly key: string; readonly keyType: number; readonly known: boolean },
): FindCoordinatorResponseCoordinator {
  const { key, keyType, known } = asked;
  if (!known) return { ...nowhere, key, error: ErrorCode.invalidRequest };
  const isGroup = keyType === KeyType.group;
  const resource = isGroup ? Resource.group : Resource.transactionalId;
  if (!broker.authorizer.allows(context, Operation.describe, resource, key)) {
    const error = isGroup
      ? ErrorCode.groupAuthorizationFailed
      : ErrorCode.transactionalIdAuthorizationFailed;
    return { ...nowhere, key, error };
  }
  if (broker.stopping.aborted) {
    return { ...nowhere, key, error: ErrorCode.coordinatorNotAvailable };
  }
  const { host, port } = context.endpoint;
  return { key, nodeId: broker.nodeId, host, port, error: ErrorCode.none, message: null };
}
