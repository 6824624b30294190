import { errors, type Client } from 'oidc-provider';
import { type SubjectTokenType } from '../accounts/subject-token-policy.js';
import { harmless } from '../lib/harmless.js';
import { withRefusal } from './provider-error.js';

/** What oidc-provider lets through to us; all else is dropped before (RFC 6749 §3.2). */
export const exchangeParameters = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'actor_token',
  'actor_token_type',
  'resource',
  'audience',
  'scope',
] as const;

const prefix = 'urn:ietf:params:oauth:token-type:';
/** RFC 8693 §2.2.1 */
export const issuedTokenType = `${prefix}access_token`;

export interface ExchangeRequest {
  readonly token: string;
  readonly type: SubjectTokenType;
  /** The resource by `resource` or `audience`, which mean the same here. */
  readonly target: string | undefined;
  readonly scope: readonly string[] | undefined;
}

type Parameters = Readonly<Record<string, unknown>>;

/** RFC 8693 §2.1, as far as it is done here: one person's ID token for one access token, nobody acting for anybody. */
export function readExchange(parameters: Parameters): ExchangeRequest {
  const { subject_token: token, subject_token_type: type, requested_token_type: wanted } = parameters;
  for (const name of ['actor_token', 'actor_token_type']) {
    if (parameters[name] !== undefined) throw unsupported(`${name} is not supported`);
  }
  if (wanted !== undefined && wanted !== issuedTokenType) {
    throw unsupported(`requested_token_type can be ${issuedTokenType} only`);
  }
  const known = (['id_token', 'jwt'] as const).find((each) => type === prefix + each);
  if (!known) throw unsupported(`subject_token_type must be ${prefix}id_token or ${prefix}jwt`);
  const { scope } = parameters;
  return {
    token: String(token),
    type: known,
    target: targetOf(parameters),
    scope: typeof scope === 'string' ? scope.split(' ') : undefined,
  };
}

/** RFC 8693 §2.1: both may come more than once; a token of ours is for one resource (invalid_target, §2.2.2). */
function targetOf({ resource, audience }: Parameters): string | undefined {
  const named = new Set([resource ?? [], audience ?? []].flat());
  if (named.size > 1) {
    throw withRefusal(new errors.InvalidTarget(), 'resource_invalid', 'a token is for one resource');
  }
  const [target] = named;
  return typeof target === 'string' ? target : undefined;
}

function unsupported(sentence: string): Error {
  return withRefusal(new errors.InvalidRequest(sentence), 'exchange_unsupported', sentence);
}

interface Offer {
  readonly identifier: string;
  readonly scope: string;
}

/** What the token will be for: the operator's word stands for the person's, so never more than it says. */
export function targetAndScope(
  { target, scope: wanted }: ExchangeRequest,
  offers: readonly Offer[],
  allowed: string | undefined,
): { readonly resource: string; readonly scope: string } {
  const may = allowed?.split(' ');
  const scopesOf = ({ scope }: Offer) => scope.split(' ').filter((each) => !may || may.includes(each));
  const fits = (offer: Offer) =>
    target === undefined
      ? wanted === undefined || wanted.every((each) => scopesOf(offer).includes(each))
      : offer.identifier === target;
  const [offer, ...others] = offers.filter(fits);
  if (!offer || others.length > 0) {
    const detail = target === undefined ? 'name one resource' : harmless(target);
    throw withRefusal(new errors.InvalidTarget(), 'resource_invalid', detail);
  }
  const scopes = scopesOf(offer);
  const foreign = wanted?.filter((each) => !scopes.includes(each)) ?? [];
  if (foreign.length > 0 || (wanted ?? scopes).length === 0) {
    throw new errors.InvalidScope(`scope may be ${scopes.join(' ')} here`, foreign.map(harmless).join(' '));
  }
  return { resource: offer.identifier, scope: (wanted ?? scopes).join(' ') };
}

/** Which of our clients may exchange tokens of an issuer is the operator's word. */
export function mayExchange({ clients }: { readonly clients: readonly string[] }, client: Client): boolean {
  return clients.includes(client.clientId);
}
