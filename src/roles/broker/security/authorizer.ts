/**
 * Who may do what: access rules per principal, host and resource.
 *
 * Without an authorizer everything is allowed. With one, a deny rule beats an allow rule; a
 * resource without any rule is open only where the settings say so; super users may do all.
 *
 * Upstream: apache/kafka: metadata/.../authorizer/StandardAuthorizerData.java; behaviour kept, code
 *           our own.
 */
import type { BrokerState, StoredAcl } from '../topics/broker-state.ts';
import { clusterName, Operation, Pattern, Permission, Resource } from './acl-rules.ts';

/** Who asks: `User:alice`, or `User:ANONYMOUS` where nobody had to say. */
export interface Principal {
  readonly type: string;
  readonly name: string;
}

export const anonymous: Principal = { type: 'User', name: 'ANONYMOUS' };

export interface AuthorizerOptions {
  /** Principals that may do everything: `User:admin`. */
  readonly superUsers: readonly string[];
  /** What holds for a resource without any rule. */
  readonly allowIfNoRule: boolean;
}

export interface Asked {
  readonly principal: Principal;
  /** Address of the client. */
  readonly clientHost: string;
}

/** Operations that holders of others have too. */
const implied: Partial<Record<Operation, readonly Operation[]>> = {
  [Operation.describe]: [Operation.read, Operation.write, Operation.delete, Operation.alter],
  [Operation.describeConfigs]: [Operation.alterConfigs],
};

/** Bits of the authorized operations of each kind of resource. */
const operationsOf: Readonly<Record<Resource, readonly Operation[]>> = {
  [Resource.any]: [],
  [Resource.topic]: [3, 4, 5, 6, 7, 8, 10, 11],
  [Resource.group]: [3, 6, 8],
  [Resource.cluster]: [5, 7, 8, 9, 10, 11, 12],
  [Resource.transactionalId]: [4, 8],
};

export class Authorizer {
  readonly #state: BrokerState;
  readonly #options: AuthorizerOptions | undefined;

  /** Without options everything is allowed. */
  constructor(state: BrokerState, options: AuthorizerOptions | undefined) {
    this.#state = state;
    this.#options = options;
  }

  /** Rules are looked at; without it the access APIs answer that security is off. */
  get isEnabled(): boolean {
    return this.#options !== undefined;
  }

  allows(asked: Asked, operation: Operation, resource: Resource, name: string): boolean {
    const options = this.#options;
    if (options === undefined) return true;
    const principal = `${asked.principal.type}:${asked.principal.name}`;
    if (options.superUsers.includes(principal)) return true;
    const rules = this.#state.content.acls.filter((acl) => matchesResource(acl, resource, name));
    if (rules.length === 0) return options.allowIfNoRule;
    const mine = rules.filter((acl) => matchesWho(acl, principal, asked.clientHost));
    const denies = [operation, Operation.all] as number[];
    if (mine.some((a) => a.permission === Permission.deny && denies.includes(a.operation))) {
      return false;
    }
    const allows = [...denies, ...(implied[operation] ?? [])];
    return mine.some((a) => a.permission === Permission.allow && allows.includes(a.operation));
  }

  allowsTopic(asked: Asked, operation: Operation, name: string): boolean {
    return this.#options === undefined || this.allows(asked, operation, Resource.topic, name);
  }
  allowsGroup(asked: Asked, operation: Operation, name: string): boolean {
    return this.allows(asked, operation, Resource.group, name);
  }
  allowsCluster(asked: Asked, operation: Operation): boolean {
    return this.allows(asked, operation, Resource.cluster, clusterName);
  }

  /** A bit for each operation that is allowed on the resource. */
  operations(asked: Asked, resource: Resource, name: string): number {
    let bits = 0;
    for (const operation of operationsOf[resource]) {
      if (this.allows(asked, operation, resource, name)) bits |= 1 << operation;
    }
    return bits;
  }

  /** Some topic may be written, whichever: enough for an idempotent producer. */
  allowsAnyTopic(asked: Asked, operation: Operation): boolean {
    if (this.#options === undefined || this.#options.allowIfNoRule) return true;
    const principal = `${asked.principal.type}:${asked.principal.name}`;
    if (this.#options.superUsers.includes(principal)) return true;
    return this.#state.content.acls.some(
      (acl) =>
        acl.resourceType === Resource.topic &&
        acl.permission === Permission.allow &&
        (acl.operation === operation || acl.operation === Operation.all) &&
        matchesWho(acl, principal, asked.clientHost),
    );
  }
}

function matchesResource(acl: StoredAcl, resource: Resource, name: string): boolean {
  if (acl.resourceType !== resource) return false;
  if (acl.patternType === Pattern.prefixed) return name.startsWith(acl.resourceName);
  return acl.resourceName === '*' || acl.resourceName === name;
}

function matchesWho(acl: StoredAcl, principal: string, host: string): boolean {
  const isPrincipal = acl.principal === principal || acl.principal === 'User:*';
  return isPrincipal && (acl.host === '*' || acl.host === host);
}
