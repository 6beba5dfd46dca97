/**
 * One client: frames in, answers out in the order of the requests.
 *
 * Requests are taken one after another, as Apache Kafka does. While one waits, what follows stays
 * in the splitter, and beyond a limit in the client's own buffers. Answers of a turn leave
 * together.
 *
 * Invariants: C1 an answer is written after those of all earlier requests; C2 nothing is read from
 * a client whose answers have piled up, that is being throttled, or that waits with more than
 * `readAheadBytes` behind it; C3 whatever goes wrong ends this connection and no other.
 */
import { StoreError } from '../../../../native-free-io/index.ts';
import type { Clock, Timers } from '../../../env/index.ts';
import type { Peer } from '../../transport/index.ts';
import type { Metrics } from '../metrics.ts';
import { MalformedError, noBytes, WireReader, WireWriter } from '../protocol/wire.ts';
import { CloseConnection, type Gate, type RequestContext } from '../request-context.ts';
import { FrameSplitter, type Frame } from './frame-splitter.ts';
import { Output } from './output.ts';
import { readHeader, type Answered, type Dispatcher, type RequestHeader } from './dispatcher.ts';

export interface ConnectionOptions {
  readonly id: number;
  readonly peer: Peer;
  readonly gate: Gate;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: Metrics;
  /** Answers that may wait for the client before it is not read from any more. */
  readonly maxQueuedBytes: number;
  readonly budget: MemoryBudget;
  readonly onClose: (reason: string, detail: string | undefined) => void;
}

/** Bytes that frames under way may take over all connections. */
export interface MemoryBudget {
  /** False: not now; `whenFree` is called once the bytes have been reserved. */
  reserve(bytes: number, whenFree: () => void): boolean;
  release(bytes: number): void;
}

const readAheadBytes = 64 << 10;
/** Frames above this need room in the budget. */
const largeFrameBytes = 64 << 10;

