/** DescribeClientQuotas and AlterClientQuotas. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type { DescribeClientQuotasRequestComponent } from '../protocol/generated/describe-client-quotas.ts';
import { Operation } from '../security/acl-rules.ts';
import type { StoredQuota } from '../topics/broker-state.ts';
import { ErrorCode } from '../../shared/error-code.ts';

const enforcedKeys = new Set(['producer_byte_rate', 'consumer_byte_rate', 'request_percentage']);
/** Of Kafka, and not enforced here: refused rather than stored without an effect. */
const otherKeys = new Set(['controller_mutation_rate', 'connection_creation_rate']);
/** How a component is matched, as on the wire. */
const Match = { exact: 0, default: 1, any: 2 } as const;

type EntityPart = { readonly type: string; readonly name: string | null };

export function describeClientQuotas(broker: Broker): Handler<'describeClientQuotas'> {
  return (request, context) => {
    if (!broker.authorizer.allowsCluster(context, Operation.describeConfigs)) {
      const error = ErrorCode.clusterAuthorizationFailed;
      return { throttleMs: 0, error, message: null, entries: null };
    }
    const entries = broker.quotas.rules
      .filter((rule) => matches(entityOf(rule), request.components, request.strict))
      .map((rule) => ({
        entity: entityOf(rule).map(({ type, name }) => ({ type, name })),
        values: Object.entries(rule.values).map(([key, value]) => ({ key, value })),
      }));
    return { throttleMs: 0, error: ErrorCode.none, message: null, entries };
  };
}

export function alterClientQuotas(broker: Broker): Handler<'alterClientQuotas'> {
  return (request, context) => {
    const isAllowed = broker.authorizer.allowsCluster(context, Operation.alterConfigs);
    let rules = [...broker.quotas.rules];
    const entries = request.entries.map(({ entity, ops }) => {
      const answer = (error: ErrorCode, message: string | null = null) => {
        return { error, message, entity: entity.map(({ type, name }) => ({ type, name })) };
      };
      if (!isAllowed) return answer(ErrorCode.clusterAuthorizationFailed);
      const key = keyOf(entity);
      if (key === undefined) return answer(ErrorCode.invalidRequest, 'Invalid quota entity.');
      const strange = ops.find((op) => !isSettable(op));
      if (strange !== undefined) {
        const reason = otherKeys.has(strange.key)
          ? `${strange.key} is not enforced by this broker`
          : `Invalid quota ${strange.key}=${strange.value}`;
        return answer(ErrorCode.invalidRequest, reason);
      }
      const present = rules.find((rule) => textOf(rule) === textOf(key));
      const values: Record<string, number> = { ...present?.values };
      for (const op of ops) {
        if (op.remove) delete values[op.key];
        else values[op.key] = op.value;
      }
      rules = rules.filter((rule) => rule !== present);
      if (Object.keys(values).length > 0) rules.push({ ...key, values });
      return answer(ErrorCode.none);
    });
    if (!request.validateOnly && isAllowed) broker.quotas.replace(rules);
    return { throttleMs: 0, entries };
  };
}

function isSettable(op: {
  readonly key: string;
  readonly value: number;
  readonly remove: boolean;
}): boolean {
  if (op.remove) return enforcedKeys.has(op.key) || otherKeys.has(op.key);
  return enforcedKeys.has(op.key) && op.value > 0;
}

function entityOf({ user, clientId, ip }: Omit<StoredQuota, 'values'>): EntityPart[] {
  const parts: EntityPart[] = [];
  if (user !== undefined) parts.push({ type: 'user', name: user });
  if (clientId !== undefined) parts.push({ type: 'client-id', name: clientId });
  if (ip !== undefined) parts.push({ type: 'ip', name: ip });
  return parts;
}

function textOf(entity: Omit<StoredQuota, 'values'>): string {
  return JSON.stringify(entityOf(entity));
}

function keyOf(entity: readonly EntityPart[]): Omit<StoredQuota, 'values'> | undefined {
  const key: { user?: string | null; clientId?: string | null; ip?: string | null } = {};
  for (const { type, name } of entity) {
    if (type === 'user') key.user = name;
    else if (type === 'client-id') key.clientId = name;
    else if (type === 'ip') key.ip = name;
    else return undefined;
  }
  const isMixed = key.ip !== undefined && (key.user !== undefined || key.clientId !== undefined);
  return entity.length === 0 || isMixed ? undefined : key;
}

function matches(
  entity: readonly EntityPart[],
  components: readonly DescribeClientQuotasRequestComponent[],
  isStrict: boolean,
): boolean {
  if (isStrict && entity.length !== components.length) return false;
  return components.every(({ entityType, match, value }) => {
    const part = entity.find(({ type }) => type === entityType);
    if (part === undefined) return false;
    if (match === Match.any) return true;
    return match === Match.default ? part.name === null : part.name === value;
  });
}
