/** `varve kafka serve`: a broker until Ctrl-C. */
import type { Logger } from '../../env/index.ts';
import { KafkaServer, type KafkaServerOptions, type TopicInput } from '../../roles/broker/index.ts';
import { wholeNumber } from '../arguments.ts';
import { exitCode, UsageError, type CliIo, type Command, type Invocation } from '../command.ts';
import { plural } from '../progress.ts';
import { listenersOf } from './listeners.ts';
import { parseAddress, parseSettings } from './shared.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: "Serve Kafka's clients from a log directory until Ctrl-C.",
  usage: '',
  arity: [0, 0],
  details: `
Without --dir the broker is temporary: what it stored goes when it stops. A directory that a
broker of Apache Kafka left can be served, and the other way round; never by both at once.`,
  options: {
    dir: { type: 'string', value: 'DIR', help: 'log directory, made if missing' },
    port: { type: 'string', value: 'N', help: 'default 9092; 0 for any free one' },
    host: { type: 'string', value: 'ADDRESS', help: 'to listen on (default 127.0.0.1)' },
    listeners: {
      type: 'string',
      value: 'KIND://HOST:PORT,…',
      help: 'instead of --host and --port; kinds as Kafka has them',
    },
    advertised: {
      type: 'string',
      value: 'HOST:PORT',
      help: 'where clients are sent, if that is elsewhere',
    },
    topics: {
      type: 'string',
      value: 'NAME[:N],…',
      help: 'topics that shall exist, with partitions',
    },
    config: { type: 'string', value: 'K=V,…', help: "settings of a broker under Kafka's names" },
    users: { type: 'string', value: 'NAME:PASSWORD,…', help: 'who may log in; then all have to' },
    'tls-key': { type: 'string', value: 'FILE', help: 'private key, PEM; with --tls-cert' },
    'tls-cert': { type: 'string', value: 'FILE', help: 'certificate, PEM' },
    'metrics-port': { type: 'string', value: 'N', help: 'serve /metrics for Prometheus there' },
    json: { type: 'boolean', help: 'log as JSON, one object per line' },
    verbose: { type: 'boolean', help: 'log what is normal, too' },
  },
  run: serve,
};

async function serve(invocation: Invocation): Promise<0> {
  const { io, flags } = invocation;
  const isJson = flags['json'] === true;
  const server = await KafkaServer.start(serverOptions(invocation));
  try {
    const line = isJson
      ? JSON.stringify({
          event: 'serving',
          bootstrap: server.bootstrap,
          ports: server.ports,
          dir: server.dir,
          topics: server.topics.length,
          metricsPort: server.metricsPort ?? null,
        })
      : `serving Kafka clients at ${server.bootstrap} from ${server.dir} ` +
        `(${plural(server.topics.length, 'topic')}${metricsNote(server)}); Ctrl-C stops`;
    await io.write(`${line}\n`);
    await stopped(io);
  } finally {
    await server.close();
  }
  await io.write(isJson ? `${JSON.stringify({ event: 'stopped' })}\n` : 'stopped\n');
  return exitCode.fine;
}

function metricsNote({ metricsPort, host }: KafkaServer): string {
  return metricsPort === undefined ? '' : `, metrics at http://${host}:${metricsPort}/metrics`;
}

function stopped({ signal }: CliIo): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function serverOptions(invocation: Invocation): KafkaServerOptions {
  const { flags, io } = invocation;
  const { dir, advertised } = flags;
  return {
    ...listenersOf(invocation),
    topics: parseTopics(flags['topics']),
    config: parseSettings(flags['config']),
    env: { logger: lineLogger(io, flags['json'] === true, flags['verbose'] === true) },
    ...(dir === undefined ? {} : { dir: String(dir) }),
    ...(advertised === undefined
      ? {}
      : { advertised: parseAddress(String(advertised), '--advertised') }),
    ...(flags['users'] === undefined ? {} : { sasl: { users: parseUsers(flags['users']) } }),
    ...(flags['metrics-port'] === undefined
      ? {}
      : { metricsPort: wholeNumber(invocation, 'metrics-port', { fallback: 0, max: 65_535 }) }),
  };
}

function parseTopics(flag: string | boolean | undefined): Record<string, TopicInput> {
  if (flag === undefined) return {};
  return Object.fromEntries(
    String(flag)
      .split(',')
      .map((text) => {
        const found = /^([^:]+)(?::(\d+))?$/.exec(text.trim());
        if (found === null)
          throw new UsageError(`--topics: expected NAME or NAME:N, got '${text}'`);
        return [found[1]!, found[2] === undefined ? {} : { partitions: Number(found[2]) }];
      }),
  );
}

function parseUsers(flag: string | boolean): Record<string, string> {
  return Object.fromEntries(
    String(flag)
      .split(',')
      .map((text) => {
        const at = text.indexOf(':');
        if (at < 1) throw new UsageError(`--users: expected NAME:PASSWORD, got '${text}'`);
        return [text.slice(0, at), text.slice(at + 1)];
      }),
  );
}

function lineLogger(io: CliIo, isJson: boolean, isVerbose: boolean): Logger {
  return {
    log(level, message, fields) {
      if (level === 'debug' && !isVerbose) return;
      // The start line says it.
      if (message === 'serving') return;
      const time = new Date().toISOString();
      if (isJson) io.writeError(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      else {
        const rest = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${String(value)}`);
        io.writeError(`${time} ${level} ${message}${rest.join('')}\n`);
      }
    },
  };
}
