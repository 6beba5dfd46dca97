/** ApiVersions: which APIs there are. */
import type { Broker } from '../broker.ts';
import type { Handler, Handlers } from '../handler.ts';
import { apis, type ApiName } from '../protocol/generated/apis.ts';
import type { ApiVersionsResponse } from '../protocol/generated/api-versions.ts';
import { ErrorCode } from '../../shared/error-code.ts';

const softwarePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/** `served` are all handlers: what has none is not told. */
export function apiVersions(_broker: Broker, served: () => Handlers): Handler<'apiVersions'> {
  return (request, { version }) => {
    const isNamed =
      softwarePattern.test(request.clientName) && softwarePattern.test(request.clientVersion);
    const error = version >= 3 && !isNamed ? ErrorCode.invalidRequest : ErrorCode.none;
    return { ...versionsAnswer(served(), error), ...features(version) };
  };
}

/**
 * Features and their levels: groups of the consumer protocol, transactions of KIP-890. Before
 * version 4 clients know no feature that may be at level 0.
 */
const levels = { 'group.version': 1, 'transaction.version': 2 };
/** Levels never change here. */
const featuresEpoch = 0;
const zeroLevelVersion = 4;

function features(version: number): Partial<ApiVersionsResponse> {
  const all = Object.entries(levels);
  return {
    supportedFeatures:
      version < zeroLevelVersion ? [] : all.map(([name, max]) => ({ name, min: 0, max })),
    finalizedEpoch: featuresEpoch,
    finalizedFeatures: all.map(([name, level]) => ({ name, maxLevel: level, minLevel: level })),
  };
}

export function versionsAnswer(served: Handlers, error: ErrorCode): ApiVersionsResponse {
  const names = Object.keys(served) as ApiName[];
  const apiKeys = names
    .map((name) => apis[name])
    .map(({ key, advertisedMin, max }) => ({ key, min: advertisedMin, max }))
    .toSorted((a, b) => a.key - b.key);
  return {
    error,
    apiKeys,
    throttleMs: 0,
    supportedFeatures: [],
    finalizedEpoch: -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  };
}
