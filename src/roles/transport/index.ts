/** Door of the transport: how roles and clients reach each other. */
export {
  connectTcp,
  listenTcp,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Peer,
  type TlsServerOptions,
} from './tcp.ts';
