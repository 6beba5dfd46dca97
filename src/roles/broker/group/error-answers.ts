/**
 * The answer that says no to a whole request, in the place where its clients look for the error.
 */
import { ErrorCode } from '../../shared/error-code.ts';
import { joinError, syncError } from './classic-answers.ts';
import { GroupInputKind, type GroupRequestInput, type GroupResponse } from './messages.ts';

/** Answers without an error of their own carry it in each item. */
export function errorAnswer(input: GroupRequestInput, error: ErrorCode): GroupResponse {
  const { origin } = input;
  const loading = error === ErrorCode.coordinatorLoadInProgress;
  switch (input.kind) {
    case GroupInputKind.join:
      return joinError(input.request.memberId, error, origin.version);
    case GroupInputKind.sync:
      // Upstream's clients take these two answers while the coordinator loads.
      return syncError(loading ? ErrorCode.rebalanceInProgress : error);
    case GroupInputKind.heartbeat:
      return { throttleMs: 0, error: loading ? ErrorCode.none : error };
    case GroupInputKind.leave:
      return { throttleMs: 0, error, members: [] };
    case GroupInputKind.commit:
    case GroupInputKind.commitInTransaction:
      return {
        throttleMs: 0,
        topics: input.request.topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ index }) => ({ index, error })),
        })),
      };
    case GroupInputKind.deleteOffsets:
      return { throttleMs: 0, error, topics: [] };
    case GroupInputKind.list:
      return { throttleMs: 0, error, groups: [] };
    case GroupInputKind.consumerHeartbeat:
      return {
        throttleMs: 0,
        error,
        message: null,
        memberId: null,
        memberEpoch: input.request.memberEpoch,
        heartbeatIntervalMs: 0,
        assignment: null,
      };
    default:
      return itemErrors(input, error);
  }
}

type ItemInput = Extract<
  GroupRequestInput,
  {
    kind:
      | typeof GroupInputKind.fetchOffsets
      | typeof GroupInputKind.describe
      | typeof GroupInputKind.remove
      | typeof GroupInputKind.describeConsumer;
  }
>;

function itemErrors(input: ItemInput, error: ErrorCode): GroupResponse {
  switch (input.kind) {
    case GroupInputKind.fetchOffsets:
      return {
        throttleMs: 0,
        topics: [],
        error,
        groups: input.request.groups.map(({ groupId }) => ({ groupId, topics: [], error })),
      };
    case GroupInputKind.describe:
      return {
        throttleMs: 0,
        groups: input.request.groups.map((groupId) => ({
          error,
          groupId,
          state: '',
          protocolType: '',
          protocolData: '',
          members: [],
          ops: -0x8000_0000,
        })),
      };
    case GroupInputKind.remove:
      return {
        throttleMs: 0,
        results: input.request.groups.map((groupId) => ({ groupId, error })),
      };
    case GroupInputKind.describeConsumer:
      return {
        throttleMs: 0,
        groups: input.request.groups.map((groupId) => ({
          error,
          message: null,
          groupId,
          state: '',
          groupEpoch: 0,
          assignmentEpoch: 0,
          assignor: '',
          members: [],
          ops: -0x8000_0000,
        })),
      };
  }
}
