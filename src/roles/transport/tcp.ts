/**
 * TCP and TLS, wrapped: the only room that knows node:net and node:tls.
 *
 * What arrives is a stream of bytes with the address of the other side. Small writes are sent at
 * once (no Nagle); a half-closed connection is closed.
 */
import { createServer, connect as connectPlain, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecure, createServer as createSecureServer, TLSSocket } from 'node:tls';
import { IoError } from '../../../native-free-io/index.ts';
import { subjectName } from './distinguished-name.ts';
import { readInto } from './read-into.ts';

/** Certificates as PEM text. */
export interface TlsServerOptions {
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
  /** Signs the clients that are let in; with it, a client certificate is asked for. */
  readonly ca?: string | Uint8Array;
  /** Refuse clients without a certificate. Default false. */
  readonly requireClientCertificate?: boolean;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls?: TlsServerOptions;
  /** Told when a connection fails before it is one (TLS handshakes). */
  readonly onHandshakeError?: (error: Error) => void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections; those that exist stay. */
  close(): Promise<void>;
}

/** The other side of a connection. */
export interface Peer {
  /** To be written to and watched; what arrives comes by `onBytes` or by events, not by both. */
  readonly stream: Duplex;
  /** Hands over what arrives. A chunk is valid until `take` returns: the next one overwrites it. */
  readonly onBytes: (take: (chunk: Uint8Array) => void) => void;
  readonly address: string;
  readonly port: number;
  /** Distinguished name of a verified client certificate. */
  readonly certificateName: string | undefined;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** TLS; `ca` for certificates that the system does not know. */
  readonly tls?: { readonly ca?: string | Uint8Array; readonly serverName?: string };
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

/** Of all accepted sockets: what was read is taken before the next one reads. */
const readBuffer: Buffer = Buffer.allocUnsafeSlow(128 << 10);

export async function listenTcp(
  options: ListenOptions,
  onPeer: (peer: Peer) => void,
): Promise<Listener> {
  const server = makeServer(options, onPeer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
    server.listen({ host: options.host, port: options.port, backlog: 1024 }, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    host: options.host,
    port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function makeServer(options: ListenOptions, onPeer: (peer: Peer) => void): Server {
  const { tls } = options;
  if (tls === undefined) {
    return createServer({ noDelay: true }, (socket) => onPeer(peerOf(socket, undefined)));
  }
  const server = createSecureServer(
    {
      key: asPem(tls.key),
      cert: asPem(tls.cert),
      ...(tls.ca === undefined ? {} : { ca: asPem(tls.ca), requestCert: true }),
      rejectUnauthorized: tls.requireClientCertificate ?? false,
    },
    (socket) => {
      socket.setNoDelay(true);
      onPeer(peerOf(socket, certificateName(socket)));
    },
  );
  server.on('tlsClientError', (error) => options.onHandshakeError?.(error));
  return server;
}

function peerOf(socket: Socket, name: string | undefined): Peer {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const onBytes = (take: (chunk: Uint8Array) => void): void => {
    const isReading =
      !(socket instanceof TLSSocket) &&
      readInto(socket, readBuffer, (length) => take(readBuffer.subarray(0, length)));
    if (!isReading) socket.on('data', take);
  };
  return { stream: socket, onBytes, address, port: socket.remotePort ?? 0, certificateName: name };
}

function certificateName(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : subjectName(certificate.raw);
}

/** A connection to a listener; IoError when there is none. */
export function connectTcp(options: ConnectOptions): Promise<Peer> {
  const { host, port, tls } = options;
  return new Promise((resolve, reject) => {
    const socket =
      tls === undefined
        ? connectPlain({ host, port, noDelay: true })
        : connectSecure({
            host,
            port,
            ...(tls.ca === undefined ? {} : { ca: asPem(tls.ca) }),
            ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
          });
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy();
      const message = `no connection to ${host}:${port}: ${reason}`;
      reject(new IoError('IO_FAILED', message, { cause, retryable: true }));
    };
    socket.setTimeout(options.timeoutMs ?? 10_000, () => fail('timed out'));
    socket.once('error', (error) => fail(error.message, error));
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      const onBytes: Peer['onBytes'] = (take) => void socket.on('data', take);
      resolve({ stream: socket, onBytes, address: host, port, certificateName: undefined });
    });
  });
}

function listenError(error: NodeJS.ErrnoException, { host, port }: ListenOptions): IoError {
  const isTaken = error.code === 'EADDRINUSE';
  const reason = isTaken ? 'another program uses that port' : error.message;
  return new IoError('IO_FAILED', `cannot listen on ${host}:${port}: ${reason}`, {
    cause: error,
    context: { errno: error.code },
  });
}

function asPem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text);
}
