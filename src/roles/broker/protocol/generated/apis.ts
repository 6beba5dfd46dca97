/**
 * All APIs by name, made by npm run protocol from schema/.
 * Not written by hand. Length: generated.
 */
import type { Api } from '../api.ts';
import { type ProduceRequest, readProduceRequest, writeProduceRequest, type ProduceResponse, readProduceResponse, writeProduceResponse } from './produce.ts';
import { type FetchRequest, readFetchRequest, writeFetchRequest, type FetchResponse, readFetchResponse, writeFetchResponse } from './fetch.ts';
import { type ListOffsetsRequest, readListOffsetsRequest, writeListOffsetsRequest, type ListOffsetsResponse, readListOffsetsResponse, writeListOffsetsResponse } from './list-offsets.ts';
import { type MetadataRequest, readMetadataRequest, writeMetadataRequest, type MetadataResponse, readMetadataResponse, writeMetadataResponse } from './metadata.ts';
import { type OffsetCommitRequest, readOffsetCommitRequest, writeOffsetCommitRequest, type OffsetCommitResponse, readOffsetCommitResponse, writeOffsetCommitResponse } from './offset-commit.ts';
import { type OffsetFetchRequest, readOffsetFetchRequest, writeOffsetFetchRequest, type OffsetFetchResponse, readOffsetFetchResponse, writeOffsetFetchResponse } from './offset-fetch.ts';
import { type FindCoordinatorRequest, readFindCoordinatorRequest, writeFindCoordinatorRequest, type FindCoordinatorResponse, readFindCoordinatorResponse, writeFindCoordinatorResponse } from './find-coordinator.ts';
import { type JoinGroupRequest, readJoinGroupRequest, writeJoinGroupRequest, type JoinGroupResponse, readJoinGroupResponse, writeJoinGroupResponse } from './join-group.ts';
import { type HeartbeatRequest, readHeartbeatRequest, writeHeartbeatRequest, type HeartbeatResponse, readHeartbeatResponse, writeHeartbeatResponse } from './heartbeat.ts';
import { type LeaveGroupRequest, readLeaveGroupRequest, writeLeaveGroupRequest, type LeaveGroupResponse, readLeaveGroupResponse, writeLeaveGroupResponse } from './leave-group.ts';
import { type SyncGroupRequest, readSyncGroupRequest, writeSyncGroupRequest, type SyncGroupResponse, readSyncGroupResponse, writeSyncGroupResponse } from './sync-group.ts';
import { type DescribeGroupsRequest, readDescribeGroupsRequest, writeDescribeGroupsRequest, type DescribeGroupsResponse, readDescribeGroupsResponse, writeDescribeGroupsResponse } from './describe-groups.ts';
import { type ListGroupsRequest, readListGroupsRequest, writeListGroupsRequest, type ListGroupsResponse, readListGroupsResponse, writeListGroupsResponse } from './list-groups.ts';
import { type SaslHandshakeRequest, readSaslHandshakeRequest, writeSaslHandshakeRequest, type SaslHandshakeResponse, readSaslHandshakeResponse, writeSaslHandshakeResponse } from './sasl-handshake.ts';
import { type ApiVersionsRequest, readApiVersionsRequest, writeApiVersionsRequest, type ApiVersionsResponse, readApiVersionsResponse, writeApiVersionsResponse } from './api-versions.ts';
import { type CreateTopicsRequest, readCreateTopicsRequest, writeCreateTopicsRequest, type CreateTopicsResponse, readCreateTopicsResponse, writeCreateTopicsResponse } from './create-topics.ts';
import { type DeleteTopicsRequest, readDeleteTopicsRequest, writeDeleteTopicsRequest, type DeleteTopicsResponse, readDeleteTopicsResponse, writeDeleteTopicsResponse } from './delete-topics.ts';
import { type DeleteRecordsRequest, readDeleteRecordsRequest, writeDeleteRecordsRequest, type DeleteRecordsResponse, readDeleteRecordsResponse, writeDeleteRecordsResponse } from './delete-records.ts';
import { type InitProducerIdRequest, readInitProducerIdRequest, writeInitProducerIdRequest, type InitProducerIdResponse, readInitProducerIdResponse, writeInitProducerIdResponse } from './init-producer-id.ts';
import { type OffsetForLeaderEpochRequest, readOffsetForLeaderEpochRequest, writeOffsetForLeaderEpochRequest, type OffsetForLeaderEpochResponse, readOffsetForLeaderEpochResponse, writeOffsetForLeaderEpochResponse } from './offset-for-leader-epoch.ts';
import { type AddPartitionsToTxnRequest, readAddPartitionsToTxnRequest, writeAddPartitionsToTxnRequest, type AddPartitionsToTxnResponse, readAddPartitionsToTxnResponse, writeAddPartitionsToTxnResponse } from './add-partitions-to-txn.ts';
import { type AddOffsetsToTxnRequest, readAddOffsetsToTxnRequest, writeAddOffsetsToTxnRequest, type AddOffsetsToTxnResponse, readAddOffsetsToTxnResponse, writeAddOffsetsToTxnResponse } from './add-offsets-to-txn.ts';
import { type EndTxnRequest, readEndTxnRequest, writeEndTxnRequest, type EndTxnResponse, readEndTxnResponse, writeEndTxnResponse } from './end-txn.ts';
import { type WriteTxnMarkersRequest, readWriteTxnMarkersRequest, writeWriteTxnMarkersRequest, type WriteTxnMarkersResponse, readWriteTxnMarkersResponse, writeWriteTxnMarkersResponse } from './write-txn-markers.ts';
import { type TxnOffsetCommitRequest, readTxnOffsetCommitRequest, writeTxnOffsetCommitRequest, type TxnOffsetCommitResponse, readTxnOffsetCommitResponse, writeTxnOffsetCommitResponse } from './txn-offset-commit.ts';
import { type DescribeAclsRequest, readDescribeAclsRequest, writeDescribeAclsRequest, type DescribeAclsResponse, readDescribeAclsResponse, writeDescribeAclsResponse } from './describe-acls.ts';
import { type CreateAclsRequest, readCreateAclsRequest, writeCreateAclsRequest, type CreateAclsResponse, readCreateAclsResponse, writeCreateAclsResponse } from './create-acls.ts';
import { type DeleteAclsRequest, readDeleteAclsRequest, writeDeleteAclsRequest, type DeleteAclsResponse, readDeleteAclsResponse, writeDeleteAclsResponse } from './delete-acls.ts';
import { type DescribeConfigsRequest, readDescribeConfigsRequest, writeDescribeConfigsRequest, type DescribeConfigsResponse, readDescribeConfigsResponse, writeDescribeConfigsResponse } from './describe-configs.ts';
import { type AlterConfigsRequest, readAlterConfigsRequest, writeAlterConfigsRequest, type AlterConfigsResponse, readAlterConfigsResponse, writeAlterConfigsResponse } from './alter-configs.ts';
import { type AlterReplicaLogDirsRequest, readAlterReplicaLogDirsRequest, writeAlterReplicaLogDirsRequest, type AlterReplicaLogDirsResponse, readAlterReplicaLogDirsResponse, writeAlterReplicaLogDirsResponse } from './alter-replica-log-dirs.ts';
import { type DescribeLogDirsRequest, readDescribeLogDirsRequest, writeDescribeLogDirsRequest, type DescribeLogDirsResponse, readDescribeLogDirsResponse, writeDescribeLogDirsResponse } from './describe-log-dirs.ts';
import { type SaslAuthenticateRequest, readSaslAuthenticateRequest, writeSaslAuthenticateRequest, type SaslAuthenticateResponse, readSaslAuthenticateResponse, writeSaslAuthenticateResponse } from './sasl-authenticate.ts';
import { type CreatePartitionsRequest, readCreatePartitionsRequest, writeCreatePartitionsRequest, type CreatePartitionsResponse, readCreatePartitionsResponse, writeCreatePartitionsResponse } from './create-partitions.ts';
import { type DeleteGroupsRequest, readDeleteGroupsRequest, writeDeleteGroupsRequest, type DeleteGroupsResponse, readDeleteGroupsResponse, writeDeleteGroupsResponse } from './delete-groups.ts';
import { type ElectLeadersRequest, readElectLeadersRequest, writeElectLeadersRequest, type ElectLeadersResponse, readElectLeadersResponse, writeElectLeadersResponse } from './elect-leaders.ts';
import { type IncrementalAlterConfigsRequest, readIncrementalAlterConfigsRequest, writeIncrementalAlterConfigsRequest, type IncrementalAlterConfigsResponse, readIncrementalAlterConfigsResponse, writeIncrementalAlterConfigsResponse } from './incremental-alter-configs.ts';
import { type AlterPartitionReassignmentsRequest, readAlterPartitionReassignmentsRequest, writeAlterPartitionReassignmentsRequest, type AlterPartitionReassignmentsResponse, readAlterPartitionReassignmentsResponse, writeAlterPartitionReassignmentsResponse } from './alter-partition-reassignments.ts';
import { type ListPartitionReassignmentsRequest, readListPartitionReassignmentsRequest, writeListPartitionReassignmentsRequest, type ListPartitionReassignmentsResponse, readListPartitionReassignmentsResponse, writeListPartitionReassignmentsResponse } from './list-partition-reassignments.ts';
import { type OffsetDeleteRequest, readOffsetDeleteRequest, writeOffsetDeleteRequest, type OffsetDeleteResponse, readOffsetDeleteResponse, writeOffsetDeleteResponse } from './offset-delete.ts';
import { type DescribeClientQuotasRequest, readDescribeClientQuotasRequest, writeDescribeClientQuotasRequest, type DescribeClientQuotasResponse, readDescribeClientQuotasResponse, writeDescribeClientQuotasResponse } from './describe-client-quotas.ts';
import { type AlterClientQuotasRequest, readAlterClientQuotasRequest, writeAlterClientQuotasRequest, type AlterClientQuotasResponse, readAlterClientQuotasResponse, writeAlterClientQuotasResponse } from './alter-client-quotas.ts';
import { type DescribeUserScramCredentialsRequest, readDescribeUserScramCredentialsRequest, writeDescribeUserScramCredentialsRequest, type DescribeUserScramCredentialsResponse, readDescribeUserScramCredentialsResponse, writeDescribeUserScramCredentialsResponse } from './describe-user-scram-credentials.ts';
import { type AlterUserScramCredentialsRequest, readAlterUserScramCredentialsRequest, writeAlterUserScramCredentialsRequest, type AlterUserScramCredentialsResponse, readAlterUserScramCredentialsResponse, writeAlterUserScramCredentialsResponse } from './alter-user-scram-credentials.ts';
import { type DescribeClusterRequest, readDescribeClusterRequest, writeDescribeClusterRequest, type DescribeClusterResponse, readDescribeClusterResponse, writeDescribeClusterResponse } from './describe-cluster.ts';
import { type DescribeProducersRequest, readDescribeProducersRequest, writeDescribeProducersRequest, type DescribeProducersResponse, readDescribeProducersResponse, writeDescribeProducersResponse } from './describe-producers.ts';
import { type DescribeTransactionsRequest, readDescribeTransactionsRequest, writeDescribeTransactionsRequest, type DescribeTransactionsResponse, readDescribeTransactionsResponse, writeDescribeTransactionsResponse } from './describe-transactions.ts';
import { type ListTransactionsRequest, readListTransactionsRequest, writeListTransactionsRequest, type ListTransactionsResponse, readListTransactionsResponse, writeListTransactionsResponse } from './list-transactions.ts';
import { type ConsumerGroupHeartbeatRequest, readConsumerGroupHeartbeatRequest, writeConsumerGroupHeartbeatRequest, type ConsumerGroupHeartbeatResponse, readConsumerGroupHeartbeatResponse, writeConsumerGroupHeartbeatResponse } from './consumer-group-heartbeat.ts';
import { type ConsumerGroupDescribeRequest, readConsumerGroupDescribeRequest, writeConsumerGroupDescribeRequest, type ConsumerGroupDescribeResponse, readConsumerGroupDescribeResponse, writeConsumerGroupDescribeResponse } from './consumer-group-describe.ts';
import { type DescribeTopicPartitionsRequest, readDescribeTopicPartitionsRequest, writeDescribeTopicPartitionsRequest, type DescribeTopicPartitionsResponse, readDescribeTopicPartitionsResponse, writeDescribeTopicPartitionsResponse } from './describe-topic-partitions.ts';

