import { throughStore } from '../provider/provider-error.js';
import { stillGiven } from '../stepup/still-given.js';
import {
  describeAccessToken,
  describeRefreshToken,
  inactive,
  type Introspection,
} from './introspection-policy.js';
import { viewOf } from './introspection-view.js';
import { bytesOf, readPresentedToken } from './presented-token.js';
import { readingOf, type ResourcePorts } from './resource-ports.js';

/**
 * Answers RFC 7662 for `caller`, an authenticated client. One statement for whatever is well-formed, none for the rest;
 * what the row means to this caller is decided after it was read, so the foreign costs what the unknown costs (law 6).
 * No side effects.
 */
export async function introspect(
  ports: ResourcePorts,
  value: string,
  caller: string,
): Promise<Introspection> {
  const token = await readPresentedToken(value, readingOf(ports));
  if (!token) return inactive;
  if (token.kind === 'refresh_token') {
    const found = await throughStore(() => ports.refreshTokens.find(token.digest));
    return describeRefreshToken(found, viewOf(ports, caller));
  }
  const found = await throughStore(() => ports.accessTokens.find(bytesOf(token), token.bucket));
  return withoutRevoked(ports, describeAccessToken(found, token.jti, viewOf(ports, caller)));
}

/** Law 3: what she stopped is not told as granted, though its token lives on. Asked of tokens alone that have any. */
async function withoutRevoked({ approvals }: ResourcePorts, answer: Introspection): Promise<Introspection> {
  if (!answer.active || answer.authorization_details === undefined) return answer;
  const { authorization_details: details, ...rest } = answer;
  const living = await throughStore(() => stillGiven(approvals, details));
  return living.length === 0 ? rest : { ...rest, authorization_details: living };
}
