/** Where `varve kafka serve` listens: one address, or a list in the manner of Kafka. */
import { nodeFileSystem } from '../../../native-free-io/index.ts';
import type { KafkaServerOptions, ListenerInput } from '../../roles/broker/index.ts';
import { wholeNumber } from '../arguments.ts';
import { UsageError, type Invocation } from '../command.ts';
import { parseAddress } from './shared.ts';

type Listening = Pick<KafkaServerOptions, 'host' | 'port' | 'tls' | 'login' | 'listeners'>;
type Tls = NonNullable<ListenerInput['tls']>;

export function listenersOf(invocation: Invocation): Listening {
  const { flags } = invocation;
  const { host, listeners } = flags;
  const tls = tlsOf(flags['tls-key'], flags['tls-cert']);
  if (listeners === undefined) {
    return {
      port: wholeNumber(invocation, 'port', { fallback: 9092, max: 65_535 }),
      ...(host === undefined ? {} : { host: String(host) }),
      ...(tls === undefined ? {} : { tls }),
    };
  }
  if (host !== undefined || flags['port'] !== undefined) {
    throw new UsageError('--listeners stands instead of --host and --port');
  }
  const [first, ...others] = String(listeners)
    .split(',')
    .map((text) => parseListener(text.trim(), tls, flags['users'] !== undefined));
  return { ...first, listeners: others };
}

function parseListener(text: string, tls: Tls | undefined, hasUsers: boolean): ListenerInput {
  const found = /^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL):\/\/(.*)$/.exec(text);
  if (found === null) throw new UsageError(`--listeners: expected KIND://HOST:PORT, got '${text}'`);
  const kind = found[1]!;
  const login = kind.startsWith('SASL');
  if (login && !hasUsers) throw new UsageError(`${kind} needs --users`);
  const address = { ...parseAddress(found[2]!, '--listeners'), login };
  if (!kind.endsWith('SSL')) return address;
  if (tls === undefined) throw new UsageError(`${kind} needs --tls-key and --tls-cert`);
  return { ...address, tls };
}

function tlsOf(
  key: string | boolean | undefined,
  cert: string | boolean | undefined,
): Tls | undefined {
  if (key === undefined && cert === undefined) return undefined;
  if (key === undefined || cert === undefined) {
    throw new UsageError('--tls-key and --tls-cert belong together');
  }
  return { key: readBytes(String(key)), cert: readBytes(String(cert)) };
}

function readBytes(path: string): Uint8Array {
  const file = nodeFileSystem.openSync(path, 'read');
  try {
    const bytes = new Uint8Array(nodeFileSystem.statSync(path)?.size ?? 0);
    file.readSync(bytes, 0, bytes.length, 0);
    return bytes;
  } finally {
    file.closeSync();
  }
}
