import type { AccountId } from '../accounts/account.js';
import type { Acr } from '../accounts/authentication.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { Brand } from '../lib/brand.js';
import type { ModelCallRequest } from './model-call.js';

/** `bcr_` and 22 base62 characters: names the request in logs and pages; no secret. */
export type BackchannelRequestId = Brand<string, 'BackchannelRequestId'>;

export type BackchannelState = 'pending' | 'approved' | 'denied' | 'not_me';

/** Why a request was denied: she said so, the number was guessed at, or her sign-in was weaker than the client asked. */
export type BackchannelEnd = 'person' | 'number' | 'strength';

/**
 * What a client asks of a person who is elsewhere (CIBA Core). Three secrets lead to it, kept by digest only:
 * `auth_req_id` (the client polls with it), the link (whoever has it may see the page), the number (typed by the person).
 */
export interface BackchannelRequest {
  readonly id: BackchannelRequestId;
  readonly clientId: string;
  /** Undefined: a phantom. The hint named nobody, and the asker must not learn so. */
  readonly accountId: AccountId | undefined;
  readonly scope: string;
  readonly resource: string | undefined;
  readonly modelCall: ModelCallRequest | undefined;
  /** The least strength that the answer must have. */
  readonly acr: Acr | undefined;
  readonly bindingMessage: string | undefined;
  /** Of the key that alone may redeem it. */
  readonly jkt: string;
  /** Where and with what the client asked. */
  readonly asked: Circumstances;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly state: BackchannelState;
  /** With state `denied`. */
  readonly endedBy: BackchannelEnd | undefined;
}
