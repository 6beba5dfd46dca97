/** What the failure of a write means for who asked for it. */
import { ErrorCode } from './error-code.ts';

/** After these the end of the log is not what its writer thinks it is. */
export function isStorageError(error: ErrorCode): boolean {
  return (
    error === ErrorCode.kafkaStorageError ||
    error === ErrorCode.notLeaderOrFollower ||
    error === ErrorCode.unknownServerError
  );
}

/** What clients of a coordinator are told of a write that failed: look for another, or give up. */
export function coordinatorError(error: ErrorCode): ErrorCode {
  if (error === ErrorCode.kafkaStorageError || error === ErrorCode.notLeaderOrFollower) {
    return ErrorCode.notCoordinator;
  }
  if (error === ErrorCode.messageTooLarge || error === ErrorCode.recordListTooLarge) {
    return ErrorCode.invalidCommitOffsetSize;
  }
  return error;
}
