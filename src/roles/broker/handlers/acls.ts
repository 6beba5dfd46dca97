/** DescribeAcls, CreateAcls, DeleteAcls. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import type { DescribeAclsRequest } from '../protocol/generated/describe-acls.ts';
import { clusterName, Operation, Pattern, Permission, Resource } from '../security/acl-rules.ts';
import type { StoredAcl } from '../topics/broker-state.ts';
import { ErrorCode } from '../../shared/error-code.ts';

/** Any of these may be null or a number that stands for all. */
type Filter = DescribeAclsRequest;

export function describeAcls(broker: Broker): Handler<'describeAcls'> {
  return (filter, context) => {
    const refusal = refuse(broker, broker.authorizer.allowsCluster(context, Operation.describe));
    if (refusal !== ErrorCode.none) {
      return { throttleMs: 0, error: refusal, message: textOf(refusal), resources: [] };
    }
    const found = broker.state.content.acls.filter((acl) => matches(acl, filter));
    const byResource = new Map<string, StoredAcl[]>();
    for (const acl of found) {
      const key = `${acl.resourceType} ${acl.patternType} ${acl.resourceName}`;
      byResource.set(key, [...(byResource.get(key) ?? []), acl]);
    }
    const resources = [...byResource.values()].map((acls) => ({
      type: acls[0]!.resourceType,
      name: acls[0]!.resourceName,
      pattern: acls[0]!.patternType,
      acls: acls.map(({ principal, host, operation, permission }) => {
        return { principal, host, operation, permission };
      }),
    }));
    return { throttleMs: 0, error: ErrorCode.none, message: null, resources };
  };
}

export function createAcls(broker: Broker): Handler<'createAcls'> {
  return (request, context) => {
    const refusal = refuse(broker, broker.authorizer.allowsCluster(context, Operation.alter));
    const acls = [...broker.state.content.acls];
    const results = request.creations.map((creation) => {
      const reason = refusal === ErrorCode.none ? whyNot(creation) : undefined;
      const error = reason === undefined ? refusal : ErrorCode.invalidRequest;
      if (error !== ErrorCode.none) return { error, message: reason ?? textOf(error) };
      if (!acls.some((acl) => isSame(acl, creation))) acls.push({ ...creation });
      return { error, message: null };
    });
    if (acls.length !== broker.state.content.acls.length) broker.state.change({ acls });
    return { throttleMs: 0, results };
  };
}

export function deleteAcls(broker: Broker): Handler<'deleteAcls'> {
  return (request, context) => {
    const refusal = refuse(broker, broker.authorizer.allowsCluster(context, Operation.alter));
    const doomed = new Set<StoredAcl>();
    const results = request.filters.map((filter) => {
      if (refusal !== ErrorCode.none) {
        return { error: refusal, message: textOf(refusal), matching: [] };
      }
      const found = broker.state.content.acls.filter((acl) => matches(acl, filter));
      for (const acl of found) doomed.add(acl);
      const matching = found.map((acl) => ({ error: ErrorCode.none, message: null, ...acl }));
      return { error: ErrorCode.none, message: null, matching };
    });
    if (doomed.size > 0) {
      broker.state.change({ acls: broker.state.content.acls.filter((acl) => !doomed.has(acl)) });
    }
    return { throttleMs: 0, results };
  };
}

function refuse(broker: Broker, isAllowed: boolean): ErrorCode {
  if (!broker.authorizer.isEnabled) return ErrorCode.securityDisabled;
  return isAllowed ? ErrorCode.none : ErrorCode.clusterAuthorizationFailed;
}

function textOf(error: ErrorCode): string | null {
  return error === ErrorCode.securityDisabled ? 'No Authorizer is configured.' : null;
}

function whyNot(acl: StoredAcl): string | undefined {
  if (acl.resourceType < Resource.topic || acl.resourceType > 7) return 'unknown resource type';
  if (acl.patternType !== Pattern.literal && acl.patternType !== Pattern.prefixed) {
    return 'a rule has a literal or a prefixed name';
  }
  if (acl.operation < Operation.all || acl.operation > 14) return 'unknown operation';
  if (acl.permission !== Permission.allow && acl.permission !== Permission.deny) {
    return 'a rule allows or denies';
  }
  if (acl.resourceType === Resource.cluster && acl.resourceName !== clusterName) {
    return `The only valid name for the CLUSTER resource is ${clusterName}`;
  }
  if (acl.resourceName === '') return 'Resource name should not be empty';
  if (!acl.principal.includes(':')) return `Could not parse principal '${acl.principal}'`;
  return undefined;
}

function isSame(a: StoredAcl, b: StoredAcl): boolean {
  return (
    a.resourceType === b.resourceType &&
    a.resourceName === b.resourceName &&
    a.patternType === b.patternType &&
    a.principal === b.principal &&
    a.host === b.host &&
    a.operation === b.operation &&
    a.permission === b.permission
  );
}

function matches(acl: StoredAcl, filter: Filter): boolean {
  const isNumber = (wanted: number, value: number): boolean => wanted === 1 || wanted === value;
  const isText = (wanted: string | null, value: string): boolean =>
    wanted === null || wanted === value;
  return (
    isNumber(filter.resourceType, acl.resourceType) &&
    matchesName(acl, filter) &&
    isText(filter.principal, acl.principal) &&
    isText(filter.host, acl.host) &&
    isNumber(filter.operation, acl.operation) &&
    isNumber(filter.permission, acl.permission)
  );
}

function matchesName(acl: StoredAcl, { resourceName, patternType }: Filter): boolean {
  if (patternType === Pattern.match) {
    if (resourceName === null) return true;
    if (acl.patternType === Pattern.prefixed) return resourceName.startsWith(acl.resourceName);
    return acl.resourceName === resourceName || acl.resourceName === '*';
  }
  const isPattern = patternType === Pattern.any || patternType === acl.patternType;
  return isPattern && (resourceName === null || resourceName === acl.resourceName);
}
