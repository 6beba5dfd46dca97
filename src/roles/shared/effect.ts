/**
 * The effects that every machine of a role may ask for. An adapter performs them in order.
 */
export const EffectKind = {
  persist: 1,
  reply: 2,
  setTimer: 3,
  cancelTimer: 4,
  send: 5,
  reload: 6,
} as const;
export type EffectKind = (typeof EffectKind)[keyof typeof EffectKind];

/**
 * Names one write asked for by `persist`; the adapter tells the machine when it is durable. Tickets
 * of one partition become durable in the order they were given.
 */
export type PersistTicket = number;

/** For `after`: nothing to wait for. */
export const noTicket: PersistTicket = 0;

/** Feed the machine an input of kind timer at `atMs`; replaces the timer of the same number. */
export interface SetTimer {
  readonly kind: typeof EffectKind.setTimer;
  readonly timer: number;
  readonly atMs: number;
}

export interface CancelTimer {
  readonly kind: typeof EffectKind.cancelTimer;
  readonly timer: number;
}

/** Answers a request, but not before the write named by `after` is durable. */
export interface Reply<Response> {
  readonly kind: typeof EffectKind.reply;
  readonly requestId: number;
  readonly response: Response;
  readonly after: PersistTicket;
}

/** Read the partition's log again from its start: what the machine knew of it is not true. */
export interface Reload {
  readonly kind: typeof EffectKind.reload;
  readonly partition: number;
}
