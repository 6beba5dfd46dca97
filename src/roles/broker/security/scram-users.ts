/**
 * Users of SCRAM and PLAIN: keys derived from passwords. Those given when the broker starts live as
 * long as it runs; those made through the admin API are kept in its state.
 */
import type { Random } from '../../../env/index.ts';
import type { BrokerState, StoredScramKey } from '../topics/broker-state.ts';
import { scramNames, type ScramMechanism } from './scram-mechanisms.ts';
import { isPassword, keyOfPassword, leastIterations } from './scram.ts';

type Keys = Readonly<Record<string, StoredScramKey>>;

export class ScramUsers {
  readonly #state: BrokerState;
  readonly #given = new Map<string, Keys>();

  constructor(state: BrokerState, given: Readonly<Record<string, string>>, random: Random) {
    this.#state = state;
    for (const [user, password] of Object.entries(given)) {
      const how = { salt: random.uuid(), iterations: leastIterations };
      const keys = scramNames.map((name) => [name, keyOfPassword(name, password, how)] as const);
      this.#given.set(user, Object.fromEntries(keys));
    }
  }

  get names(): string[] {
    return [...new Set([...this.#given.keys(), ...Object.keys(this.#state.content.scram)])];
  }

  keys(user: string): Keys | undefined {
    const { scram } = this.#state.content;
    const stored = Object.hasOwn(scram, user) ? scram[user] : undefined;
    const given = this.#given.get(user);
    return stored === undefined && given === undefined ? undefined : { ...given, ...stored };
  }
  key(user: string, mechanism: ScramMechanism): StoredScramKey | undefined {
    return this.keys(user)?.[mechanism];
  }
  isPassword(user: string, password: string): boolean {
    for (const name of scramNames) {
      const key = this.key(user, name);
      if (key !== undefined) return isPassword(name, key, password);
    }
    return false;
  }

  set(user: string, mechanism: ScramMechanism, key: StoredScramKey): void {
    const { scram } = this.#state.content;
    const stored = Object.hasOwn(scram, user) ? scram[user] : undefined;
    this.#state.change({ scram: { ...scram, [user]: { ...stored, [mechanism]: key } } });
  }

  /** False when there was none. */
  remove(user: string, mechanism: ScramMechanism): boolean {
    const { scram } = this.#state.content;
    const keys = Object.hasOwn(scram, user) ? scram[user]! : {};
    if (keys[mechanism] === undefined) return false;
    const { [mechanism]: _gone, ...left } = keys;
    const { [user]: _user, ...others } = scram;
    const next = Object.keys(left).length > 0 ? { ...others, [user]: left } : others;
    this.#state.change({ scram: next });
    return true;
  }
}
