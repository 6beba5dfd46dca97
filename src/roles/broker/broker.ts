/** What the handlers of a broker share: its identity, its topics, its settings, who waits. */
import type { Env } from '../../env/index.ts';
import type { BrokerConfig } from './config/broker-config.ts';
import type { FetchCache } from './fetching/fetch-cache.ts';
import type { Metrics } from './metrics.ts';
import type { ProducerIds } from './producer-ids.ts';
import type { Authorizer } from './security/authorizer.ts';
import type { Quotas } from './security/quotas.ts';
import type { ScramUsers } from './security/scram-users.ts';
import type { BrokerState } from './topics/broker-state.ts';
import type { Topics } from './topics/topics.ts';

export interface Broker {
  readonly env: Env;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly rack: string | null;
  readonly config: BrokerConfig;
  readonly state: BrokerState;
  readonly topics: Topics;
  readonly authorizer: Authorizer;
  readonly quotas: Quotas;
  readonly users: ScramUsers;
  readonly producerIds: ProducerIds;
  readonly fetchCache: FetchCache;
  readonly metrics: Metrics;
  /** Fires when the broker begins to stop: whoever waits answers now. */
  readonly stopping: AbortSignal;
}
