/**
 * What who asks may know of transactions: those whose identifier, and the topics that, they may
 * describe.
 *
 * Upstream: apache/kafka: core/.../server/KafkaApis.scala (handleListTransactionsRequest,
 * handleDescribeTransactionsRequest); behaviour kept, code our own.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { ApiTypes } from '../protocol/generated/apis.ts';
import type { RequestContext } from '../request-context.ts';
import { Operation, Resource } from '../security/acl-rules.ts';
import type { Authorizer } from '../security/authorizer.ts';
import { undescribed } from './admin.ts';

export function visibleTransactions(
  authorizer: Authorizer,
  context: RequestContext,
  answer: ApiTypes['listTransactions']['response'],
): ApiTypes['listTransactions']['response'] {
  const transactions = answer.transactions.filter(({ id }) => maySee(authorizer, context, id));
  return { ...answer, transactions };
}

export function visibleDescriptions(
  authorizer: Authorizer,
  context: RequestContext,
  answer: ApiTypes['describeTransactions']['response'],
): ApiTypes['describeTransactions']['response'] {
  const transactions = answer.transactions.map((one) => {
    if (!maySee(authorizer, context, one.id)) {
      return undescribed(one.id, ErrorCode.transactionalIdAuthorizationFailed);
    }
    const topics = one.topics.filter(({ name }) =>
      authorizer.allowsTopic(context, Operation.describe, name),
    );
    return { ...one, topics };
  });
  return { ...answer, transactions };
}

function maySee(authorizer: Authorizer, context: RequestContext, id: string): boolean {
  return authorizer.allows(context, Operation.describe, Resource.transactionalId, id);
}
