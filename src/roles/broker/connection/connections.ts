/**
 * All connections of a broker: how many there may be, which rest too long, which do not keep up,
 * and how they end together.
 */
import type { Env } from '../../../env/index.ts';
import type { Peer } from '../../transport/index.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import type { Metrics } from '../metrics.ts';
import type { Gate } from '../request-context.ts';
import type { Logins } from '../security/logins.ts';
import { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { RequestMemory } from './memory-budget.ts';

export interface ConnectionsParts {
  readonly env: Env;
  readonly config: BrokerConfig;
  readonly dispatcher: Dispatcher;
  readonly metrics: Metrics;
  readonly logins: Logins;
}

const watchEveryMs = 1000;
/** How long answers may take to leave when the broker stops. */
const goodbyeMs = 2000;

export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #open = new Map<number, Connection>();
  readonly #byAddress = new Map<string, number>();
  readonly #budget: RequestMemory;
  #nextId = 1;
  #isClosing = false;
  #cancelWatch: () => void;
  #whenEmpty: (() => void) | undefined;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    this.#budget = new RequestMemory(parts.config.number('queued.max.request.bytes'));
    this.#cancelWatch = parts.env.timers.after(watchEveryMs, () => this.#watch());
  }

  get count(): number {
    return this.#open.size;
  }

  accept(peer: Peer, gate: Gate): void {
    const { env, config, dispatcher, metrics, logins } = this.#parts;
    const ofAddress = this.#byAddress.get(peer.address) ?? 0;
    const isFull =
      this.#isClosing ||
      this.#open.size >= config.number('max.connections') ||
      ofAddress >= config.number('max.connections.per.ip');
    if (isFull) {
      metrics.connectionsRefused++;
      peer.stream.on('error', () => undefined);
      peer.stream.destroy();
      return;
    }
    const id = this.#nextId++;
    this.#byAddress.set(peer.address, ofAddress + 1);
    metrics.connectionsOpened++;
    metrics.openConnections++;
    logins.opened(id, peer, gate);
    const connection = new Connection({
      id,
      peer,
      gate,
      dispatcher,
      clock: env.clock,
      timers: env.timers,
      metrics,
      maxQueuedBytes: config.number('varve.connection.max.queued.bytes'),
      budget: this.#budget,
      onClose: (reason, detail) => this.#closed(connection, reason, detail),
    });
    this.#open.set(id, connection);
  }

  /** Lets answers leave, then closes all. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#cancelWatch();
    if (this.#open.size === 0) return;
    const { timers } = this.#parts.env;
    // Whoever waited was told to answer: that takes a turn.
    await timers.turn();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = timers.after(goodbyeMs, resolve);
      this.#whenEmpty = () => {
        cancel();
        resolve();
      };
      for (const connection of this.#open.values()) connection.end();
    });
    for (const connection of this.#open.values()) connection.close('broker stops');
  }

  #closed(connection: Connection, reason: string, detail: string | undefined): void {
    const { env, metrics, logins } = this.#parts;
    const { address } = connection.peer;
    this.#open.delete(connection.id);
    metrics.openConnections--;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
    logins.closed(connection.id);
    const level = reason === 'failed' ? 'error' : reason === 'malformed request' ? 'warn' : 'debug';
    env.logger.log(level, 'connection closed', { client: address, reason, detail });
    if (this.#open.size === 0) this.#whenEmpty?.();
  }

  /** Cuts off who rests too long or does not take what it asked for. */
  #watch(): void {
    const { env, config, metrics } = this.#parts;
    const nowMs = env.clock.now();
    const maxIdleMs = config.number('connections.max.idle.ms');
    const slowMs = config.number('varve.slow.client.ms');
    for (const connection of this.#open.values()) {
      connection.watch(nowMs);
      if (nowMs - (connection.stuckSinceMs ?? nowMs) > slowMs) {
        metrics.slowClientsClosed++;
        connection.close('too slow');
      } else if (connection.isIdle && nowMs - connection.lastActiveMs > maxIdleMs) {
        connection.close('idle');
      }
    }
    this.#cancelWatch = env.timers.after(watchEveryMs, () => this.#watch());
  }
}
