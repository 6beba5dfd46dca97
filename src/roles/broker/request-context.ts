/** Who sent a request and through which listener it came. */
import type { ErrorCode } from '../shared/error-code.ts';
import type { Principal } from './security/authorizer.ts';

/** The host and port under which this broker is known to the client that asks. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a listener lays down for the connections that come through it. */
export interface Gate {
  readonly endpoint: Endpoint;
  /** Clients have to log in, if the broker has mechanisms for it. */
  readonly needsLogin: boolean;
}

export interface RequestContext {
  readonly version: number;
  readonly clientId: string;
  /** Address of the other side, without port. */
  readonly clientHost: string;
  readonly connectionId: number;
  readonly principal: Principal;
  readonly endpoint: Endpoint;
  /** Aborted when the connection closes: waiting answers are not needed any more. */
  readonly signal: AbortSignal;
  /** Milliseconds for which the client is not listened to once it has its answer. */
  throttle(ms: number): void;
  /** The connection ends once the answer has left. */
  closeAfterAnswer(): void;
}

/** Thrown by a handler whose client learns of the trouble by losing its connection. */
export class CloseConnection extends Error {
  readonly reason: string;
  readonly error: ErrorCode | undefined;

  constructor(reason: string, error?: ErrorCode) {
    super(reason);
    this.reason = reason;
    this.error = error;
  }
}
