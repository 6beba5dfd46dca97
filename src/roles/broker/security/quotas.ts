/**
 * Rates per user and client, of bytes and of the time that requests take: what passes a limit is
 * answered with the time to wait, and the client is not listened to for that long.
 *
 * A rate is measured over eleven windows of a second. Of the limits that fit, the most exact
 * counts: user and client, user, client, each by name before the default of its kind.
 *
 * Upstream: apache/kafka: server/.../quota/ClientQuotaManager.scala; behaviour kept, code our own.
 */
import type { Clock } from '../../../env/index.ts';
import type { BrokerState, StoredQuota } from '../topics/broker-state.ts';

export type QuotaKind = 'producer_byte_rate' | 'consumer_byte_rate' | 'request_percentage';

export interface QuotaClient {
  readonly user: string;
  readonly clientId: string;
}

const windowMs = 1000;
const windowCount = 11;
const maxThrottleMs = windowMs * windowCount;

class Rate {
  readonly #sums = new Float64Array(windowCount);
  #window = -1;
  #firstMs: number;

  constructor(nowMs: number) {
    this.#firstMs = nowMs;
  }

  add(nowMs: number, amount: number): void {
    this.#turnTo(nowMs);
    this.#sums[this.#window % windowCount]! += amount;
  }

  /** Amount per second over the windows that have passed. */
  perSecond(nowMs: number): number {
    this.#turnTo(nowMs);
    const sum = this.#sums.reduce((total, value) => total + value, 0);
    return (sum * 1000) / this.spanMs(nowMs);
  }

  /** A young rate is measured as if most of the windows had been empty. */
  spanMs(nowMs: number): number {
    const full = (windowCount - 1) * windowMs + (nowMs % windowMs);
    return Math.max(full, Math.min(nowMs - this.#firstMs, maxThrottleMs));
  }

  #turnTo(nowMs: number): void {
    const window = Math.floor(nowMs / windowMs);
    if (this.#window < 0) this.#window = window;
    const steps = Math.min(window - this.#window, windowCount);
    for (let step = 1; step <= steps; step++) {
      this.#sums[(this.#window + step) % windowCount] = 0;
    }
    if (window > this.#window) this.#window = window;
  }
}

export class Quotas {
  readonly #state: BrokerState;
  readonly #clock: Clock;
  readonly #rates = new Map<string, Rate>();

  constructor(state: BrokerState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  get rules(): readonly StoredQuota[] {
    return this.#state.content.quotas;
  }
  replace(rules: readonly StoredQuota[]): void {
    this.#state.change({ quotas: rules });
    this.#rates.clear();
  }

  /** Somebody's time is limited: it has to be measured. */
  get limitsTime(): boolean {
    return this.rules.some(({ values }) => values['request_percentage'] !== undefined);
  }

  /** Counts the time of this one thread that a request took. Ms, as is the answer. */
  recordTime(who: QuotaClient, busyMs: number): number {
    // All of a second's time is a hundred per cent.
    return this.record('request_percentage', who, (busyMs / 1000) * 100);
  }

  /** Counts what a client used; milliseconds it has to wait, 0 mostly. */
  record(kind: QuotaKind, who: QuotaClient, amount: number): number {
    const rules = this.#state.content.quotas;
    if (rules.length === 0) return 0;
    const found = limitFor(rules, kind, who);
    if (found === undefined) return 0;
    const nowMs = this.#clock.now();
    const key = `${kind} ${found.scope}`;
    let rate = this.#rates.get(key);
    if (rate === undefined) {
      rate = new Rate(nowMs);
      this.#rates.set(key, rate);
    }
    rate.add(nowMs, amount);
    const observed = rate.perSecond(nowMs);
    if (observed <= found.limit) return 0;
    const waitMs = ((observed - found.limit) / found.limit) * rate.spanMs(nowMs);
    return Math.min(maxThrottleMs, Math.round(waitMs));
  }
}

/** The most exact limit, and whose bytes are counted together under it. */
function limitFor(
  rules: readonly StoredQuota[],
  kind: QuotaKind,
  { user, clientId }: QuotaClient,
): { limit: number; scope: string } | undefined {
  const tries: [string | null | undefined, string | null | undefined][] = [
    [user, clientId],
    [user, null],
    [user, undefined],
    [null, clientId],
    [null, null],
    [null, undefined],
    [undefined, clientId],
    [undefined, null],
  ];
  for (const [wantedUser, wantedClient] of tries) {
    const rule = rules.find(
      (one) =>
        one.ip === undefined &&
        one.user === wantedUser &&
        one.clientId === wantedClient &&
        one.values[kind] !== undefined,
    );
    if (rule === undefined) continue;
    const scope = `${wantedUser === undefined ? '' : user}/${wantedClient === undefined ? '' : clientId}`;
    return { limit: rule.values[kind]!, scope };
  }
  return undefined;
}
