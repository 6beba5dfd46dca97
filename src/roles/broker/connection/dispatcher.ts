/**
 * From a frame to the handler of its API and back to bytes: header, version, login, time taken.
 *
 * What cannot be answered in a form that the client could read ends its connection: an unknown API,
 * a version that is not served (except of ApiVersions itself), a body that does not parse.
 */
import type { Clock } from '../../../env/index.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import type { Handlers } from '../handler.ts';
import { versionsAnswer } from '../handlers/api-versions.ts';
import type { Metrics, RequestCount } from '../metrics.ts';
import { apis, type AnyApi, type ApiName } from '../protocol/generated/apis.ts';
import type { FetchResponse } from '../protocol/generated/fetch.ts';
import { MalformedError, type WireReader, type WireWriter } from '../protocol/wire.ts';
import { CloseConnection, type RequestContext } from '../request-context.ts';
import type { Principal } from '../security/authorizer.ts';
import type { Logins } from '../security/logins.ts';
import type { Quotas } from '../security/quotas.ts';
import { release } from './output.ts';

export interface RequestHeader {
  readonly key: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
}

/** An answer that is written when its turn has come; undefined when there is none. */
export type Answered = Answer | undefined;

export class Answer {
  readonly #api: AnyApi;
  readonly #version: number;
  readonly #response: unknown;

  constructor(api: AnyApi, version: number, response: unknown) {
    this.#api = api;
    this.#version = version;
    this.#response = response;
  }

  write(writer: WireWriter): void {
    const api = this.#api;
    writer.flexible = this.#version >= api.flexible;
    // Clients cannot know yet whether this header is flexible, so it never is.
    if (writer.flexible && api.name !== 'apiVersions') writer.noTags();
    api.writeResponse(writer, this.#version, this.#response as never);
  }

  /** Nobody takes it: regions go back to their logs. */
  discard(): void {
    if (this.#api.name !== 'fetch') return;
    for (const { partitions } of (this.#response as FetchResponse).topics) {
      for (const { records } of partitions) release(records);
    }
  }
}

type AnyHandler = (request: unknown, context: RequestContext) => unknown;

interface Route {
  readonly api: AnyApi;
  readonly handler: AnyHandler;
  readonly count: RequestCount;
}

const byKey: readonly (AnyApi | undefined)[] = (() => {
  const table: (AnyApi | undefined)[] = [];
  for (const api of Object.values(apis)) table[api.key] = api as unknown as AnyApi;
  return table;
})();

/** Reads the header; whether it is flexible depends on API and version alone. */
export function readHeader(reader: WireReader): RequestHeader {
  const key = reader.int16();
  const version = reader.int16();
  const correlationId = reader.int32();
  const clientId = reader.plainNullableString() ?? '';
  const api = byKey[key];
  // Of a version that is not known here nothing more can be read.
  reader.flexible = api !== undefined && version >= api.flexible && version <= api.max;
  if (reader.flexible) reader.skipTags();
  return { key, version, correlationId, clientId };
}

/** The longer of two times to wait is told. */
function withThrottle(response: unknown, throttleMs: number): unknown {
  if (throttleMs === 0 || typeof response !== 'object' || response === null) return response;
  const told = (response as { readonly throttleMs?: number }).throttleMs;
  return told === undefined ? response : { ...response, throttleMs: Math.max(told, throttleMs) };
}

export interface DispatcherParts {
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logins: Logins;
  readonly quotas: Quotas;
}

export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #routes: (Route | undefined)[] = [];
  /** Read when requests are about to be taken and when one was answered: one reading for both. */
  nowMs = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    for (const name of Object.keys(parts.handlers) as ApiName[]) {
      const api = apis[name] as unknown as AnyApi;
      const handler = parts.handlers[name] as unknown as AnyHandler;
      this.#routes[api.key] = { api, handler, count: parts.metrics.of(api.title) };
    }
  }

  principalOf(connectionId: number): Principal {
    return this.#parts.logins.principalOf(connectionId);
  }
  frameLimit(connectionId: number): number {
    return this.#parts.logins.frameLimit(connectionId);
  }
  /** The next frame is a login token without a header. */
  takesRawTokens(connectionId: number): boolean {
    return this.#parts.logins.takesRawTokens(connectionId);
  }
  rawToken(connectionId: number, token: Uint8Array): Uint8Array {
    return this.#parts.logins.rawToken(connectionId, token);
  }

  dispatch(
    header: RequestHeader,
    reader: WireReader,
    context: RequestContext,
  ): Answered | Promise<Answered> {
    const { key, version } = header;
    const route = this.#routes[key];
    if (route === undefined) throw new MalformedError(`api ${key} is not served`, 0);
    const { api, count } = route;
    if (version < api.min || version > api.max) {
      if (api.name === 'apiVersions') return this.#otherVersions();
      throw new MalformedError(`version ${version} of ${api.title} is not served`, 2);
    }
    if (!this.#parts.logins.mayAsk(context.connectionId, api.name)) {
      throw new CloseConnection(`${api.title} before the login`);
    }
    const request = api.readRequest(reader, version);
    const startMs = this.nowMs;
    const { quotas, clock } = this.#parts;
    const beganMs = quotas.limitsTime ? clock.now() : undefined;
    const response = route.handler(request, context);
    const throttleMs = beganMs === undefined ? 0 : this.#throttle(context, clock.now() - beganMs);
    if (response instanceof Promise) {
      return response.then((settled: unknown) => {
        const told = withThrottle(settled, throttleMs);
        return this.#answered(api, version, told, { count, startMs });
      });
    }
    const told = withThrottle(response, throttleMs);
    return this.#answered(api, version, told, { count, startMs });
  }

  /** Counts the time of a request where time is limited; how long its client has to wait. */
  #throttle(context: RequestContext, busyMs: number): number {
    const who = { user: context.principal.name, clientId: context.clientId };
    const throttleMs = this.#parts.quotas.recordTime(who, busyMs);
    if (throttleMs > 0) context.throttle(throttleMs);
    return throttleMs;
  }

  #answered(
    api: AnyApi,
    version: number,
    response: unknown,
    { count, startMs }: { readonly count: RequestCount; readonly startMs: number },
  ): Answered {
    count.count++;
    this.nowMs = this.#parts.clock.now();
    count.milliseconds += this.nowMs - startMs;
    return response === undefined ? undefined : new Answer(api, version, response);
  }

  /** A newer client learns in the oldest form which versions there are. */
  #otherVersions(): Answered {
    const response = versionsAnswer(this.#parts.handlers, ErrorCode.unsupportedVersion);
    return new Answer(apis.apiVersions as unknown as AnyApi, 0, response);
  }
}
