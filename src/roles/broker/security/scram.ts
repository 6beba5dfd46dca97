/**
 * SCRAM (RFC 5802) from the server's side, without channel binding.
 *
 *    n,,n=user,r=cnonce  ->  r=cnonce+snonce,s=salt,i=iterations
 *    c=biws,r=…,p=proof  ->  v=signature
 *
 * Of a password only derived keys are kept. A user that does not exist takes as many messages to be
 * refused as one with a wrong password.
 */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import type { StoredScramKey } from '../topics/broker-state.ts';
import type { ScramMechanism } from './scram-mechanisms.ts';

export const leastIterations = 4096;
export const mostIterations = 16_384;

const hashes: Readonly<Record<ScramMechanism, { name: string; bytes: number }>> = {
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { name: 'sha512', bytes: 64 },
};

/** The keys of a password. */
export function keyOfPassword(
  mechanism: ScramMechanism,
  password: string,
  { salt, iterations }: { readonly salt: Uint8Array; readonly iterations: number },
): StoredScramKey {
  const { name, bytes } = hashes[mechanism];
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, bytes, name);
  return keyOfSaltedPassword(mechanism, salted, { salt, iterations });
}

/** The keys of what a client salted itself, as the admin API sends it. */
export function keyOfSaltedPassword(
  mechanism: ScramMechanism,
  salted: Uint8Array,
  { salt, iterations }: { readonly salt: Uint8Array; readonly iterations: number },
): StoredScramKey {
  const { name } = hashes[mechanism];
  const clientKey = createHmac(name, salted).update('Client Key').digest();
  return {
    iterations,
    salt: Buffer.from(salt).toString('base64'),
    storedKey: createHash(name).update(clientKey).digest('base64'),
    serverKey: createHmac(name, salted).update('Server Key').digest('base64'),
  };
}

export function isPassword(
  mechanism: ScramMechanism,
  key: StoredScramKey,
  password: string,
): boolean {
  const salt = Buffer.from(key.salt, 'base64');
  const found = keyOfPassword(mechanism, password, { salt, iterations: key.iterations });
  return timingSafeEqual(
    Buffer.from(found.storedKey, 'base64'),
    Buffer.from(key.storedKey, 'base64'),
  );
}

/** What a step of an exchange gives. */
export type SaslStep =
  | { readonly kind: 'more'; readonly token: Uint8Array }
  | { readonly kind: 'done'; readonly token: Uint8Array; readonly user: string }
  | { readonly kind: 'refused'; readonly reason: string };

const refused: SaslStep = { kind: 'refused', reason: 'Authentication failed' };

export interface SaslExchange {
  step(token: Uint8Array): SaslStep;
}

export class ScramExchange implements SaslExchange {
  readonly #mechanism: ScramMechanism;
  readonly #keyOf: (user: string) => StoredScramKey | undefined;
  readonly #serverNonce: string;
  #user = '';
  #key: StoredScramKey | undefined;
  #clientFirst = '';
  #serverFirst = '';

  /** `nonce` is random. */
  constructor(
    mechanism: ScramMechanism,
    keyOf: (user: string) => StoredScramKey | undefined,
    nonce: Uint8Array,
  ) {
    this.#mechanism = mechanism;
    this.#keyOf = keyOf;
    this.#serverNonce = Buffer.from(nonce).toString('base64url');
  }

  step(token: Uint8Array): SaslStep {
    const text = new TextDecoder().decode(token);
    return this.#serverFirst === '' ? this.#first(text) : this.#final(text);
  }

  #first(text: string): SaslStep {
    const found = /^[ny],(?:a=[^,]*)?,(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(text);
    if (found === null) return refused;
    this.#clientFirst = found[1]!;
    this.#user = found[2]!.replaceAll('=2C', ',').replaceAll('=3D', '=');
    this.#key = this.#keyOf(this.#user);
    const nonce = found[3]! + this.#serverNonce;
    const salt = this.#key?.salt ?? Buffer.from(this.#serverNonce).toString('base64');
    this.#serverFirst = `r=${nonce},s=${salt},i=${this.#key?.iterations ?? leastIterations}`;
    return { kind: 'more', token: new TextEncoder().encode(this.#serverFirst) };
  }

  #final(text: string): SaslStep {
    const found = /^(c=([^,]*),r=([^,]*)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/.exec(text);
    const key = this.#key;
    if (found === null || key === undefined) return refused;
    const nonce = /^r=([^,]*)/.exec(this.#serverFirst)![1]!;
    // As Apache does: librdkafka before 2.7 puts its own nonce in front once more.
    if (!found[3]!.endsWith(nonce)) return refused;
    const { name } = hashes[this.#mechanism];
    const message = `${this.#clientFirst},${this.#serverFirst},${found[1]!}`;
    const storedKey = Buffer.from(key.storedKey, 'base64');
    const signature = createHmac(name, storedKey).update(message).digest();
    const proof = Buffer.from(found[4]!, 'base64');
    if (proof.length !== signature.length) return refused;
    const clientKey = proof.map((byte, index) => byte ^ signature[index]!);
    if (!timingSafeEqual(createHash(name).update(clientKey).digest(), storedKey)) return refused;
    const serverKey = Buffer.from(key.serverKey, 'base64');
    const verifier = createHmac(name, serverKey).update(message).digest('base64');
    return { kind: 'done', token: new TextEncoder().encode(`v=${verifier}`), user: this.#user };
  }
}

/** PLAIN (RFC 4616): `[authzid] NUL user NUL password`. */
export class PlainExchange implements SaslExchange {
  readonly #isRight: (user: string, password: string) => boolean;

  constructor(isRight: (user: string, password: string) => boolean) {
    this.#isRight = isRight;
  }

  step(token: Uint8Array): SaslStep {
    const [authorizedAs, user, password, ...rest] = new TextDecoder().decode(token).split('\0');
    const isFormed = user !== undefined && user !== '' && password !== undefined;
    if (!isFormed || rest.length > 0) return refused;
    if (authorizedAs !== '' && authorizedAs !== user) return refused;
    if (!this.#isRight(user, password)) {
      return { kind: 'refused', reason: 'Authentication failed: Invalid username or password' };
    }
    return { kind: 'done', token: new Uint8Array(0), user };
  }
}
