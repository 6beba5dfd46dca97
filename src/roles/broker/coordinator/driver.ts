/**
 * Runs a pure machine: feeds it inputs one at a time, performs what it asks for, and hands answers
 * to whoever asked. Holds no decisions.
 *
 * Invariants: D1 effects are performed in the order they were asked for; D2 an answer that rests on
 * a write is given only when that write succeeded, else the request is refused; D3 while a step or
 * its effects run, new inputs wait.
 */
import type { Clock, Timers } from '../../../env/index.ts';
import {
  EffectKind,
  type CancelTimer,
  type PersistTicket,
  type Reload,
  type Reply,
  type SetTimer,
} from '../../shared/effect.ts';
import type { ErrorCode } from '../../shared/error-code.ts';
import { ErrorCode as Code } from '../../shared/error-code.ts';
import { Outbox, type EffectSink } from '../../shared/outbox.ts';
import { coordinatorError, isStorageError } from '../../shared/storage-error.ts';

export interface Persist {
  readonly kind: typeof EffectKind.persist;
  readonly ticket: PersistTicket;
  readonly partition: number;
}

type CommonEffect<Response> = Reply<Response> | SetTimer | CancelTimer | Reload;

/** The machine and its world. */
export interface DriverParts<Input, Request extends Input, Response, Write extends Persist, Send> {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly step: (
    input: Input,
    nowMs: number,
    out: EffectSink<CommonEffect<Response> | Write | Send>,
  ) => void;
  /** Appends; 0 or what it failed with. */
  readonly write: (effect: Write) => ErrorCode;
  readonly send: (effect: Send) => void;
  readonly reload: (partition: number) => void;
  readonly timerInput: (timer: number) => Input;
  readonly persistedInput: (ticket: PersistTicket, error: ErrorCode) => Input;
  readonly refuse: (request: Request, error: ErrorCode) => Response;
}

interface Waiting<Request, Response> {
  readonly request: Request;
  readonly resolve: (response: Response) => void;
}

export class Driver<Input, Request extends Input, Response, Write extends Persist, Send> {
  readonly #parts: DriverParts<Input, Request, Response, Write, Send>;
  readonly #out = new Outbox<CommonEffect<Response> | Write | Send>();
  readonly #inputs: Input[] = [];
  readonly #waiting = new Map<number, Waiting<Request, Response>>();
  readonly #timers = new Map<number, () => void>();
  /** Writes that failed, until their partition is read again. */
  readonly #failed = new Map<PersistTicket, ErrorCode>();
  readonly #broken = new Map<number, ErrorCode>();
  #nextRequest = 1;
  #isRunning = false;
  #isClosed = false;

  constructor(parts: DriverParts<Input, Request, Response, Write, Send>) {
    this.#parts = parts;
  }

  /** Requests that are not answered yet. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** The answer, or a promise of it where the machine makes the caller wait. */
  ask(make: (requestId: number) => Request): Response | Promise<Response> {
    const requestId = this.#nextRequest++;
    const request = make(requestId);
    if (this.#isClosed) return this.#parts.refuse(request, Code.coordinatorNotAvailable);
    let answer: { readonly response: Response } | undefined;
    let later: ((response: Response) => void) | undefined;
    const resolve = (response: Response): void => {
      answer = { response };
      later?.(response);
    };
    this.#waiting.set(requestId, { request, resolve });
    this.feed(request);
    if (answer !== undefined) return answer.response;
    return new Promise((settle) => {
      later = settle;
    });
  }

  feed(input: Input): void {
    if (this.#isClosed) return;
    this.#inputs.push(input);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      this.#run();
    } finally {
      this.#isRunning = false;
    }
  }

  /** The partition is about to be read anew. */
  mended(partition: number): void {
    this.#broken.delete(partition);
    if (this.#broken.size === 0) this.#failed.clear();
  }

  /** Refuses whoever waits; nothing is performed any more. */
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const { request, resolve } of this.#waiting.values()) {
      resolve(this.#parts.refuse(request, Code.coordinatorNotAvailable));
    }
    this.#waiting.clear();
  }

  #run(): void {
    for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
      this.#parts.step(input, this.#parts.clock.now(), this.#out);
      for (const effect of this.#out.take()) this.#perform(effect);
    }
  }

  #perform(effect: CommonEffect<Response> | Write | Send): void {
    switch ((effect as { readonly kind: EffectKind }).kind) {
      case EffectKind.persist:
        return this.#write(effect as Write);
      case EffectKind.reply:
        return this.#reply(effect as Reply<Response>);
      case EffectKind.setTimer:
        return this.#setTimer(effect as SetTimer);
      case EffectKind.cancelTimer:
        return this.#cancelTimer((effect as CancelTimer).timer);
      case EffectKind.send:
        return this.#parts.send(effect as Send);
      case EffectKind.reload:
        return this.#parts.reload((effect as Reload).partition);
    }
  }

  #write(effect: Write): void {
    const { ticket, partition } = effect;
    const error = this.#broken.get(partition) ?? this.#parts.write(effect);
    if (error !== Code.none) this.#failed.set(ticket, error);
    if (isStorageError(error)) this.#broken.set(partition, error);
    this.#inputs.push(this.#parts.persistedInput(ticket, error));
  }

  #reply({ requestId, response, after }: Reply<Response>): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    this.#waiting.delete(requestId);
    const error = this.#failed.get(after);
    waiting.resolve(
      error === undefined ? response : this.#parts.refuse(waiting.request, coordinatorError(error)),
    );
  }

  #setTimer({ timer, atMs }: SetTimer): void {
    this.#arm(timer, atMs, false);
  }

  #arm(timer: number, atMs: number, isSecond: boolean): void {
    const { clock, timers, timerInput } = this.#parts;
    this.#timers.get(timer)?.();
    const delayMs = Math.max(0, atMs - clock.now());
    const fire = (): void => {
      this.#timers.delete(timer);
      const lateMs = clock.now() - atMs;
      // The machine was asleep, or busy: what clients sent meanwhile has not been read yet.
      if (lateMs > asleepMs && !isSecond) this.#arm(timer, clock.now() + wakingMs, true);
      else this.feed(timerInput(timer));
    };
    this.#timers.set(timer, timers.after(Math.min(delayMs, longestTimerMs), fire));
  }

  #cancelTimer(timer: number): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }
}

/** A timer that fires so late was held up with everything else. Ms. */
const asleepMs = 1000;
/** Time for clients to be heard of before they count as silent. Ms. */
const wakingMs = 1000;
/** The most that a timer of the platform takes; the machine sets it anew when it fires early. */
const longestTimerMs = 0x7fff_ffff;