export class Connection {
  readonly id: number;
  readonly peer: Peer;
  readonly openedMs: number;
  /** Last time a request came or an answer left. */
  lastActiveMs: number;
  /** Since when the client has not taken or finished what it should; undefined when all is well. */
  stuckSinceMs: number | undefined;
  readonly #options: ConnectionOptions;
  readonly #splitter: FrameSplitter;
  readonly #output: Output;
  readonly #writer = new WireWriter();
  /** A request is decoded before the next one is looked at. */
  readonly #reader = new WireReader(noBytes);
  readonly #closed = new AbortController();
  #isBusy = false;
  #isPaused = false;
  #throttleMs = 0;
  #endsAfterAnswer = false;
  /** Answers wait for the end of the turn. */
  #isFlushDue = false;
  #reserved = 0;
  #awaitsBudget = false;
  #seenPending = 0;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    const { peer, clock } = options;
    this.id = options.id;
    this.peer = peer;
    this.#options = options;
    this.openedMs = clock.now();
    this.lastActiveMs = this.openedMs;
    this.#splitter = new FrameSplitter(options.dispatcher.frameLimit(options.id), {
      lends: true,
    });
    this.#output = new Output(
      peer.stream,
      (error) => this.close('failed', String(error)),
      // The stream's last 'drain' may have come while the last region still counted as pending.
      () => this.#drain(),
    );
    peer.onBytes((chunk) => this.#onData(chunk));
    peer.stream.on('drain', () => this.#drain());
    peer.stream.on('end', () => this.close('client closed'));
    peer.stream.on('error', (error) => this.close('client lost', error.message));
    peer.stream.on('close', () => this.close('client closed'));
  }

  /** No request is being answered and nothing waits to be sent. */
  get isIdle(): boolean {
    return !this.#isBusy && this.#output.isIdle && this.#output.pendingBytes === 0;
  }

  close(reason: string, detail?: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed.abort();
    this.#output.close();
    this.#releaseReserved();
    this.peer.stream.destroy();
    this.#options.onClose(reason, detail);
  }

  /** Lets what was answered leave, then closes. */
  end(): void {
    this.peer.stream.end();
  }

  /** Looks whether the client keeps up; called from time to time. */
  watch(nowMs: number): void {
    const pending = this.#output.pendingBytes;
    const isStuck =
      (pending > 0 && pending >= this.#seenPending) || (this.#splitter.isMidFrame && !this.#isBusy);
    this.#seenPending = pending;
    if (!isStuck || (pending === 0 && this.lastActiveMs > (this.stuckSinceMs ?? 0))) {
      this.stuckSinceMs = isStuck ? nowMs : undefined;
    } else this.stuckSinceMs ??= nowMs;
  }

  #onData(chunk: Uint8Array): void {
    this.#options.metrics.bytesIn += chunk.length;
    this.#splitter.push(chunk);
    this.#drain();
    this.#splitter.keep();
    this.lastActiveMs = this.#options.dispatcher.nowMs;
  }

  /** Takes requests until one has to wait, the answers pile up, or there are none. */
  #drain(): void {
    const { clock, dispatcher } = this.#options;
    try {
      dispatcher.nowMs = clock.now();
      this.#splitter.limitBytes = dispatcher.frameLimit(this.id);
      while (!this.#isClosed && !this.#isBusy && this.#throttleMs === 0) {
        if (this.#output.pendingBytes + this.#writer.length > this.#options.maxQueuedBytes) break;
        if (!this.#makeRoom()) break;
        const frame = this.#splitter.next();
        if (frame === undefined) break;
        this.#handle(frame);
      }
      if (!this.#isFlushDue) this.#flush();
    } catch (error) {
      this.#fail(error);
    }
    this.#adjustReading();
  }

  /** Reserves memory for a large frame under way; false when it has to wait. */
  #makeRoom(): boolean {
    const wanted = this.#splitter.expectedBytes;
    if (wanted <= largeFrameBytes || this.#reserved > 0) return true;
    if (this.#awaitsBudget) return false;
    const isReserved = this.#options.budget.reserve(wanted, () => {
      this.#awaitsBudget = false;
      this.#reserved = wanted;
      if (this.#isClosed) this.#releaseReserved();
      else this.#drain();
    });
    if (isReserved) this.#reserved = wanted;
    else this.#awaitsBudget = true;
    return isReserved;
  }

  #releaseReserved(): void {
    const bytes = this.#reserved;
    if (bytes === 0) return;
    // First: releasing lets others go on, and this one may be among them.
    this.#reserved = 0;
    this.#options.budget.release(bytes);
  }

  #handle(frame: Frame): void {
    const { dispatcher } = this.#options;
    if (dispatcher.takesRawTokens(this.id)) {
      this.#answerToken(frame);
      return;
    }
    const reader = this.#reader;
    reader.reset(frame.bytes, frame.start, frame.end);
    const header = readHeader(reader);
    const context = this.#contextOf(header);
    const answered = dispatcher.dispatch(header, reader, context);
    if (answered instanceof Promise) {
      this.#isBusy = true;
      void this.#finishLater(header, answered);
      return;
    }
    this.#write(header, answered);
    this.#releaseReserved();
  }

  #answerToken(frame: Frame): void {
    const token = new Uint8Array(frame.bytes.subarray(frame.start, frame.end));
    const answered = this.#options.dispatcher.rawToken(this.id, token);
    this.#writer.flexible = false;
    this.#writer.bytes(answered);
  }

  async #finishLater(header: RequestHeader, answered: Promise<Answered>): Promise<void> {
    try {
      const answer = await answered;
      this.#isBusy = false;
      if (this.#isClosed) {
        answer?.discard();
        return;
      }
      this.#write(header, answer);
      this.#releaseReserved();
      // With more requests at hand the answers of a turn leave together.
      if (this.#splitter.waitingBytes > 0) void this.#flushSoon();
      this.#drain();
    } catch (error) {
      this.#isBusy = false;
      this.#fail(error);
    }
  }

  #write(header: RequestHeader, answer: Answered): void {
    if (answer === undefined) return;
    const writer = this.#writer;
    writer.beginFrame();
    writer.int32(header.correlationId);
    answer.write(writer);
    writer.endFrame();
    if (this.#throttleMs > 0) this.#startThrottle();
    if (!this.#endsAfterAnswer) return;
    this.#flush();
    this.end();
    this.#isBusy = true;
  }

  #flush(): void {
    const { length } = this.#writer;
    if (length === 0) return;
    this.#options.metrics.bytesOut += length;
    this.lastActiveMs = this.#options.dispatcher.nowMs;
    this.#output.push(this.#writer.takePieces());
  }

  async #flushSoon(): Promise<void> {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    await this.#options.timers.turn();
    this.#isFlushDue = false;
    if (!this.#isClosed) this.#drain();
  }

  #startThrottle(): void {
    this.#options.timers.after(this.#throttleMs, () => {
      this.#throttleMs = 0;
      this.#drain();
    });
  }

  /** Stops and starts reading, so that nothing piles up here. */
  #adjustReading(): void {
    if (this.#isClosed) return;
    const isFull =
      this.#output.pendingBytes > this.#options.maxQueuedBytes ||
      this.#awaitsBudget ||
      ((this.#isBusy || this.#throttleMs > 0) && this.#splitter.waitingBytes > readAheadBytes);
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.peer.stream.pause();
    else this.peer.stream.resume();
  }

  #fail(error: unknown): void {
    if (error instanceof MalformedError) {
      this.#options.metrics.malformedFrames++;
      this.close('malformed request', error.message);
    } else if (error instanceof CloseConnection) {
      this.#flushBeforeClose();
      this.close('closed', error.reason);
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.close('failed', error instanceof StoreError ? `${error.code}: ${text}` : text);
    }
  }

  /** What was answered before still leaves. */
  #flushBeforeClose(): void {
    try {
      this.#flush();
    } catch {
      // It is being closed anyway.
    }
  }

  readonly #throttle = (ms: number): void => {
    this.#throttleMs = Math.max(this.#throttleMs, ms);
  };
  readonly #closeAfterAnswer = (): void => {
    this.#endsAfterAnswer = true;
  };

  #contextOf(header: RequestHeader): RequestContext {
    const { dispatcher, gate } = this.#options;
    return {
      version: header.version,
      clientId: header.clientId,
      clientHost: this.peer.address,
      connectionId: this.id,
      principal: dispatcher.principalOf(this.id),
      endpoint: gate.endpoint,
      signal: this.#closed.signal,
      throttle: this.#throttle,
      closeAfterAnswer: this.#closeAfterAnswer,
    };
  }
}
