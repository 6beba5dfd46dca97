/** SaslHandshake and SaslAuthenticate, and the users they check. */
import type { Broker } from '../broker.ts';
import type { Handler } from '../handler.ts';
import { Operation } from '../security/acl-rules.ts';
import type { Logins } from '../security/logins.ts';
import { keyOfSaltedPassword, leastIterations, mostIterations } from '../security/scram.ts';
import { isScramMechanism, mechanismOf, scramMechanisms } from '../security/scram-mechanisms.ts';
import { noBytes } from '../protocol/wire.ts';
import { ErrorCode } from '../../shared/error-code.ts';

export function saslHandshake(logins: Logins): Handler<'saslHandshake'> {
  return (request, context) => {
    const error = logins.begin(context.connectionId, request.mechanism, context.version);
    if (error === ErrorCode.illegalSaslState) context.closeAfterAnswer();
    return { error, mechanisms: [...logins.mechanisms] };
  };
}

export function saslAuthenticate(broker: Broker, logins: Logins): Handler<'saslAuthenticate'> {
  return async (request, context) => {
    const step = logins.step(context.connectionId, request.auth);
    const answer = (error: ErrorCode, message: string | null, auth: Uint8Array = noBytes) => {
      return { error, message, auth, sessionLifetimeMs: 0 };
    };
    if (step === undefined) {
      context.closeAfterAnswer();
      return answer(ErrorCode.illegalSaslState, 'no login has begun');
    }
    if (step.kind !== 'refused') {
      return {
        ...answer(ErrorCode.none, null, step.token),
        sessionLifetimeMs: step.lifetimeMs ?? 0,
      };
    }
    broker.metrics.failedAuthentications++;
    context.closeAfterAnswer();
    // Guessing shall take time.
    const delayMs = broker.config.number('connection.failed.authentication.delay.ms');
    await new Promise<void>((resolve) => {
      broker.env.timers.after(delayMs, resolve);
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return answer(ErrorCode.saslAuthenticationFailed, step.reason);
  };
}

export function describeUserScramCredentials(
  broker: Broker,
): Handler<'describeUserScramCredentials'> {
  return (request, context) => {
    if (!broker.authorizer.allowsCluster(context, Operation.describe)) {
      const error = ErrorCode.clusterAuthorizationFailed;
      return { throttleMs: 0, error, message: null, results: [] };
    }
    const asked = request.users?.map(({ name }) => name) ?? [];
    const users = asked.length > 0 ? asked : broker.users.names;
    const results = users.map((user) => {
      const keys = broker.users.keys(user);
      const isTwice = asked.filter((name) => name === user).length > 1;
      const error = isTwice
        ? ErrorCode.duplicateResource
        : keys === undefined
          ? ErrorCode.resourceNotFound
          : ErrorCode.none;
      const infos = Object.entries(isTwice ? {} : (keys ?? {})).flatMap(([name, { iterations }]) =>
        isScramMechanism(name) ? [{ mechanism: scramMechanisms[name], iterations }] : [],
      );
      const message = error === ErrorCode.none ? null : `user ${user}`;
      return { user, error, message, infos };
    });
    return { throttleMs: 0, error: ErrorCode.none, message: null, results };
  };
}

export function alterUserScramCredentials(broker: Broker): Handler<'alterUserScramCredentials'> {
  return (request, context) => {
    const results = new Map<string, { user: string; error: ErrorCode; message: string | null }>();
    const tell = (user: string, error: ErrorCode, message: string | null = null): void => {
      const before = results.get(user);
      if (before === undefined || before.error === ErrorCode.none) {
        results.set(user, { user, error, message });
      }
    };
    const isAllowed = broker.authorizer.allowsCluster(context, Operation.alter);
    for (const { name, mechanism } of request.deletions) {
      const known = mechanismOf(mechanism);
      if (!isAllowed) tell(name, ErrorCode.clusterAuthorizationFailed);
      else if (known === undefined) tell(name, ErrorCode.unsupportedSaslMechanism);
      else if (!broker.users.remove(name, known)) tell(name, ErrorCode.resourceNotFound);
      else tell(name, ErrorCode.none);
    }
    for (const upsert of request.upserts) {
      const { name, mechanism, iterations, salt, saltedPassword } = upsert;
      const known = mechanismOf(mechanism);
      if (!isAllowed) tell(name, ErrorCode.clusterAuthorizationFailed);
      else if (known === undefined) tell(name, ErrorCode.unsupportedSaslMechanism);
      else if (name === '') tell(name, ErrorCode.unacceptableCredential, 'a user needs a name');
      else if (iterations < leastIterations || iterations > mostIterations) {
        tell(name, ErrorCode.unacceptableCredential, `iterations ${iterations}`);
      } else {
        broker.users.set(
          name,
          known,
          keyOfSaltedPassword(known, saltedPassword, { salt, iterations }),
        );
        tell(name, ErrorCode.none);
      }
    }
    return { throttleMs: 0, results: [...results.values()] };
  };
}
