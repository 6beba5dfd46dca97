/**
 * The APIs of transactions: who may ask, then what the coordinator says.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import type { Handler, Handlers } from '../handler.ts';
import type { ApiTypes } from '../protocol/generated/apis.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';
import { addPartitionsToTxn } from './add-handler.ts';
import { refusal } from './answers.ts';
import {
  TransactionInputKind,
  type TransactionApi,
  type TransactionRequestInput,
} from './messages.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';
import { visibleDescriptions, visibleTransactions } from './visible.ts';

type Answer<Name extends TransactionApi> = ApiTypes[Name]['response'];

export function transactionHandlers(
  broker: Broker,
  transactions: TransactionCoordinator,
): Handlers {
  return {
    initProducerId: initProducerId(broker, transactions),
    addPartitionsToTxn: addPartitionsToTxn(broker, transactions),
    addOffsetsToTxn: addOffsets(broker, transactions),
    endTxn: (request, context) => {
      const kind = TransactionInputKind.end;
      const origin = { requestId: 0, version: context.version };
      const input = { kind, origin, request, freshProducerId: -1 };
      const { transactionalId } = request;
      if (!mayUse(broker, context, transactionalId)) return refused<'endTxn'>(input);
      const isUsedUp = transactions.needsProducerId(transactionalId);
      const freshProducerId = isUsedUp ? broker.producerIds.next() : -1;
      return ask<'endTxn'>(transactions, { ...input, freshProducerId });
    },
    writeTxnMarkers: writeMarkers(broker, transactions),
    listTransactions: async (request, context) => {
      const kind = TransactionInputKind.list;
      const input = { kind, origin: { requestId: 0, version: context.version }, request };
      const answer = await ask<'listTransactions'>(transactions, input);
      return visibleTransactions(broker.authorizer, context, answer);
    },
    describeTransactions: async (request, context) => {
      const kind = TransactionInputKind.describe;
      const input = { kind, origin: { requestId: 0, version: context.version }, request };
      const answer = await ask<'describeTransactions'>(transactions, input);
      return visibleDescriptions(broker.authorizer, context, answer);
    },
  };
}

function ask<Name extends TransactionApi>(
  transactions: TransactionCoordinator,
  input: TransactionRequestInput,
): Answer<Name> | Promise<Answer<Name>> {
  const { version } = input.origin;
  return transactions.ask(version, (origin) => ({ ...input, origin }));
}

function refused<Name extends TransactionApi>(
  input: TransactionRequestInput,
  error: ErrorCode = ErrorCode.transactionalIdAuthorizationFailed,
): Answer<Name> {
  return refusal(input, error);
}

function mayUse(broker: Broker, context: RequestContext, id: string): boolean {
  return broker.authorizer.allows(context, Operation.write, Resource.transactionalId, id);
}

/** Producers without a transactional id only get an identifier; it fences nobody. */
function initProducerId(
  broker: Broker,
  transactions: TransactionCoordinator,
): Handler<'initProducerId'> {
  return (request, context) => {
    const { transactionalId } = request;
    const { authorizer } = broker;
    const input = {
      kind: TransactionInputKind.init,
      origin: { requestId: 0, version: context.version },
      request,
      freshProducerId: -1,
    };
    if (transactionalId === null) {
      const allowed =
        authorizer.allowsCluster(context, Operation.idempotentWrite) ||
        authorizer.allowsAnyTopic(context, Operation.write);
      if (!allowed) return refused<'initProducerId'>(input, ErrorCode.clusterAuthorizationFailed);
      const producerId = broker.producerIds.next();
      return { throttleMs: 0, error: ErrorCode.none, producerId, producerEpoch: 0 };
    }
    if (!mayUse(broker, context, transactionalId)) return refused<'initProducerId'>(input);
    const freshProducerId = broker.producerIds.next();
    return ask<'initProducerId'>(transactions, { ...input, freshProducerId });
  };
}

function addOffsets(
  broker: Broker,
  transactions: TransactionCoordinator,
): Handler<'addOffsetsToTxn'> {
  return (request, context) => {
    const kind = TransactionInputKind.addOffsets;
    const input = { kind, origin: { requestId: 0, version: context.version }, request };
    if (!mayUse(broker, context, request.transactionalId)) return refused<'addOffsetsToTxn'>(input);
    if (!broker.authorizer.allowsGroup(context, Operation.read, request.groupId)) {
      return refused<'addOffsetsToTxn'>(input, ErrorCode.groupAuthorizationFailed);
    }
    return ask<'addOffsetsToTxn'>(transactions, input);
  };
}

/** For administrators who end a transaction that hangs. */
function writeMarkers(
  broker: Broker,
  transactions: TransactionCoordinator,
): Handler<'writeTxnMarkers'> {
  return (request, context) => {
    const allowed = broker.authorizer.allowsCluster(context, Operation.clusterAction);
    return {
      markers: request.markers.map((marker) => ({
        producerId: marker.producerId,
        topics: marker.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map((index) => ({
            index,
            error: allowed
              ? transactions.writeMarker(marker, { topic: name, index })
              : ErrorCode.clusterAuthorizationFailed,
          })),
        })),
      })),
    };
  };
}
