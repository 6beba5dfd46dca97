/** Users of SCRAM and PLAIN: keys derived from passwords, kept in the broker's state. */
import type { BrokerState, StoredScramKey } from '../topics/broker-state.ts';

export const scramMechanisms = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;
export type ScramMechanism = keyof typeof scramMechanisms;

export class ScramUsers {
  readonly #state: BrokerState;

  constructor(state: BrokerState) {
    this.#state = state;
  }

  get names(): string[] {
    return Object.keys(this.#state.content.scram);
  }

  key(user: string, mechanism: ScramMechanism): StoredScramKey | undefined {
    const users = this.#state.content.scram;
    return Object.hasOwn(users, user) ? users[user]![mechanism] : undefined;
  }

  keys(user: string): Readonly<Record<string, StoredScramKey>> | undefined {
    const users = this.#state.content.scram;
    return Object.hasOwn(users, user) ? users[user] : undefined;
  }

  set(user: string, mechanism: ScramMechanism, key: StoredScramKey): void {
    const users = this.#state.content.scram;
    this.#state.change({ scram: { ...users, [user]: { ...this.keys(user), [mechanism]: key } } });
  }

  /** False when there was none. */
  remove(user: string, mechanism: ScramMechanism): boolean {
    const keys = this.keys(user);
    if (keys?.[mechanism] === undefined) return false;
    const { [mechanism]: _gone, ...left } = keys;
    const { [user]: _user, ...others } = this.#state.content.scram;
    const scram = Object.keys(left).length > 0 ? { ...others, [user]: left } : others;
    this.#state.change({ scram });
    return true;
  }
}
