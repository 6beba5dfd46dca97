/** Who each connection is, and how far its login has come. */
import type { ApiName } from '../protocol/generated/apis.ts';
import { anonymous, type Principal } from './authorizer.ts';

export class Logins {
  principalOf(_connectionId: number): Principal {
    return anonymous;
  }
  takesRawTokens(_connectionId: number): boolean {
    return false;
  }
  rawToken(_connectionId: number, token: Uint8Array): Uint8Array {
    return token;
  }
  mayAsk(_connectionId: number, _api: ApiName): boolean {
    return true;
  }
}
