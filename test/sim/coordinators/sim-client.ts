/**
 * A client in the simulated world: asks over one connection at a time, gives up after a while and
 * connects anew, as clients do. A dead client hears nothing and says nothing.
 */
import { Connection, type Faults } from '../network.ts';
import type { World } from '../world.ts';
import type { SimBroker, SimRequest } from './sim-broker.ts';

const patienceMs = 600;

export class SimClient {
  readonly world: World;
  readonly id: string;
  isDead = false;
  readonly #broker: SimBroker;
  readonly #faults: () => Faults;
  #connection: Connection;

  constructor(world: World, broker: SimBroker, options: { id: string; faults: () => Faults }) {
    this.world = world;
    this.#broker = broker;
    this.id = options.id;
    this.#faults = options.faults;
    this.#connection = new Connection(world, options.faults);
  }

  /** The answer; undefined when none came in time. */
  call<Response>(
    api: SimRequest['api'],
    version: number,
    body: unknown,
  ): Promise<Response | undefined> {
    const connection = this.#connection;
    const request: SimRequest = { api, version, clientId: this.id, body };
    return new Promise((resolve) => {
      const settle = (response: Response | undefined): void => {
        cancel();
        if (!this.isDead) resolve(response);
      };
      const cancel = this.world.after(patienceMs, () => {
        connection.cut();
        this.#connection = new Connection(this.world, this.#faults);
        settle(undefined);
      });
      connection.send('there', () => {
        this.#broker.receive(request, (response) => {
          connection.send('back', () => settle(response as Response));
        });
      });
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.after(ms, () => {
        if (!this.isDead) resolve();
      });
    });
  }
}
