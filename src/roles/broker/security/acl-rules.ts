/**
 * Numbers of access rules: on the wire and in stored state, never renumber.
 *
 * Upstream: apache/kafka: clients/.../acl/{AclOperation,AclPermissionType}.java, resource/*.java.
 */
export const Operation = {
  any: 1,
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
} as const;
export type Operation = (typeof Operation)[keyof typeof Operation];

export const Permission = { any: 1, deny: 2, allow: 3 } as const;
export const Resource = {
  any: 1,
  topic: 2,
  group: 3,
  cluster: 4,
  transactionalId: 5,
} as const;
export type Resource = (typeof Resource)[keyof typeof Resource];
export const Pattern = { any: 1, match: 2, literal: 3, prefixed: 4 } as const;

/** The one resource of kind cluster. */
export const clusterName = 'kafka-cluster';
/** What bit fields of operations hold when nobody asked. */
export const operationsNotAsked = -2147483648;
