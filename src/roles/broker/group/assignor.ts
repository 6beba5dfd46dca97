/**
 * What a server-side assignor is given and what it gives: who shall have which partitions.
 */
import type { Assignment } from './assignment.ts';

export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Ids of the topics it subscribed to that exist, ascending. */
  readonly topicIds: readonly string[];
  /** Its target so far. */
  readonly target: Assignment;
}

export interface AssignorInput {
  readonly members: readonly AssignorMember[];
  readonly partitionCount: (topicId: string) => number;
}

/** Pure; the same input gives the same output. */
export type Assignor = (input: AssignorInput) => Map<string, Assignment>;
