/** What a handler of one API is: from a decoded request and who sent it to an answer. */
import type { ApiName, ApiTypes } from './protocol/generated/apis.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Undefined: there is no answer (produce with acks 0). A promise holds back everything that came
 * after it on its connection.
 *
 * Lifetime: records of the request lie where the next bytes of any client will be read to. They are
 * valid until the handler returns or waits, whichever is first; all else of a request stays.
 */
export type Handler<K extends ApiName> = (
  request: ApiTypes[K]['request'],
  context: RequestContext,
) => ApiTypes[K]['response'] | undefined | Promise<ApiTypes[K]['response'] | undefined>;

export type Handlers = { readonly [K in ApiName]?: Handler<K> };
