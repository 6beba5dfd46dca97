/**
 * Who each connection is, and how far its login has come.
 *
 *    start -> handshake -> exchange -> open        again from open when a login has to be renewed
 *
 * Without mechanisms, and at listeners without logins, everybody is open from the start: ANONYMOUS,
 * or the name in the certificate.
 *
 * Upstream: apache/kafka: clients/.../security/authenticator/SaslServerAuthenticator.java;
 *           behaviour kept, code our own.
 */
import type { Env } from '../../../env/index.ts';
import type { Peer } from '../../transport/index.ts';
import { ErrorCode } from '../../shared/error-code.ts';
import type { BrokerConfig } from '../config/broker-config.ts';
import type { ApiName } from '../protocol/generated/apis.ts';
import { CloseConnection, type Gate } from '../request-context.ts';
import { anonymous, type Principal } from './authorizer.ts';
import { PlainExchange, ScramExchange, type SaslExchange, type SaslStep } from './scram.ts';
import { isScramMechanism } from './scram-mechanisms.ts';
import type { ScramUsers } from './scram-users.ts';

export const knownMechanisms: readonly string[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

const loginApis: ReadonlySet<ApiName> = new Set([
  'apiVersions',
  'saslHandshake',
  'saslAuthenticate',
]);

class Login {
  principal: Principal;
  isOpen: boolean;
  /** False where its listener knows no logins. */
  readonly isNeeded: boolean;
  /** Tokens come without headers: the handshake was of version 0. */
  isRaw = false;
  exchange: SaslExchange | undefined;
  mechanism = '';
  expiresMs = Infinity;

  constructor(principal: Principal, isNeeded: boolean) {
    this.principal = principal;
    this.isNeeded = isNeeded;
    this.isOpen = !isNeeded;
  }
}

export interface LoginsParts {
  readonly env: Env;
  readonly config: BrokerConfig;
  readonly users: ScramUsers;
  /** None: nobody has to log in. */
  readonly mechanisms: readonly string[];
}

export class Logins {
  readonly mechanisms: readonly string[];
  readonly #parts: LoginsParts;
  readonly #byConnection = new Map<number, Login>();

  constructor(parts: LoginsParts) {
    this.#parts = parts;
    this.mechanisms = parts.mechanisms;
  }

  opened(connectionId: number, peer: Peer, { needsLogin }: Gate): void {
    const name = peer.certificateName;
    const principal = name === undefined ? anonymous : { type: 'User', name };
    const login = new Login(principal, needsLogin && this.mechanisms.length > 0);
    this.#byConnection.set(connectionId, login);
  }
  closed(connectionId: number): void {
    this.#byConnection.delete(connectionId);
  }

  principalOf(connectionId: number): Principal {
    return this.#byConnection.get(connectionId)?.principal ?? anonymous;
  }
  takesRawTokens(connectionId: number): boolean {
    return this.#byConnection.get(connectionId)?.isRaw ?? false;
  }
  /** Bytes of a frame: few before a login, many after. */
  frameLimit(connectionId: number): number {
    const isOpen = this.#byConnection.get(connectionId)?.isOpen ?? false;
    const name = isOpen ? 'socket.request.max.bytes' : 'sasl.server.max.receive.size';
    return this.#parts.config.number(name);
  }
  mayAsk(connectionId: number, api: ApiName): boolean {
    if (loginApis.has(api)) return true;
    const login = this.#byConnection.get(connectionId);
    if (login?.isOpen !== true) return false;
    return login.expiresMs === Infinity || this.#parts.env.clock.now() < login.expiresMs;
  }

  /** Begins a login; an error leaves the connection as it was. */
  begin(connectionId: number, mechanism: string, version: number): ErrorCode {
    const login = this.#byConnection.get(connectionId);
    if (login?.isNeeded !== true) return ErrorCode.illegalSaslState;
    if (!this.mechanisms.includes(mechanism)) return ErrorCode.unsupportedSaslMechanism;
    if (login.exchange !== undefined) return ErrorCode.illegalSaslState;
    if (login.isOpen && login.mechanism !== mechanism) return ErrorCode.illegalSaslState;
    login.mechanism = mechanism;
    login.exchange = this.#exchangeOf(mechanism);
    login.isRaw = version === 0;
    return ErrorCode.none;
  }

  /** A step of the login; undefined when none has begun. */
  step(connectionId: number, token: Uint8Array): (SaslStep & { lifetimeMs?: number }) | undefined {
    const login = this.#byConnection.get(connectionId);
    const exchange = login?.exchange;
    if (login === undefined || exchange === undefined) return undefined;
    const step = exchange.step(token);
    if (step.kind === 'more') return step;
    login.exchange = undefined;
    login.isRaw = false;
    if (step.kind === 'refused') return step;
    if (login.isOpen && login.principal.name !== step.user) {
      return { kind: 'refused', reason: 'Cannot change principals during re-authentication' };
    }
    login.principal = { type: 'User', name: step.user };
    login.isOpen = true;
    const lifetimeMs = this.#parts.config.number('connections.max.reauth.ms');
    if (lifetimeMs > 0) login.expiresMs = this.#parts.env.clock.now() + lifetimeMs;
    return { ...step, lifetimeMs };
  }

  /** A step whose token came without a header. */
  rawToken(connectionId: number, token: Uint8Array): Uint8Array {
    const step = this.step(connectionId, token);
    if (step !== undefined && step.kind !== 'refused') return step.token;
    throw new CloseConnection('the login failed');
  }

  #exchangeOf(mechanism: string): SaslExchange {
    const { users, env } = this.#parts;
    if (!isScramMechanism(mechanism)) {
      return new PlainExchange((user, password) => users.isPassword(user, password));
    }
    const nonce = Buffer.concat([env.random.uuid(), env.random.uuid()]);
    return new ScramExchange(mechanism, (user) => users.key(user, mechanism), nonce);
  }
}
