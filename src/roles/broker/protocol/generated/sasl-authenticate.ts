/**
 * Codec of SaslAuthenticate, made by npm run protocol from
 * schema/36-sasl-authenticate.schema. Not written by hand. Length: generated.
 */
import { type WireReader, type WireWriter } from '../wire.ts';

export interface SaslAuthenticateRequest {
  auth: Uint8Array;
}

export function readSaslAuthenticateRequest(r: WireReader, _v: number): SaslAuthenticateRequest {
  const value = {
    auth: r.bytes(),
  } as SaslAuthenticateRequest;
  r.skipTags();
  return value;
}

export function writeSaslAuthenticateRequest(w: WireWriter, _v: number, value: SaslAuthenticateRequest): void {
  w.bytes(value.auth);
  w.noTags();
}

export interface SaslAuthenticateResponse {
  error: number;
  message: string | null;
  auth: Uint8Array;
  sessionLifetimeMs: number;
}

export function readSaslAuthenticateResponse(r: WireReader, v: number): SaslAuthenticateResponse {
  const value = {
    error: r.int16(),
    message: r.nullableString(),
    auth: r.bytes(),
    sessionLifetimeMs: v >= 1 ? r.int64() : 0,
  } as SaslAuthenticateResponse;
  r.skipTags();
  return value;
}

export function writeSaslAuthenticateResponse(w: WireWriter, v: number, value: SaslAuthenticateResponse): void {
  w.int16(value.error);
  w.nullableString(value.message);
  w.bytes(value.auth);
  if (v >= 1) { w.int64(value.sessionLifetimeMs); }
  w.noTags();
}

