/**
 * Codec of SaslHandshake, made by npm run protocol from
 * schema/17-sasl-handshake.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface SaslHandshakeRequest {
  mechanism: string;
}

export function readSaslHandshakeRequest(r: WireReader, _v: number): SaslHandshakeRequest {
  return {
    mechanism: r.string(),
  };
}

export function writeSaslHandshakeRequest(w: WireWriter, _v: number, value: SaslHandshakeRequest): void {
  w.string(value.mechanism);
}

export interface SaslHandshakeResponse {
  error: number;
  mechanisms: string[];
}

export function readSaslHandshakeResponse(r: WireReader, v: number): SaslHandshakeResponse {
  return {
    error: r.int16(),
    mechanisms: r.array(v, r.readString),
  };
}

export function writeSaslHandshakeResponse(w: WireWriter, v: number, value: SaslHandshakeResponse): void {
  w.int16(value.error);
  w.array(value.mechanisms, v, w.writeString);
}