/** What each API takes and gives. */
export interface ApiTypes {
  produce: { request: ProduceRequest; response: ProduceResponse };
  fetch: { request: FetchRequest; response: FetchResponse };
  listOffsets: { request: ListOffsetsRequest; response: ListOffsetsResponse };
  metadata: { request: MetadataRequest; response: MetadataResponse };
  offsetCommit: { request: OffsetCommitRequest; response: OffsetCommitResponse };
  offsetFetch: { request: OffsetFetchRequest; response: OffsetFetchResponse };
  findCoordinator: { request: FindCoordinatorRequest; response: FindCoordinatorResponse };
  joinGroup: { request: JoinGroupRequest; response: JoinGroupResponse };
  heartbeat: { request: HeartbeatRequest; response: HeartbeatResponse };
  leaveGroup: { request: LeaveGroupRequest; response: LeaveGroupResponse };
  syncGroup: { request: SyncGroupRequest; response: SyncGroupResponse };
  describeGroups: { request: DescribeGroupsRequest; response: DescribeGroupsResponse };
  listGroups: { request: ListGroupsRequest; response: ListGroupsResponse };
  saslHandshake: { request: SaslHandshakeRequest; response: SaslHandshakeResponse };
  apiVersions: { request: ApiVersionsRequest; response: ApiVersionsResponse };
  createTopics: { request: CreateTopicsRequest; response: CreateTopicsResponse };
  deleteTopics: { request: DeleteTopicsRequest; response: DeleteTopicsResponse };
  deleteRecords: { request: DeleteRecordsRequest; response: DeleteRecordsResponse };
  initProducerId: { request: InitProducerIdRequest; response: InitProducerIdResponse };
  offsetForLeaderEpoch: { request: OffsetForLeaderEpochRequest; response: OffsetForLeaderEpochResponse };
  addPartitionsToTxn: { request: AddPartitionsToTxnRequest; response: AddPartitionsToTxnResponse };
  addOffsetsToTxn: { request: AddOffsetsToTxnRequest; response: AddOffsetsToTxnResponse };
  endTxn: { request: EndTxnRequest; response: EndTxnResponse };
  writeTxnMarkers: { request: WriteTxnMarkersRequest; response: WriteTxnMarkersResponse };
  txnOffsetCommit: { request: TxnOffsetCommitRequest; response: TxnOffsetCommitResponse };
  describeAcls: { request: DescribeAclsRequest; response: DescribeAclsResponse };
  createAcls: { request: CreateAclsRequest; response: CreateAclsResponse };
  deleteAcls: { request: DeleteAclsRequest; response: DeleteAclsResponse };
  describeConfigs: { request: DescribeConfigsRequest; response: DescribeConfigsResponse };
  alterConfigs: { request: AlterConfigsRequest; response: AlterConfigsResponse };
  alterReplicaLogDirs: { request: AlterReplicaLogDirsRequest; response: AlterReplicaLogDirsResponse };
  describeLogDirs: { request: DescribeLogDirsRequest; response: DescribeLogDirsResponse };
  saslAuthenticate: { request: SaslAuthenticateRequest; response: SaslAuthenticateResponse };
  createPartitions: { request: CreatePartitionsRequest; response: CreatePartitionsResponse };
  deleteGroups: { request: DeleteGroupsRequest; response: DeleteGroupsResponse };
  electLeaders: { request: ElectLeadersRequest; response: ElectLeadersResponse };
  incrementalAlterConfigs: { request: IncrementalAlterConfigsRequest; response: IncrementalAlterConfigsResponse };
  alterPartitionReassignments: { request: AlterPartitionReassignmentsRequest; response: AlterPartitionReassignmentsResponse };
  listPartitionReassignments: { request: ListPartitionReassignmentsRequest; response: ListPartitionReassignmentsResponse };
  offsetDelete: { request: OffsetDeleteRequest; response: OffsetDeleteResponse };
  describeClientQuotas: { request: DescribeClientQuotasRequest; response: DescribeClientQuotasResponse };
  alterClientQuotas: { request: AlterClientQuotasRequest; response: AlterClientQuotasResponse };
  describeUserScramCredentials: { request: DescribeUserScramCredentialsRequest; response: DescribeUserScramCredentialsResponse };
  alterUserScramCredentials: { request: AlterUserScramCredentialsRequest; response: AlterUserScramCredentialsResponse };
  describeCluster: { request: DescribeClusterRequest; response: DescribeClusterResponse };
  describeProducers: { request: DescribeProducersRequest; response: DescribeProducersResponse };
  describeTransactions: { request: DescribeTransactionsRequest; response: DescribeTransactionsResponse };
  listTransactions: { request: ListTransactionsRequest; response: ListTransactionsResponse };
  consumerGroupHeartbeat: { request: ConsumerGroupHeartbeatRequest; response: ConsumerGroupHeartbeatResponse };
  consumerGroupDescribe: { request: ConsumerGroupDescribeRequest; response: ConsumerGroupDescribeResponse };
  describeTopicPartitions: { request: DescribeTopicPartitionsRequest; response: DescribeTopicPartitionsResponse };
}

