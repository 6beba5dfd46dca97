/**
 * Whether a caller is the member it says it is.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import type { ClassicGroup } from './classic-state.ts';

interface Claim {
  readonly memberId: string;
  readonly instanceId: string | null;
}

export function validateClassicMember(members: ClassicGroup, claim: Claim): ErrorCode {
  if (claim.instanceId !== null) {
    const holder = members.staticMembers.get(claim.instanceId);
    if (holder === undefined) return ErrorCode.unknownMemberId;
    if (holder !== claim.memberId) return ErrorCode.fencedInstanceId;
    return ErrorCode.none;
  }
  return members.members.has(claim.memberId) ? ErrorCode.none : ErrorCode.unknownMemberId;
}
