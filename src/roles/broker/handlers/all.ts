/** All handlers of a broker, by API. */
import type { Broker } from '../broker.ts';
import type { Handlers } from '../handler.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import { apiVersions } from './api-versions.ts';
import { fetch } from './fetch.ts';
import { listOffsets, offsetForLeaderEpoch } from './list-offsets.ts';
import { metadata } from './metadata.ts';
import { produce } from './produce.ts';

export function makeHandlers(broker: Broker): Handlers {
  const handlers: Handlers = {
    apiVersions: apiVersions(broker, () => handlers),
    metadata: metadata(broker),
    produce: produce(broker, () => ErrorCode.none),
    fetch: fetch(broker),
    listOffsets: listOffsets(broker),
    offsetForLeaderEpoch: offsetForLeaderEpoch(broker),
  };
  return handlers;
}
