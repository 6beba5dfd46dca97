/** All handlers of a broker, by API. */
import type { Broker } from '../broker.ts';
import type { Coordinators } from '../coordinator/coordinators.ts';
import type { Handlers } from '../handler.ts';
import type { Logins } from '../security/logins.ts';
import { createAcls, deleteAcls, describeAcls } from './acls.ts';
import { alterConfigs, incrementalAlterConfigs } from './alter-configs.ts';
import { apiVersions } from './api-versions.ts';
import { createPartitions, createTopics, deleteTopics } from './create-topics.ts';
import {
  alterReplicaLogDirs,
  describeCluster,
  describeLogDirs,
  describeProducers,
  describeTopicPartitions,
} from './describe-cluster.ts';
import { describeConfigs } from './describe-configs.ts';
import { fetch } from './fetch.ts';
import { listOffsets, offsetForLeaderEpoch } from './list-offsets.ts';
import { metadata } from './metadata.ts';
import {
  alterPartitionReassignments,
  deleteRecords,
  electLeaders,
  listPartitionReassignments,
} from './partitions-admin.ts';
import { produce } from './produce.ts';
import { alterClientQuotas, describeClientQuotas } from './quotas.ts';
import {
  alterUserScramCredentials,
  describeUserScramCredentials,
  saslAuthenticate,
  saslHandshake,
} from './sasl.ts';

export function makeHandlers(broker: Broker, logins: Logins, coordinators: Coordinators): Handlers {
  const handlers: Handlers = {
    apiVersions: apiVersions(broker, () => handlers),
    metadata: metadata(broker),
    produce: produce(broker, (batch) => coordinators.joinByProduce(batch)),
    fetch: fetch(broker),
    listOffsets: listOffsets(broker),
    offsetForLeaderEpoch: offsetForLeaderEpoch(broker),
    saslHandshake: saslHandshake(logins),
    saslAuthenticate: saslAuthenticate(broker, logins),
    ...adminHandlers(broker),
    ...accessHandlers(broker),
    ...coordinators.handlers,
  };
  return handlers;
}

function adminHandlers(broker: Broker): Handlers {
  return {
    createTopics: createTopics(broker),
    deleteTopics: deleteTopics(broker),
    createPartitions: createPartitions(broker),
    deleteRecords: deleteRecords(broker),
    describeConfigs: describeConfigs(broker),
    alterConfigs: alterConfigs(broker),
    incrementalAlterConfigs: incrementalAlterConfigs(broker),
    electLeaders: electLeaders(broker),
    alterPartitionReassignments: alterPartitionReassignments(broker),
    listPartitionReassignments: listPartitionReassignments(broker),
    describeCluster: describeCluster(broker),
    describeTopicPartitions: describeTopicPartitions(broker),
    describeLogDirs: describeLogDirs(broker),
    alterReplicaLogDirs: alterReplicaLogDirs(broker),
    describeProducers: describeProducers(broker),
  };
}

function accessHandlers(broker: Broker): Handlers {
  return {
    describeAcls: describeAcls(broker),
    createAcls: createAcls(broker),
    deleteAcls: deleteAcls(broker),
    describeClientQuotas: describeClientQuotas(broker),
    alterClientQuotas: alterClientQuotas(broker),
    describeUserScramCredentials: describeUserScramCredentials(broker),
    alterUserScramCredentials: alterUserScramCredentials(broker),
  };
}