export type ApiName = keyof ApiTypes;

/** An API of which only the name is known. */
export type AnyApi<K extends ApiName = ApiName> =
  Api<K, ApiTypes[K]['request'], ApiTypes[K]['response']>;

export const apis: { readonly [K in ApiName]: AnyApi<K> } = {
  produce: {
    name: 'produce', title: 'Produce', key: 0, min: 3, max: 12,
    flexible: 9, advertisedMin: 0,
    readRequest: readProduceRequest, writeRequest: writeProduceRequest,
    readResponse: readProduceResponse, writeResponse: writeProduceResponse,
  },
  fetch: {
    name: 'fetch', title: 'Fetch', key: 1, min: 4, max: 17,
    flexible: 12, advertisedMin: 4,
    readRequest: readFetchRequest, writeRequest: writeFetchRequest,
    readResponse: readFetchResponse, writeResponse: writeFetchResponse,
  },
  listOffsets: {
    name: 'listOffsets', title: 'ListOffsets', key: 2, min: 1, max: 9,
    flexible: 6, advertisedMin: 1,
    readRequest: readListOffsetsRequest, writeRequest: writeListOffsetsRequest,
    readResponse: readListOffsetsResponse, writeResponse: writeListOffsetsResponse,
  },
  metadata: {
    name: 'metadata', title: 'Metadata', key: 3, min: 0, max: 12,
    flexible: 9, advertisedMin: 0,
    readRequest: readMetadataRequest, writeRequest: writeMetadataRequest,
    readResponse: readMetadataResponse, writeResponse: writeMetadataResponse,
  },
  offsetCommit: {
    name: 'offsetCommit', title: 'OffsetCommit', key: 8, min: 2, max: 9,
    flexible: 8, advertisedMin: 2,
    readRequest: readOffsetCommitRequest, writeRequest: writeOffsetCommitRequest,
    readResponse: readOffsetCommitResponse, writeResponse: writeOffsetCommitResponse,
  },
  offsetFetch: {
    name: 'offsetFetch', title: 'OffsetFetch', key: 9, min: 1, max: 9,
    flexible: 6, advertisedMin: 1,
    readRequest: readOffsetFetchRequest, writeRequest: writeOffsetFetchRequest,
    readResponse: readOffsetFetchResponse, writeResponse: writeOffsetFetchResponse,
  },
  findCoordinator: {
    name: 'findCoordinator', title: 'FindCoordinator', key: 10, min: 0, max: 6,
    flexible: 3, advertisedMin: 0,
    readRequest: readFindCoordinatorRequest, writeRequest: writeFindCoordinatorRequest,
    readResponse: readFindCoordinatorResponse, writeResponse: writeFindCoordinatorResponse,
  },
  joinGroup: {
    name: 'joinGroup', title: 'JoinGroup', key: 11, min: 0, max: 9,
    flexible: 6, advertisedMin: 0,
    readRequest: readJoinGroupRequest, writeRequest: writeJoinGroupRequest,
    readResponse: readJoinGroupResponse, writeResponse: writeJoinGroupResponse,
  },
  heartbeat: {
    name: 'heartbeat', title: 'Heartbeat', key: 12, min: 0, max: 4,
    flexible: 4, advertisedMin: 0,
    readRequest: readHeartbeatRequest, writeRequest: writeHeartbeatRequest,
    readResponse: readHeartbeatResponse, writeResponse: writeHeartbeatResponse,
  },
  leaveGroup: {
    name: 'leaveGroup', title: 'LeaveGroup', key: 13, min: 0, max: 5,
    flexible: 4, advertisedMin: 0,
    readRequest: readLeaveGroupRequest, writeRequest: writeLeaveGroupRequest,
    readResponse: readLeaveGroupResponse, writeResponse: writeLeaveGroupResponse,
  },
  syncGroup: {
    name: 'syncGroup', title: 'SyncGroup', key: 14, min: 0, max: 5,
    flexible: 4, advertisedMin: 0,
    readRequest: readSyncGroupRequest, writeRequest: writeSyncGroupRequest,
    readResponse: readSyncGroupResponse, writeResponse: writeSyncGroupResponse,
  },
  describeGroups: {
    name: 'describeGroups', title: 'DescribeGroups', key: 15, min: 0, max: 5,
    flexible: 5, advertisedMin: 0,
    readRequest: readDescribeGroupsRequest, writeRequest: writeDescribeGroupsRequest,
    readResponse: readDescribeGroupsResponse, writeResponse: writeDescribeGroupsResponse,
  },
  listGroups: {
    name: 'listGroups', title: 'ListGroups', key: 16, min: 0, max: 5,
    flexible: 3, advertisedMin: 0,
    readRequest: readListGroupsRequest, writeRequest: writeListGroupsRequest,
    readResponse: readListGroupsResponse, writeResponse: writeListGroupsResponse,
  },
  saslHandshake: {
    name: 'saslHandshake', title: 'SaslHandshake', key: 17, min: 0, max: 1,
    flexible: Infinity, advertisedMin: 0,
    readRequest: readSaslHandshakeRequest, writeRequest: writeSaslHandshakeRequest,
    readResponse: readSaslHandshakeResponse, writeResponse: writeSaslHandshakeResponse,
  },
  apiVersions: {
    name: 'apiVersions', title: 'ApiVersions', key: 18, min: 0, max: 4,
    flexible: 3, advertisedMin: 0,
    readRequest: readApiVersionsRequest, writeRequest: writeApiVersionsRequest,
    readResponse: readApiVersionsResponse, writeResponse: writeApiVersionsResponse,
  },
  createTopics: {
    name: 'createTopics', title: 'CreateTopics', key: 19, min: 2, max: 7,
    flexible: 5, advertisedMin: 2,
    readRequest: readCreateTopicsRequest, writeRequest: writeCreateTopicsRequest,
    readResponse: readCreateTopicsResponse, writeResponse: writeCreateTopicsResponse,
  },
  deleteTopics: {
    name: 'deleteTopics', title: 'DeleteTopics', key: 20, min: 1, max: 6,
    flexible: 4, advertisedMin: 1,
    readRequest: readDeleteTopicsRequest, writeRequest: writeDeleteTopicsRequest,
    readResponse: readDeleteTopicsResponse, writeResponse: writeDeleteTopicsResponse,
  },
  deleteRecords: {
    name: 'deleteRecords', title: 'DeleteRecords', key: 21, min: 0, max: 2,
    flexible: 2, advertisedMin: 0,
    readRequest: readDeleteRecordsRequest, writeRequest: writeDeleteRecordsRequest,
    readResponse: readDeleteRecordsResponse, writeResponse: writeDeleteRecordsResponse,
  },
  initProducerId: {
    name: 'initProducerId', title: 'InitProducerId', key: 22, min: 0, max: 5,
    flexible: 2, advertisedMin: 0,
    readRequest: readInitProducerIdRequest, writeRequest: writeInitProducerIdRequest,
    readResponse: readInitProducerIdResponse, writeResponse: writeInitProducerIdResponse,
  },
  offsetForLeaderEpoch: {
    name: 'offsetForLeaderEpoch', title: 'OffsetForLeaderEpoch', key: 23, min: 2, max: 4,
    flexible: 4, advertisedMin: 2,
    readRequest: readOffsetForLeaderEpochRequest, writeRequest: writeOffsetForLeaderEpochRequest,
    readResponse: readOffsetForLeaderEpochResponse, writeResponse: writeOffsetForLeaderEpochResponse,
  },
  addPartitionsToTxn: {
    name: 'addPartitionsToTxn', title: 'AddPartitionsToTxn', key: 24, min: 0, max: 5,
    flexible: 3, advertisedMin: 0,
    readRequest: readAddPartitionsToTxnRequest, writeRequest: writeAddPartitionsToTxnRequest,
    readResponse: readAddPartitionsToTxnResponse, writeResponse: writeAddPartitionsToTxnResponse,
  },
  addOffsetsToTxn: {
    name: 'addOffsetsToTxn', title: 'AddOffsetsToTxn', key: 25, min: 0, max: 4,
    flexible: 3, advertisedMin: 0,
    readRequest: readAddOffsetsToTxnRequest, writeRequest: writeAddOffsetsToTxnRequest,
    readResponse: readAddOffsetsToTxnResponse, writeResponse: writeAddOffsetsToTxnResponse,
  },
  endTxn: {
    name: 'endTxn', title: 'EndTxn', key: 26, min: 0, max: 5,
    flexible: 3, advertisedMin: 0,
    readRequest: readEndTxnRequest, writeRequest: writeEndTxnRequest,
    readResponse: readEndTxnResponse, writeResponse: writeEndTxnResponse,
  },
  writeTxnMarkers: {
    name: 'writeTxnMarkers', title: 'WriteTxnMarkers', key: 27, min: 0, max: 1,
    flexible: 1, advertisedMin: 0,
    readRequest: readWriteTxnMarkersRequest, writeRequest: writeWriteTxnMarkersRequest,
    readResponse: readWriteTxnMarkersResponse, writeResponse: writeWriteTxnMarkersResponse,
  },
  txnOffsetCommit: {
    name: 'txnOffsetCommit', title: 'TxnOffsetCommit', key: 28, min: 0, max: 5,
    flexible: 3, advertisedMin: 0,
    readRequest: readTxnOffsetCommitRequest, writeRequest: writeTxnOffsetCommitRequest,
    readResponse: readTxnOffsetCommitResponse, writeResponse: writeTxnOffsetCommitResponse,
  },
  describeAcls: {
    name: 'describeAcls', title: 'DescribeAcls', key: 29, min: 1, max: 3,
    flexible: 2, advertisedMin: 1,
    readRequest: readDescribeAclsRequest, writeRequest: writeDescribeAclsRequest,
    readResponse: readDescribeAclsResponse, writeResponse: writeDescribeAclsResponse,
  },
  createAcls: {
    name: 'createAcls', title: 'CreateAcls', key: 30, min: 1, max: 3,
    flexible: 2, advertisedMin: 1,
    readRequest: readCreateAclsRequest, writeRequest: writeCreateAclsRequest,
    readResponse: readCreateAclsResponse, writeResponse: writeCreateAclsResponse,
  },
  deleteAcls: {
    name: 'deleteAcls', title: 'DeleteAcls', key: 31, min: 1, max: 3,
    flexible: 2, advertisedMin: 1,
    readRequest: readDeleteAclsRequest, writeRequest: writeDeleteAclsRequest,
    readResponse: readDeleteAclsResponse, writeResponse: writeDeleteAclsResponse,
  },
  describeConfigs: {
    name: 'describeConfigs', title: 'DescribeConfigs', key: 32, min: 1, max: 4,
    flexible: 4, advertisedMin: 1,
    readRequest: readDescribeConfigsRequest, writeRequest: writeDescribeConfigsRequest,
    readResponse: readDescribeConfigsResponse, writeResponse: writeDescribeConfigsResponse,
  },
  alterConfigs: {
    name: 'alterConfigs', title: 'AlterConfigs', key: 33, min: 0, max: 2,
    flexible: 2, advertisedMin: 0,
    readRequest: readAlterConfigsRequest, writeRequest: writeAlterConfigsRequest,
    readResponse: readAlterConfigsResponse, writeResponse: writeAlterConfigsResponse,
  },
  alterReplicaLogDirs: {
    name: 'alterReplicaLogDirs', title: 'AlterReplicaLogDirs', key: 34, min: 1, max: 2,
    flexible: 2, advertisedMin: 1,
    readRequest: readAlterReplicaLogDirsRequest, writeRequest: writeAlterReplicaLogDirsRequest,
    readResponse: readAlterReplicaLogDirsResponse, writeResponse: writeAlterReplicaLogDirsResponse,
  },
  describeLogDirs: {
    name: 'describeLogDirs', title: 'DescribeLogDirs', key: 35, min: 1, max: 4,
    flexible: 2, advertisedMin: 1,
    readRequest: readDescribeLogDirsRequest, writeRequest: writeDescribeLogDirsRequest,
    readResponse: readDescribeLogDirsResponse, writeResponse: writeDescribeLogDirsResponse,
  },
  saslAuthenticate: {
    name: 'saslAuthenticate', title: 'SaslAuthenticate', key: 36, min: 0, max: 2,
    flexible: 2, advertisedMin: 0,
    readRequest: readSaslAuthenticateRequest, writeRequest: writeSaslAuthenticateRequest,
    readResponse: readSaslAuthenticateResponse, writeResponse: writeSaslAuthenticateResponse,
  },
  createPartitions: {
    name: 'createPartitions', title: 'CreatePartitions', key: 37, min: 0, max: 3,
    flexible: 2, advertisedMin: 0,
    readRequest: readCreatePartitionsRequest, writeRequest: writeCreatePartitionsRequest,
    readResponse: readCreatePartitionsResponse, writeResponse: writeCreatePartitionsResponse,
  },
  deleteGroups: {
    name: 'deleteGroups', title: 'DeleteGroups', key: 42, min: 0, max: 2,
    flexible: 2, advertisedMin: 0,
    readRequest: readDeleteGroupsRequest, writeRequest: writeDeleteGroupsRequest,
    readResponse: readDeleteGroupsResponse, writeResponse: writeDeleteGroupsResponse,
  },
  electLeaders: {
    name: 'electLeaders', title: 'ElectLeaders', key: 43, min: 0, max: 2,
    flexible: 2, advertisedMin: 0,
    readRequest: readElectLeadersRequest, writeRequest: writeElectLeadersRequest,
    readResponse: readElectLeadersResponse, writeResponse: writeElectLeadersResponse,
  },
  incrementalAlterConfigs: {
    name: 'incrementalAlterConfigs', title: 'IncrementalAlterConfigs', key: 44, min: 0, max: 1,
    flexible: 1, advertisedMin: 0,
    readRequest: readIncrementalAlterConfigsRequest, writeRequest: writeIncrementalAlterConfigsRequest,
    readResponse: readIncrementalAlterConfigsResponse, writeResponse: writeIncrementalAlterConfigsResponse,
  },
  alterPartitionReassignments: {
    name: 'alterPartitionReassignments', title: 'AlterPartitionReassignments', key: 45, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readAlterPartitionReassignmentsRequest, writeRequest: writeAlterPartitionReassignmentsRequest,
    readResponse: readAlterPartitionReassignmentsResponse, writeResponse: writeAlterPartitionReassignmentsResponse,
  },
  listPartitionReassignments: {
    name: 'listPartitionReassignments', title: 'ListPartitionReassignments', key: 46, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readListPartitionReassignmentsRequest, writeRequest: writeListPartitionReassignmentsRequest,
    readResponse: readListPartitionReassignmentsResponse, writeResponse: writeListPartitionReassignmentsResponse,
  },
  offsetDelete: {
    name: 'offsetDelete', title: 'OffsetDelete', key: 47, min: 0, max: 0,
    flexible: Infinity, advertisedMin: 0,
    readRequest: readOffsetDeleteRequest, writeRequest: writeOffsetDeleteRequest,
    readResponse: readOffsetDeleteResponse, writeResponse: writeOffsetDeleteResponse,
  },
  describeClientQuotas: {
    name: 'describeClientQuotas', title: 'DescribeClientQuotas', key: 48, min: 0, max: 1,
    flexible: 1, advertisedMin: 0,
    readRequest: readDescribeClientQuotasRequest, writeRequest: writeDescribeClientQuotasRequest,
    readResponse: readDescribeClientQuotasResponse, writeResponse: writeDescribeClientQuotasResponse,
  },
  alterClientQuotas: {
    name: 'alterClientQuotas', title: 'AlterClientQuotas', key: 49, min: 0, max: 1,
    flexible: 1, advertisedMin: 0,
    readRequest: readAlterClientQuotasRequest, writeRequest: writeAlterClientQuotasRequest,
    readResponse: readAlterClientQuotasResponse, writeResponse: writeAlterClientQuotasResponse,
  },
  describeUserScramCredentials: {
    name: 'describeUserScramCredentials', title: 'DescribeUserScramCredentials', key: 50, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readDescribeUserScramCredentialsRequest, writeRequest: writeDescribeUserScramCredentialsRequest,
    readResponse: readDescribeUserScramCredentialsResponse, writeResponse: writeDescribeUserScramCredentialsResponse,
  },
  alterUserScramCredentials: {
    name: 'alterUserScramCredentials', title: 'AlterUserScramCredentials', key: 51, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readAlterUserScramCredentialsRequest, writeRequest: writeAlterUserScramCredentialsRequest,
    readResponse: readAlterUserScramCredentialsResponse, writeResponse: writeAlterUserScramCredentialsResponse,
  },
  describeCluster: {
    name: 'describeCluster', title: 'DescribeCluster', key: 60, min: 0, max: 1,
    flexible: 0, advertisedMin: 0,
    readRequest: readDescribeClusterRequest, writeRequest: writeDescribeClusterRequest,
    readResponse: readDescribeClusterResponse, writeResponse: writeDescribeClusterResponse,
  },
  describeProducers: {
    name: 'describeProducers', title: 'DescribeProducers', key: 61, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readDescribeProducersRequest, writeRequest: writeDescribeProducersRequest,
    readResponse: readDescribeProducersResponse, writeResponse: writeDescribeProducersResponse,
  },
  describeTransactions: {
    name: 'describeTransactions', title: 'DescribeTransactions', key: 65, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readDescribeTransactionsRequest, writeRequest: writeDescribeTransactionsRequest,
    readResponse: readDescribeTransactionsResponse, writeResponse: writeDescribeTransactionsResponse,
  },
  listTransactions: {
    name: 'listTransactions', title: 'ListTransactions', key: 66, min: 0, max: 1,
    flexible: 0, advertisedMin: 0,
    readRequest: readListTransactionsRequest, writeRequest: writeListTransactionsRequest,
    readResponse: readListTransactionsResponse, writeResponse: writeListTransactionsResponse,
  },
  consumerGroupHeartbeat: {
    name: 'consumerGroupHeartbeat', title: 'ConsumerGroupHeartbeat', key: 68, min: 0, max: 1,
    flexible: 0, advertisedMin: 0,
    readRequest: readConsumerGroupHeartbeatRequest, writeRequest: writeConsumerGroupHeartbeatRequest,
    readResponse: readConsumerGroupHeartbeatResponse, writeResponse: writeConsumerGroupHeartbeatResponse,
  },
  consumerGroupDescribe: {
    name: 'consumerGroupDescribe', title: 'ConsumerGroupDescribe', key: 69, min: 0, max: 1,
    flexible: 0, advertisedMin: 0,
    readRequest: readConsumerGroupDescribeRequest, writeRequest: writeConsumerGroupDescribeRequest,
    readResponse: readConsumerGroupDescribeResponse, writeResponse: writeConsumerGroupDescribeResponse,
  },
  describeTopicPartitions: {
    name: 'describeTopicPartitions', title: 'DescribeTopicPartitions', key: 75, min: 0, max: 0,
    flexible: 0, advertisedMin: 0,
    readRequest: readDescribeTopicPartitionsRequest, writeRequest: writeDescribeTopicPartitionsRequest,
    readResponse: readDescribeTopicPartitionsResponse, writeResponse: writeDescribeTopicPartitionsResponse,
  },
};
