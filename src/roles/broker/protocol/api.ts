/** One API of the protocol: its key, its versions, its codecs. */
import type { WireReader, WireWriter } from './wire.ts';

export interface Api<Name extends string, Request, Response> {
  readonly name: Name;
  /** As Apache Kafka spells it. */
  readonly title: string;
  readonly key: number;
  /** Versions that are served. */
  readonly min: number;
  readonly max: number;
  /** First version with compact encodings and tag sections. */
  readonly flexible: number;
  /** Least version that clients are told; some look at it for what a broker is able to do. */
  readonly advertisedMin: number;
  readonly readRequest: (r: WireReader, v: number) => Request;
  readonly writeRequest: (w: WireWriter, v: number, value: Request) => void;
  readonly readResponse: (r: WireReader, v: number) => Response;
  readonly writeResponse: (w: WireWriter, v: number, value: Response) => void;
}
