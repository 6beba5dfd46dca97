/** The doors of a broker: where it listens, what is spoken there, where their clients are sent. */
import type { Logger } from '../../../env/index.ts';
import {
  listenTcp,
  type Listener,
  type Peer,
  type TlsServerOptions,
} from '../../transport/index.ts';
import type { Endpoint, Gate } from '../request-context.ts';

export interface ListenerInput {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Where clients are sent, when that is not where it listens. */
  readonly advertised?: Endpoint;
  readonly tls?: TlsServerOptions;
  /** Whether clients have to log in here. Default: yes, if the broker has logins at all. */
  readonly login?: boolean;
}

export interface ListenersParts {
  readonly logger: Logger;
  readonly accept: (peer: Peer, gate: Gate) => void;
}

/** All of them or none. */
export async function openListeners(
  inputs: readonly ListenerInput[],
  parts: ListenersParts,
): Promise<Listener[]> {
  const open: Listener[] = [];
  try {
    for (const input of inputs) open.push(await openListener(input, parts));
    return open;
  } catch (error) {
    await Promise.all(open.map((listener) => listener.close()));
    throw error;
  }
}

async function openListener(
  input: ListenerInput,
  { logger, accept }: ListenersParts,
): Promise<Listener> {
  const { host = '127.0.0.1', port = 0, advertised, tls, login = true } = input;
  let endpoint = advertised ?? { host, port };
  const gate: Gate = {
    needsLogin: login,
    get endpoint() {
      return endpoint;
    },
  };
  const onHandshakeError = (error: Error): void => {
    logger.log('info', 'a TLS handshake failed', { error: error.message });
  };
  const options = { host, port, onHandshakeError, ...(tls === undefined ? {} : { tls }) };
  const listener = await listenTcp(options, (peer) => accept(peer, gate));
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  endpoint = advertised ?? { host: name, port: listener.port };
  return listener;
}
