/**
 * AddPartitionsToTxn: who may, then what the coordinator says. Clients name one transaction; from
 * version 4 on brokers, and clients that took themselves for one, name several, or only ask whether
 * the partitions are part of them.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type { AddPartitionsToTxnResponse } from '../protocol/generated/add-partitions-to-txn.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';
import { partitionErrors } from './answers.ts';
import {
  TransactionInputKind,
  type AddPartitionsInput,
  type AddPartitionsRequest,
} from './messages.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';
import { ClientVersion, type TopicIndex } from './values.ts';

/** From here on the request is one between brokers. */
const batchedVersion = 4;

export function addPartitionsToTxn(
  broker: Broker,
  transactions: TransactionCoordinator,
): Handler<'addPartitionsToTxn'> {
  return (request, context) => {
    if (context.version < batchedVersion) return addOne(broker, transactions, request, context);
    if (!broker.authorizer.allowsCluster(context, Operation.clusterAction)) {
      const error = ErrorCode.clusterAuthorizationFailed;
      return { throttleMs: 0, error, results: [], topics: [] };
    }
    return addSeveral(broker, transactions, request.transactions);
  };
}

interface Batched extends AddPartitionsRequest {
  readonly verifyOnly: boolean;
}

async function addSeveral(
  broker: Broker,
  transactions: TransactionCoordinator,
  asked: readonly Batched[],
): Promise<AddPartitionsToTxnResponse> {
  const results = await Promise.all(
    asked.map(async (one) => {
      const input = inputOf(broker, one, batchedVersion);
      const { topics } = one.verifyOnly
        ? partitionErrors(input, (topic, index) => transactions.verify({ ...one, topic, index }))
        : await askOne(transactions, input);
      return { transactionalId: one.transactionalId, topics };
    }),
  );
  return { throttleMs: 0, error: ErrorCode.none, results, topics: [] };
}

function addOne(
  broker: Broker,
  transactions: TransactionCoordinator,
  request: AddPartitionsRequest,
  context: RequestContext,
): AddPartitionsToTxnResponse | Promise<AddPartitionsToTxnResponse> {
  const { authorizer } = broker;
  const { transactionalId, topics } = request;
  const input = inputOf(broker, request, context.version);
  if (!authorizer.allows(context, Operation.write, Resource.transactionalId, transactionalId)) {
    return partitionErrors(input, () => ErrorCode.transactionalIdAuthorizationFailed);
  }
  const forbidden = new Set(
    topics
      .map(({ name }) => name)
      .filter((name) => !authorizer.allowsTopic(context, Operation.write, name)),
  );
  if (forbidden.size === 0) return askOne(transactions, input);
  return partitionErrors(input, (topic) =>
    forbidden.has(topic) ? ErrorCode.topicAuthorizationFailed : ErrorCode.operationNotAttempted,
  );
}

type WithoutOrigin = Omit<AddPartitionsInput, 'origin'> & { readonly version: number };

function inputOf(broker: Broker, request: AddPartitionsRequest, version: number): WithoutOrigin {
  const unknown = request.topics
    .flatMap(({ name, partitions }) =>
      partitions.map((index): TopicIndex => ({ topic: name, index })),
    )
    .filter(({ topic, index }) => broker.topics.partition(topic, index) === undefined);
  const kind = TransactionInputKind.addPartitions;
  return { kind, request, unknown, clientVersion: ClientVersion.old, version };
}

function askOne(
  transactions: TransactionCoordinator,
  { version, ...input }: WithoutOrigin,
): AddPartitionsToTxnResponse | Promise<AddPartitionsToTxnResponse> {
  return transactions.ask(version, (origin) => ({ ...input, origin })) as
    AddPartitionsToTxnResponse | Promise<AddPartitionsToTxnResponse>;
}
