import { accepted, refused, type Result } from '../lib/result.js';
import type { ReplayWindow } from '../proof/replay-window.js';
import { checkKey } from './active-token.js';
import type { ProvenRequest } from './proven-request.js';
import type { LivingToken, TokenSource } from './token-source.js';

/** Of a request whose proof is good: whether the token is alive, of the proof's key, and has these scopes. Uses the proof up. */
export type TokenCheck = (proven: ProvenRequest, scope: readonly string[]) => Promise<Result<LivingToken>>;

export function createTokenCheck(tokens: TokenSource, replays: ReplayWindow): TokenCheck {
  return async ({ accessToken, proof }, scope) => {
    const living = await tokens.find(accessToken);
    if (!living.ok) return living;
    const token = checkKey(living.value.token, proof.jkt);
    if (!token.ok) return token;
    // RFC 9449 §11.1: a proof works once. Asked last, so that only holders of live tokens fill the memory.
    const first = replays.firstUse(proof);
    if (!first.ok) return first;
    const missing = scope.filter((name) => !token.value.scopes.has(name));
    if (missing.length > 0) return refused('scope_insufficient', `the token lacks ${missing.join(' ')}`);
    return accepted(living.value);
  };
}
